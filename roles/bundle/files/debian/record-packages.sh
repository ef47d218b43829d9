#!/bin/sh
# mmdebstrap's extract hook, for images: keeps in $1 the list of packages that it is made of, where scanners look for
# it. Extracted packages are in no database, and their .deb files go next.
set -eu
root=$1
for deb in "$root"/var/cache/apt/archives/*.deb; do
  dpkg-deb --field "$deb" | sed '1a Status: install ok installed'
  echo
done > "$root/var/lib/dpkg/status"
# This machine's own, put in by mmdebstrap.
rm -f "$root/etc/resolv.conf" "$root/etc/hostname"
