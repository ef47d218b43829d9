#!/bin/sh
# resolve-debs.sh ROOTFS TARGET PACKAGE...: fills TARGET, a flat apt repository, with the packages and with what they
# depend on and the root file system ROOTFS lacks. apt resolves them here, against the node's list of installed packages
# instead of this machine's.
set -eu
rootfs=$1
target=$2
shift 2
here=$(CDPATH='' cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

tar --extract --to-stdout --file="$rootfs" ./usr/lib/dpkg-state/status > "$work/status"
sh "$here/apt-sources.sh" bookworm > "$work/sources.list"
# A machine without a mirror of Debian's: what mmdebstrap took instead.
if ! [ -s "$work/sources.list" ]; then
  tar --extract --to-stdout --file="$rootfs" ./etc/apt/sources.list > "$work/sources.list"
fi
APT_SOURCES="$work/sources.list" sh "$here/download-debs.sh" "$work/status" "$target" "$@"
