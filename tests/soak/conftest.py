"""What these tests share with the end-to-end test, and a lab to be watched."""

from __future__ import annotations

import pytest
from e2e.fixtures import lab, tell, untouched
from e2e.playbook import Lab
from e2e.test_no_failed_request import HA
from e2e.test_virtual_machine import vm

from soak.small_node import make_small

__all__ = ["lab", "tell", "untouched", "vm", "watched"]


@pytest.fixture(scope="module")
def watched(lab: Lab) -> Lab:
    """A lab with faults on demand and a small node, so young that windows of hours hold only what a file's tests do."""
    lab.run("teardown.yml").require()
    lab.run("site.yml", *HA, "-e", "crud_api_faults=true").require()
    make_small(lab)
    return lab
