#!/bin/sh
# build-rootfs.sh SUITE TARGET: makes a node's root file system, a tar archive, from a Debian suite's packages.
set -eu
suite=$1
target=$2
here=$(CDPATH='' cd "$(dirname "$0")" && pwd)

# The same packages give the same archive, byte for byte: no file is younger than Debian 13 itself.
export SOURCE_DATE_EPOCH=1754697600

packages=$(sed -e 's/#.*//' -e '/^[[:space:]]*$/d' "$here/packages.txt" | paste -sd,)
sh "$here/apt-sources.sh" "$suite" |
  mmdebstrap --variant=minbase --format=tar --include="$packages" \
    --dpkgopt="$here/dpkg.cfg" --aptopt='Acquire::Languages "none"' \
    --customize-hook="$here/customize.sh" \
    "$suite" "$target.part"
mv "$target.part" "$target"
