#!/bin/sh
# mmdebstrap's extract hook: turns the extracted packages in $1 into the app's base image.
set -eu
root=$1
lib=/usr/lib/python3.13

# Programs without the interpreter they need, and what only they or dbm use.
rm -rf "$root"/usr/bin/debconf* "$root"/usr/sbin/dpkg-* "$root"/usr/share/debconf "$root"/usr/share/perl5 \
  "$root"/usr/bin/mawk "$root"/usr/bin/pygettext3.13 "$root"/usr/share/applications "$root"/usr/share/pixmaps \
  "$root"/usr/lib/*/gconv "$root"/usr/lib/*/libmvec.so.* "$root"/usr/lib/*/libdb-*.so "$root$lib"/lib-dynload/_dbm.*

# What edits lines and draws on a terminal. An interactive python3 works without.
rm -rf "$root"/usr/lib/*/libreadline.so.* "$root"/usr/lib/*/libhistory.so.* "$root"/usr/lib/*/libncurses*.so.* \
  "$root"/usr/lib/*/libform*.so.* "$root"/usr/lib/*/libmenu*.so.* "$root"/usr/lib/*/libpanel*.so.* \
  "$root"/usr/lib/*/libtic*.so.* "$root"/usr/lib/*/libtinfo*.so.* "$root$lib/_pyrepl" "$root$lib/curses" \
  "$root$lib"/lib-dynload/readline.* "$root$lib"/lib-dynload/_curses*

# What tests, documents and teaches Python itself, and makes environments that an image does not need.
rm -rf "$root"/usr/bin/pydoc3.13 "$root$lib"/pydoc* "$root$lib/doctest.py" "$root$lib/test" "$root$lib/unittest" \
  "$root$lib"/lib-dynload/*_test* "$root$lib"/lib-dynload/_xxtest* "$root$lib"/lib-dynload/xx* "$root$lib/turtle.py" "$root$lib/venv"

# The names under which people and other base images call it.
ln -s python3.13 "$root/usr/bin/python3"
mkdir -p "$root/usr/local/bin"
for name in python python3; do ln -s ../../bin/python3.13 "$root/usr/local/bin/$name"; done
printf '%s\n' 'root:x:0:0:root:/root:/usr/sbin/nologin' 'nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin' > "$root/etc/passwd"
printf '%s\n' 'root:x:0:' 'nogroup:x:65534:' > "$root/etc/group"

# Compiled now, since a read-only root file system cannot keep what a start compiles. By hash, so that no date is inside.
# -B: what compileall itself imports would else be compiled by date before, and left so.
chroot "$root" /usr/bin/python3.13 -B -m compileall -q --invalidation-mode unchecked-hash "$lib"
