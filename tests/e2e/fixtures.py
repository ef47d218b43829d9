"""One lab and one machine: what the tests share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from e2e import machine
from e2e.clients import Clients
from e2e.playbook import Lab


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A lab that does not exist yet, on a machine with a complete bundle, and that is gone at the end."""
    lab = Lab(tmp_path_factory.mktemp("run"))
    lab.run("teardown.yml").require()
    lab.run("site.yml", "--tags", "bundle").require()
    lab.run("teardown.yml").require()
    yield lab
    lab.run("teardown.yml").require()


@pytest.fixture(scope="session")
def untouched(lab: Lab) -> Callable[[], list[str]]:
    """Say how the machine differs from how it was without a lab."""
    before = machine.snapshot()
    return lambda: machine.differences(before, machine.snapshot())


@pytest.fixture
def tell(capsys: pytest.CaptureFixture[str]) -> Callable[[Clients], None]:
    """Print what the clients got, whether or not the test passes."""

    def tell(clients: Clients) -> None:
        with capsys.disabled():
            print(f"\n{clients}")

    return tell


@pytest.fixture
def directory_with_space(tmp_path: Path) -> Path:
    """Somewhere else than the checkout, where printed commands must work too."""
    path = tmp_path / "some where"
    path.mkdir()
    return path
