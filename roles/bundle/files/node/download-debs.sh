#!/bin/sh
# download-debs.sh STATUS TARGET PACKAGE [PART...]: fills TARGET, a flat apt repository, with the package, with those PARTs that
# its distribution packs by themselves, and with what they depend on and a machine lacks whose list of installed packages,
# dpkg's, is the file STATUS. Nothing is installed, and no root is needed. TARGET - is standard output, as a tar archive. APT_SOURCES names a file with apt's sources; without it
# they are this machine's own. apt checks every package by its sources' signed indexes.
set -eu
status=$1
target=$2
package=$3
shift 3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
# What apt says must not come into the archive.
exec 3>&1 >&2

mkdir -p "$work/lists/partial" "$work/cache/archives/partial" "$work/repository"
# Beside the list apt takes a lock, which is root's business where the list is the machine's own.
cp "$status" "$work/status"
architecture=$(dpkg --print-architecture)
# Proxies and certificates stay this machine's. Its hooks, which tidy up after its own downloads, do not.
cat > "$work/apt.conf" << END
${APT_SOURCES:+Dir::Etc::sourcelist "$APT_SOURCES";}
${APT_SOURCES:+Dir::Etc::sourceparts "/dev/null";}
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
Dir::State "$work";
Dir::State::status "$work/status";
Dir::Cache "$work/cache";
APT::Architecture "$architecture";
APT::Architectures { "$architecture"; };
APT::Install-Recommends "false";
APT::Sandbox::User "";
Acquire::Languages "none";
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear DPkg::Post-Invoke;
END

apt-get --quiet --config-file="$work/apt.conf" update
# Named with the others, a PART that the distribution does not have would stop apt.
for part in "$@"; do
  shift
  if [ -n "$(apt-cache --config-file="$work/apt.conf" madison "$part")" ]; then
    set -- "$@" "$part"
  else
    echo "No package $part here: $package has it inside, or it is not to be had."
  fi
done
apt-get --quiet --config-file="$work/apt.conf" --yes --download-only install "$package" "$@"

mv "$work"/cache/archives/*.deb "$work/repository/"
# What dpkg-scanpackages prints, without the compilers that its package brings along.
(
  cd "$work/repository"
  for deb in *.deb; do
    dpkg-deb --field "$deb"
    printf 'Filename: ./%s\nSize: %s\nSHA256: %s\n\n' "$deb" "$(stat -c %s "$deb")" "$(sha256sum "$deb" | cut -d' ' -f1)"
  done > Packages
  gzip --no-name --keep --best Packages
)
if [ "$target" = - ]; then
  tar --create --directory="$work/repository" . >&3
else
  rm -rf "$target"
  mv "$work/repository" "$target"
fi
