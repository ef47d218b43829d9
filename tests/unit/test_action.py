"""What a person reads when a plugin of the lab fails: the one sentence that it says."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest
from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from crud_lab import multipass
from crud_lab.action import LabAction


class Asking(LabAction):
    """A task that asks Multipass, without what Ansible gives a plugin."""

    def __init__(self) -> None:
        pass

    def _documented_arguments(self) -> dict[str, dict[str, Any]]:
        return {}

    def act(self, arguments: dict[str, Any], variables: dict[str, Any]) -> dict[str, Any]:
        del arguments, variables
        return {"names": multipass.existing(["lab"])}


def test_an_error_is_one_sentence_without_the_raw_one_behind_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was printed twice, and after it: Command '[...]' returned non-zero exit status 2."""
    program = tmp_path / "multipass"
    program.write_text("#!/bin/sh\necho 'cannot connect' >&2\nexit 2\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setattr(ActionBase, "run", lambda *_: {})
    monkeypatch.setattr(ActionBase, "validate_argument_spec", lambda *_: (None, {}))
    with pytest.raises(AnsibleActionFail, match=r"^Multipass does not answer \(cannot connect\)") as raised:
        Asking().run()
    # Ansible prints the causes of an error behind it.
    assert raised.value.__cause__ is None
    assert not isinstance(raised.value.__context__, subprocess.CalledProcessError)
