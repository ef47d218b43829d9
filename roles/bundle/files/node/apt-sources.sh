#!/bin/sh
# apt-sources.sh SUITE: prints apt sources of a Debian suite, from the mirrors that this machine itself uses, so that
# a network with a mirror of its own is enough. A machine without one (Ubuntu) gets nothing, which leaves mmdebstrap its default.
set -eu
suite=$1
options="[signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]"

# mirror LABEL: the first repository in apt's configuration whose Release file bears the label.
mirror() {
  # shellcheck disable=SC2016 # apt's variables, not the shell's
  apt-get indextargets --format '$(REPO_URI) $(LABEL)' 'Created-By: Packages' |
    awk -v label="$1" '$2 == label { print $1; exit }'
}

archive=$(mirror Debian)
security=$(mirror Debian-Security)
if [ -n "$archive" ]; then
  echo "deb $options $archive $suite main"
  echo "deb $options $archive $suite-updates main"
fi
if [ -n "$security" ]; then
  echo "deb $options $security $suite-security main"
fi
