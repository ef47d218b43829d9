"""/etc/rancher/k3s/config.yaml: the documented keys that labkube honours; any other is refused by name."""

import ipaddress
import re
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from labkube.yamlsubset import YamlError, parse

# k3s' names of what it packages -> the manifest here; servicelb has no counterpart, so there is nothing to disable.
ADDONS = {
    "coredns": "coredns.yaml",
    "local-storage": "local-storage.yaml",
    "metrics-server": "metrics-server.yaml",
    "servicelb": None,
    "traefik": "ingress.yaml",
}
_PODS = ipaddress.IPv4Network("10.42.0.0/16")
_SERVICES = ipaddress.IPv4Network("10.43.0.0/16")
_NODE_NAME = re.compile(r"^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$")
_MODE = re.compile(r"^0?[0-7]{3}$")
_HOST = re.compile(r"^[A-Za-z0-9*]([A-Za-z0-9.-]*[A-Za-z0-9])?$")


class ConfigError(ValueError):
    """The configuration can't be used; the message says why and what would do."""


def _text(value: str | list[str]) -> str:
    if isinstance(value, list):
        raise ConfigError("expected one value, not a list")
    return value


def _list(value: str | list[str]) -> tuple[str, ...]:
    return tuple(value) if isinstance(value, list) else (value,)


def _comma_list(value: str | list[str]) -> tuple[str, ...]:
    return tuple(part.strip() for item in _list(value) for part in item.split(",") if part.strip())


def _node_name(value: str | list[str]) -> str:
    name = _text(value).lower()
    if not _NODE_NAME.match(name):
        raise ConfigError(f"{name!r} is not a host name")
    return name


def _address(value: str | list[str]) -> str:
    try:
        return str(ipaddress.IPv4Address(_text(value)))
    except ValueError as error:
        raise ConfigError(f"{value!r} is not an IPv4 address") from error


def _network(value: str | list[str]) -> ipaddress.IPv4Network:
    smallest = 24
    try:
        network = ipaddress.IPv4Network(_text(value))
    except ValueError as error:
        raise ConfigError(f"{value!r} is not an IPv4 network such as 10.42.0.0/16") from error
    if network.prefixlen > smallest:
        raise ConfigError(f"{network} is too small: /{smallest} or larger")
    return network


def _mode(value: str | list[str]) -> int:
    text = _text(value)
    if not _MODE.match(text):
        raise ConfigError(f"{text!r} is not a file mode such as 0640")
    return int(text, 8)


def _port(value: str | list[str]) -> int:
    text = _text(value)
    highest = 65535
    if not text.isdigit() or not 0 < int(text) <= highest:
        raise ConfigError(f"{text!r} is not a port between 1 and {highest}")
    return int(text)


def _addons(value: str | list[str]) -> tuple[str, ...]:
    names = _comma_list(value)
    unknown = sorted(set(names) - set(ADDONS))
    if unknown:
        raise ConfigError(f"{', '.join(unknown)}: not packaged; known are {', '.join(ADDONS)}")
    return names


def _names(value: str | list[str]) -> tuple[str, ...]:
    names = _comma_list(value)
    for name in names:
        if not _is_address(name) and not _HOST.match(name):
            raise ConfigError(f"{name!r} is neither an address nor a host name")
    return names


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _arguments(value: str | list[str]) -> dict[str, str]:
    arguments = {}
    for item in _list(value):
        name, separator, argument = item.removeprefix("--").partition("=")
        if not name:
            raise ConfigError(f"{item!r} is not of the form name=value")
        arguments[name] = argument if separator else "true"
    return arguments


def _host_name() -> str:
    return socket.gethostname().lower()


@dataclass(frozen=True)
class Config:
    """Each field is a key of config.yaml, with `-` for `_`."""

    node_name: str = field(default_factory=_host_name)
    node_ip: str = ""
    cluster_cidr: ipaddress.IPv4Network = _PODS
    service_cidr: ipaddress.IPv4Network = _SERVICES
    https_listen_port: int = 6443
    tls_san: tuple[str, ...] = ()
    write_kubeconfig_mode: int = 0o600
    disable: tuple[str, ...] = ()
    kubelet_arg: dict[str, str] = field(default_factory=dict)
    kube_apiserver_arg: dict[str, str] = field(default_factory=dict)
    kube_controller_manager_arg: dict[str, str] = field(default_factory=dict)
    kube_scheduler_arg: dict[str, str] = field(default_factory=dict)
    kube_proxy_arg: dict[str, str] = field(default_factory=dict)

    @property
    def api_service_ip(self) -> str:
        """The address of the Service `kubernetes`: the first of the network."""
        return str(self.service_cidr[1])

    @property
    def dns_service_ip(self) -> str:
        """The address of the cluster's DNS: the tenth, as in k3s."""
        return str(self.service_cidr[10])


_READERS: dict[str, Callable[[str | list[str]], Any]] = {
    "cluster-cidr": _network,
    "disable": _addons,
    "https-listen-port": _port,
    "kube-apiserver-arg": _arguments,
    "kube-controller-manager-arg": _arguments,
    "kube-proxy-arg": _arguments,
    "kube-scheduler-arg": _arguments,
    "kubelet-arg": _arguments,
    "node-ip": _address,
    "node-name": _node_name,
    "service-cidr": _network,
    "tls-san": _names,
    "write-kubeconfig-mode": _mode,
}


def read(text: str) -> Config:
    """The configuration that `text` holds."""
    try:
        given = parse(text)
    except YamlError as error:
        raise ConfigError(str(error)) from error
    unknown = sorted(set(given) - set(_READERS))
    if unknown:
        raise ConfigError(f"labkube does not know the key {', '.join(unknown)}; it knows {', '.join(_READERS)}")
    values = {}
    for key, value in given.items():
        try:
            values[key.replace("-", "_")] = _READERS[key](value)
        except ConfigError as error:
            raise ConfigError(f"{key}: {error}") from error
    config = Config(**values)
    if config.cluster_cidr.overlaps(config.service_cidr):
        raise ConfigError(f"cluster-cidr {config.cluster_cidr} and service-cidr {config.service_cidr} overlap")
    return config


def load(path: Path, drop_ins: Path) -> Config:
    """The configuration in `path`; a missing file means the defaults."""
    ignored = sorted(drop_ins.glob("*.yaml")) if drop_ins.is_dir() else []
    if ignored:
        raise ConfigError(f"{ignored[0]}: labkube reads {path} alone; move the settings there")
    try:
        return read(path.read_text() if path.exists() else "")
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}") from error
