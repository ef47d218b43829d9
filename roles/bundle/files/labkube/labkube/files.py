"""Writing files so that a reader never sees half of one."""

import json
from pathlib import Path
from typing import Any

PRIVATE = 0o600
PUBLIC = 0o644


def write(path: Path, text: str, mode: int = PUBLIC) -> None:
    """Replace `path` by `text` at once; its directory is made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.new")
    new.unlink(missing_ok=True)
    new.touch(PRIVATE, exist_ok=False)
    new.write_text(text)
    new.chmod(mode)
    new.replace(path)


def write_json(path: Path, value: object, mode: int = PUBLIC) -> None:
    """Replace `path` by `value` as JSON."""
    write(path, json.dumps(value, indent=2, sort_keys=True) + "\n", mode)


def read_record(path: Path) -> dict[str, Any]:
    """What an earlier start noted in `path`; nothing when it is missing or damaged, so the work is done again."""
    try:
        value = json.loads(path.read_text())
    except (FileNotFoundError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}
