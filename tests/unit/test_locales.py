"""The locales that keep Ansible from starting are those that are told."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(__file__).resolve().parents[2] / "plugins/lib/crud_lab/locales.py"
ANSIBLE = "from ansible.cli import initialize_locale"


def run(*words: str, **locale: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "HOME": os.environ["HOME"], **locale}
    return subprocess.run([sys.executable, "-P", *words], env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("locale", "said"),
    [
        ({"LC_ALL": "C.UTF-8"}, ""),
        ({}, ""),
        ({"LANG": "xx_XX.UTF-8", "LC_ALL": "C.UTF-8"}, ""),
        # SSH hands a locale on to machines that don't have it.
        ({"LC_ALL": "xx_XX.UTF-8"}, "The locale (LC_ALL=xx_XX.UTF-8) is not installed here, so that Ansible does"),
        ({"LC_ALL": "C", "LANG": "C.UTF-8"}, "The locale (LC_ALL=C, LANG=C.UTF-8) has the encoding none instead of"),
    ],
)
def test_ansible_refuses_what_is_told(locale: dict[str, str], said: str) -> None:
    ours, ansibles = run(str(PROGRAM), **locale), run("-c", ANSIBLE, **locale)
    assert ours.stderr.startswith(said)
    assert bool(ours.stderr) == bool(said)
    assert (ours.returncode != 0) == (ansibles.returncode != 0) == bool(said)
