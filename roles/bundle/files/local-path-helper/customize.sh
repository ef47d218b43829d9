#!/bin/sh
# mmdebstrap's extract hook: gives the one program in $1 the names that the volumes' scripts call.
set -eu
root=$1
# busybox lists its own applets; those scripts need these.
for name in sh mkdir chmod rm du; do ln -sf busybox "$root/usr/bin/$name"; done
ln -sfn usr/bin "$root/bin"
