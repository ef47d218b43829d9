import re
from pathlib import Path

import pytest
from labkube import config, manifests

ADDONS = sorted((Path(__file__).parent.parent / "addons").glob("*.yaml"))


def test_placeholders_are_filled_in():
    values = manifests.placeholders(config.read("service-cidr: 10.53.0.0/16\n"), {"metrics-server": "localhost/m:1"})
    text = manifests.render("%{IMAGE_METRICS_SERVER}% %{CLUSTER_DNS}%", values)
    assert text == "localhost/m:1 10.53.0.10"


def test_an_unknown_placeholder_is_an_error():
    with pytest.raises(KeyError):
        manifests.render("%{IMAGE_NONE}%", {})


def test_each_addon_can_be_disabled():
    assert {path.name for path in ADDONS} == {name for name in config.ADDONS.values() if name}


@pytest.mark.parametrize("path", ADDONS, ids=lambda path: path.name)
def test_addons_are_hardened(path: Path):
    """Each container, the helper pod's too, has what a scan of the lab would ask for."""
    text = path.read_text()
    containers = len(re.findall(r"^ +image: ", text, re.MULTILINE))
    assert containers
    for demand in (
        "imagePullPolicy: IfNotPresent",
        "allowPrivilegeEscalation: false",
        "readOnlyRootFilesystem: true",
        "drop: [ALL]",
        "type: RuntimeDefault",
        "requests:",
        "limits:",
    ):
        assert text.count(demand) == containers, demand
