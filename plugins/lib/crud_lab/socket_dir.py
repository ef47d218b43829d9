"""The directory of SSH's control socket: whoever owns it can read and send what goes to the node."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import stat
from pathlib import Path

from crud_lab.errors import LabError

# A socket's path may have 104 bytes, of which ssh takes 17 while it makes one; its name takes nine.
LONGEST = 75


def choose(state_dir: Path) -> Path:
    """Return the state directory, or a place with a shorter path where a socket's would be too long."""
    return _places(state_dir)[0]


def check(state_dir: Path) -> None:
    """Raise a LabError where the directory is there and is not this user's own."""
    found = _lstat(choose(state_dir))
    if found and not _is_own(found):
        whose = (
            "is no directory" if not stat.S_ISDIR(found.st_mode) else f"belongs to the user with the id {found.st_uid}"
        )
        raise LabError(
            f"{choose(state_dir)}, where SSH's connection to the node would be, {whose}: have it removed, or set "
            "XDG_RUNTIME_DIR to a directory of yours, or use a checkout with a shorter path."
        )


def ensure(state_dir: Path, *, dry_run: bool) -> bool:
    """Make the directory, for this user alone; say whether it was not there or open to others.

    Raises a LabError where somebody else has made it.
    """
    place = choose(state_dir)
    if not dry_run:
        with contextlib.suppress(FileExistsError):
            place.mkdir(mode=0o700)
            return True
    check(state_dir)
    found = _lstat(place)
    closed = found is not None and not stat.S_IMODE(found.st_mode) & 0o077
    if not closed and not dry_run:
        place.chmod(0o700)
    return not closed


def remove(state_dir: Path, *, dry_run: bool) -> list[Path]:
    """Remove the directories that runs may have made for the socket, never the state directory; return them."""
    gone = []
    for place in _places(state_dir):
        found = _lstat(place)
        if place == state_dir or found is None or not _is_own(found):
            continue
        gone.append(place)
        if not dry_run:
            shutil.rmtree(place)
    return gone


def _places(state_dir: Path) -> list[Path]:
    if len(os.fsencode(state_dir)) <= LONGEST:
        return [state_dir]
    name = f"crud-lab-{hashlib.sha256(os.fsencode(state_dir)).hexdigest()[:16]}"
    return [parent / name for parent in (*_runtime_dir(), Path("/tmp"))]  # noqa: S108 - used only where it is one's own


def _runtime_dir() -> list[Path]:
    """Return $XDG_RUNTIME_DIR where it is this user's (sudo and su may keep another's) and short enough."""
    given = Path(os.environ.get("XDG_RUNTIME_DIR") or "none")
    found = _lstat(given)
    fits = given.is_absolute() and len(os.fsencode(given)) <= LONGEST - len("/crud-lab-") - 16
    return [given] if fits and found and _is_own(found) else []


def _lstat(path: Path) -> os.stat_result | None:
    try:
        return path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return None


def _is_own(found: os.stat_result) -> bool:
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid()
