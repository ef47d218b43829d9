#!/bin/sh
# The node's first process: opens what systemd, Docker and Kubernetes must write to, then becomes systemd.
# Runs at every start of the container; all it mounts is the container's own and goes with it.
set -eu

# Docker mounts the control groups read-only. Both layouts: one cgroup2, or one mount per controller of version 1.
while read -r _ target type _; do
  case $type in
    cgroup | cgroup2) mount -o remount,rw,bind "$target" ;;
  esac
done < /proc/self/mounts

# The network's settings belong to the node's own network namespace. The other settings under /proc/sys are the host's and
# stay read-only; the kubelet insists on these values, so it finds them in files that lie above the host's.
mount --bind /proc/sys/net /proc/sys/net
mount -o remount,rw,bind /proc/sys/net
mkdir -p /run/sysctl
while read -r name value; do
  file=/run/sysctl/$(echo "$name" | tr / .)
  echo "$value" > "$file"
  mount --bind "$file" "/proc/sys/$name"
done << 'END'
kernel/panic 10
kernel/panic_on_oops 1
kernel/keys/root_maxkeys 1000000
kernel/keys/root_maxbytes 25000000
vm/overcommit_memory 1
vm/panic_on_oom 0
END

# The kubelet opens the kernel's log; the host's is no business of the node.
[ -e /dev/kmsg ] || ln -s /dev/null /dev/kmsg

# The kubelet shares mounts with its pods.
mount --make-rshared /

[ -s /etc/ssh/ssh_host_ed25519_key ] || ssh-keygen -q -t ed25519 -N '' -C "$(hostname)" -f /etc/ssh/ssh_host_ed25519_key

exec /sbin/init
