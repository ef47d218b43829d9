"""What lab_provider means on this machine, as Ansible evaluates the inventory."""

from __future__ import annotations

from pathlib import Path

import pytest
from ansible.inventory.manager import InventoryManager
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.loader import init_plugin_loader
from ansible.template import Templar
from ansible.vars.manager import VariableManager

ROOT = Path(__file__).resolve().parents[2]
MULTIPASS, DOCKER = "multipass", "docker"


@pytest.fixture(scope="module", autouse=True)
def plugins() -> None:
    """Let Ansible find its lookups."""
    init_plugin_loader([])


@pytest.mark.parametrize(
    ("given", "installed", "learned", "provider"),
    [
        ("auto", False, "", DOCKER),
        ("auto", True, "", MULTIPASS),
        ("auto", True, DOCKER, DOCKER),
        ("auto", False, MULTIPASS, MULTIPASS),
        ("docker", True, "", DOCKER),
        ("multipass", False, "", MULTIPASS),
    ],
)
def test_auto_is_what_made_the_node_else_what_is_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: str, *, installed: bool, learned: str, provider: str
) -> None:
    if learned:
        (tmp_path / "lab.json").write_text(f'{{"node": {{"provider": "{learned}"}}}}')
    if installed:
        (tmp_path / "multipass").touch(mode=0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    loader = DataLoader()
    inventory = InventoryManager(loader, [str(ROOT / "tests/inventory/hosts.yml")])
    variables = VariableManager(loader, inventory).get_vars(host=inventory.get_host("localhost"))
    variables |= {"lab_provider": given, "lab_state_dir": str(tmp_path)}
    assert Templar(loader, variables).template(variables["lab_node_provider"]) == provider
