#!/bin/sh
# build-rootfs.sh TARGET: makes the node's root file system, a tar archive, from Debian packages.
set -eu
target=$1
here=$(CDPATH='' cd "$(dirname "$0")" && pwd)

# The same packages give the same archive, byte for byte: no file is younger than Debian 12 itself.
export SOURCE_DATE_EPOCH=1686355200

packages=$(sed -e 's/#.*//' -e '/^[[:space:]]*$/d' "$here/packages.txt" | paste -sd,)
sh "$here/apt-sources.sh" bookworm |
  mmdebstrap --variant=minbase --format=tar --include="$packages" \
    --dpkgopt="$here/dpkg.cfg" --aptopt='Acquire::Languages "none"' \
    --customize-hook="$here/customize.sh" \
    bookworm "$target.part"
mv "$target.part" "$target"
