"""A guest that is a container like a node of the provider docker, of another distribution."""

from __future__ import annotations

import shlex
import subprocess
from pathlib import Path

from stand_in import rootfs, userdata
from stand_in.guest import Result, cloud_init
from stand_in.store import Instance

GUESTS = "MULTIPASS_STAND_IN_GUESTS"
IMAGE = "multipass-stand-in"
START = Path(__file__).resolve().parents[3] / "roles/docker_node/files/start-node.sh"
# Cloud images have this user, which may do everything, and nobody's key.
USER = """
id ubuntu > /dev/null 2>&1 || useradd --create-home --shell /bin/bash ubuntu
echo 'ubuntu ALL=(ALL) NOPASSWD:ALL' > /etc/sudoers.d/90-cloud-init-users
mkdir -p /home/ubuntu/.ssh /var/lib/cloud/instance
cat > /home/ubuntu/.ssh/authorized_keys
chmod 0700 /home/ubuntu/.ssh
chmod 0600 /home/ubuntu/.ssh/authorized_keys
chown -R ubuntu: /home/ubuntu/.ssh
touch /var/lib/cloud/instance/boot-finished
"""
BOOTED = "until systemctl is-system-running | grep -qE 'running|degraded'; do sleep 0.2; done"


class Container:
    """The container of an instance, by a name that no lab uses."""

    def launch(self, instance: Instance) -> None:
        """Make and start it, and do what cloud-init would."""
        label = f"{IMAGE}.rootfs={rootfs.fingerprint()}"
        if not docker("image", "ls", "--quiet", "--filter", f"label={label}", IMAGE):
            changes = ("--change", "ENV container=docker", "--change", f"LABEL {label}")
            docker("import", *changes, str(rootfs.archive()), IMAGE)
        name = _name(instance)
        docker(
            *("create", "--name", name, "--hostname", instance.name, "--tty", "--stop-signal", "SIGRTMIN+3"),
            *("--cgroupns", "private", "--cap-add", "SYS_ADMIN", "--cap-add", "NET_ADMIN", "--cap-add", "SYS_PTRACE"),
            *("--security-opt", "seccomp=unconfined", "--security-opt", "apparmor=unconfined"),
            *("--tmpfs", "/run:mode=755", "--volume", "/var/lib", "--label", f"{IMAGE}={instance.name}"),
            *("--cpus", str(instance.cpus), IMAGE, "/bin/sh", "/usr/local/sbin/start-node"),
        )
        docker("cp", str(START), f"{name}:/usr/local/sbin/start-node")
        self.start(instance)
        keys = "\n".join(userdata.keys(instance.user_data)) + "\n"
        docker("exec", "--interactive", name, "sh", "-euc", USER, stdin=keys)

    def start(self, instance: Instance) -> None:
        """Start it, and wait as the daemon waits for SSH."""
        docker("start", _name(instance))
        docker("exec", _name(instance), "timeout", "60", "sh", "-c", BOOTED)

    def stop(self, instance: Instance) -> None:
        """Stop it."""
        docker("stop", "--time", "30", _name(instance))

    def delete(self, instance: Instance) -> None:
        """Remove it with its volume, whatever it does."""
        docker("rm", "--force", "--volumes", _name(instance))

    def addresses(self, instance: Instance) -> list[str]:
        """Give Docker's address for it, then all that its own network shows."""
        managed = docker("inspect", "--format", "{{.NetworkSettings.Networks.bridge.IPAddress}}", _name(instance))
        shown = docker("exec", _name(instance), "ip", "-brief", "-family", "inet", "address", "show", "scope", "global")
        found = [word.partition("/")[0] for line in shown.splitlines() for word in line.split()[2:3]]
        return list(dict.fromkeys([managed, *found]))

    def run(self, instance: Instance, command: list[str]) -> Result:
        """Run a command as ubuntu, through its login shell, each argument quoted by itself."""
        if "cloud-init" in command:
            return cloud_init(instance)
        words = ["docker", "exec", "--user", "ubuntu", _name(instance), "bash", "-lc", shlex.join(command)]
        done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout, done.stderr


def _name(instance: Instance) -> str:
    return f"{IMAGE}-{instance.name}"


def docker(*words: str, stdin: str = "") -> str:
    """Run the docker command; what goes wrong here is no fault that was asked for."""
    return subprocess.run(["docker", *words], input=stdin, capture_output=True, text=True, check=True).stdout.strip()
