#!/bin/sh
# mmdebstrap's customize hook: makes the lab's node of the plain Debian in $1.
set -eu
root=$1

# One machine's identity must not become every machine's: both are made anew where it starts.
rm -f "$root"/etc/ssh/ssh_host_* "$root/var/lib/dbus/machine-id"
: > "$root/etc/machine-id"

# /var/lib is a volume that outlives the node, /usr is not: the list of what is installed belongs to what is installed.
mv "$root/var/lib/dpkg" "$root/usr/lib/dpkg-state"
ln -s ../../usr/lib/dpkg-state "$root/var/lib/dpkg"

# The user that Ansible and people log in as; the public key comes with the lab.
chroot "$root" useradd --create-home --shell /bin/bash --comment "crud-lab" lab
chroot "$root" install --directory --owner=lab --group=lab --mode=0700 /home/lab/.ssh
install -m 0440 /dev/stdin "$root/etc/sudoers.d/lab" << 'END'
lab ALL=(ALL) NOPASSWD: ALL
END

cat > "$root/etc/ssh/sshd_config.d/lab.conf" << 'END'
HostKey /etc/ssh/ssh_host_ed25519_key
PasswordAuthentication no
PermitRootLogin no
# Looking up the client's name would only wait where there is no DNS.
UseDNS no
END

# In memory, small, and without the messages of the host's kernel.
install -d "$root/etc/systemd/journald.conf.d"
cat > "$root/etc/systemd/journald.conf.d/lab.conf" << 'END'
[Journal]
Storage=volatile
RuntimeMaxUse=32M
ReadKMsg=no
END

# The host's business, or of no use to a lab; /tmp in memory would take that from the pods.
for unit in \
  apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer e2scrub_reap.service fstrim.timer \
  console-getty.service getty.target systemd-logind.service \
  dev-hugepages.mount sys-kernel-config.mount sys-kernel-debug.mount sys-kernel-tracing.mount \
  systemd-modules-load.service systemd-timesyncd.service tmp.mount; do
  ln -sf /dev/null "$root/etc/systemd/system/$unit"
done

# A mirror's address may hold a password, which has no business in an archive that is passed on.
sed -i '/:\/\/[^ /]*@/d' "$root/etc/apt/sources.list"
rm -rf "$root"/var/lib/apt/lists/* "$root"/var/cache/apt/* "$root"/var/cache/ldconfig/aux-cache "$root"/var/log/*.log "$root"/var/log/apt
