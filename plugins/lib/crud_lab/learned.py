"""lab.json: what each stage learned, for the stages after it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from crud_lab.errors import LabError
from crud_lab.files import write_private

FILE_NAME = "lab.json"


class Learned:
    """The facts of one lab, kept in its state directory under the names of the stages."""

    def __init__(self, state_dir: Path) -> None:
        """Take the state directory, which need not exist yet."""
        self.path = state_dir / FILE_NAME

    def read(self) -> dict[str, Any]:
        """Give the facts of all stages; none where no stage has finished yet."""
        try:
            facts = json.loads(self.path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise LabError(f"{self.path} can't be read ({error.strerror}): make it readable for you.") from error
        except ValueError as error:
            raise self._broken(str(error)) from error
        if not isinstance(facts, dict) or not all(isinstance(value, dict) for value in facts.values()):
            raise self._broken("an object of objects is expected")
        return facts

    def update(self, stage: str, facts: Mapping[str, Any] | None, *, write: bool) -> tuple[Any, Any]:
        """Replace (or with None remove) what a stage learned, and give its facts before and after."""
        everything = self.read()
        before = everything.get(stage)
        after = None if facts is None else json.loads(json.dumps(dict(facts)))
        if before == after or not write:
            return before, after
        if after is None:
            del everything[stage]
        else:
            everything[stage] = after
        self._write(everything)
        return before, after

    def remove(self, names: list[str], *, write: bool) -> list[Path]:
        """Remove files beside lab.json, and give those that there were."""
        paths = [path for name in names if (path := self.path.with_name(name)).is_symlink() or path.exists()]
        if write:
            for path in paths:
                try:
                    path.unlink(missing_ok=True)
                except OSError as error:
                    raise LabError(f"{path} can't be removed ({error.strerror}): make its directory yours.") from error
        return paths

    def missing(self, stages: list[str]) -> list[str]:
        """Give those of the named stages that have not finished."""
        facts = self.read()
        return [stage for stage in stages if stage not in facts]

    def _write(self, everything: dict[str, Any]) -> None:
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_private(self.path, json.dumps(everything, indent=2) + "\n")
        except OSError as error:
            raise LabError(f"{self.path} can't be written ({error.strerror}): make its directory yours.") from error

    def _broken(self, reason: str) -> LabError:
        return LabError(
            f"{self.path} is broken ({reason}): repair it, or delete it and run ansible-playbook site.yml, "
            "which learns everything again and changes nothing else."
        )
