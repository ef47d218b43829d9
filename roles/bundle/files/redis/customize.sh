#!/bin/sh
# mmdebstrap's extract hook: turns the extracted packages in $1 into the Redis image.
set -eu
root=$1

# What the packages bring for a machine that logs people in and starts services.
rm -rf "$root"/usr/lib/systemd "$root"/usr/lib/*/security "$root"/usr/sbin/* "$root"/etc/init.d "$root"/etc/pam* \
  "$root"/etc/security "$root"/etc/default "$root"/usr/share/bash-completion
find "$root/usr/bin" -type f ! -name 'redis-*' -delete
find "$root/usr/bin" -type l ! -name 'redis-*' -delete

printf '%s\n' 'root:x:0:0:root:/root:/usr/sbin/nologin' 'redis:x:10002:10002:redis:/var/lib/redis:/usr/sbin/nologin' > "$root/etc/passwd"
printf '%s\n' 'root:x:0:' 'redis:x:10002:' > "$root/etc/group"
