#!/bin/sh
# resolve-debs.sh SUITE ROOTFS TARGET PACKAGE [PART...]: fills TARGET as download-debs.sh does, with what the root file system
# ROOTFS of a Debian suite lacks. apt resolves it here, against the node's list of installed packages instead of this machine's.
set -eu
suite=$1
rootfs=$2
target=$3
shift 3
here=$(CDPATH='' cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

tar --extract --to-stdout --file="$rootfs" ./usr/lib/dpkg-state/status > "$work/status"
sh "$here/apt-sources.sh" "$suite" > "$work/sources.list"
# A machine without a mirror of Debian's: what mmdebstrap took instead.
if ! [ -s "$work/sources.list" ]; then
  tar --extract --to-stdout --file="$rootfs" ./etc/apt/sources.list > "$work/sources.list"
fi
APT_SOURCES="$work/sources.list" sh "$here/download-debs.sh" "$work/status" "$target" "$@"
