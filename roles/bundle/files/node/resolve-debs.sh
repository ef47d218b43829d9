#!/bin/sh
# resolve-debs.sh ROOTFS TARGET PACKAGE...: fills TARGET, a flat apt repository, with the packages and with what they
# depend on and the root file system ROOTFS lacks. apt resolves them here, against the node's list of installed packages
# instead of this machine's: nothing is installed, and no root is needed.
set -eu
rootfs=$1
target=$2
shift 2
here=$(CDPATH='' cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

mkdir -p "$work/lists/partial" "$work/cache/archives/partial"
tar --extract --to-stdout --file="$rootfs" ./usr/lib/dpkg-state/status > "$work/status"
sh "$here/apt-sources.sh" bookworm > "$work/sources.list"
# Proxies and certificates stay this machine's. Its hooks, which tidy up after its own downloads, do not.
cat > "$work/apt.conf" << END
Dir::Etc::sourcelist "$work/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
Dir::State "$work";
Dir::State::status "$work/status";
Dir::Cache "$work/cache";
APT::Architecture "amd64";
APT::Architectures { "amd64"; };
APT::Install-Recommends "false";
APT::Sandbox::User "";
Acquire::Languages "none";
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear DPkg::Post-Invoke;
END

apt-get --quiet --config-file="$work/apt.conf" update
apt-get --quiet --config-file="$work/apt.conf" --yes --download-only install "$@"

rm -rf "$target.part"
mkdir -p "$target.part"
mv "$work"/cache/archives/*.deb "$target.part/"
# What dpkg-scanpackages prints, without the compilers that its package brings along.
(
  cd "$target.part"
  for deb in *.deb; do
    dpkg-deb --field "$deb"
    printf 'Filename: ./%s\nSize: %s\nSHA256: %s\n\n' "$deb" "$(stat -c %s "$deb")" "$(sha256sum "$deb" | cut -d' ' -f1)"
  done > Packages
  gzip --no-name --keep --best Packages
)
rm -rf "$target"
mv "$target.part" "$target"
