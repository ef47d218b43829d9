"""Writes the base's passwd and group with the app's user added, while the image is built.

Kubernetes takes the user's number from an image but not the group's: without an entry here the group would be root's.
"""

import sys
from pathlib import Path

ENTRIES = {"passwd": "crud-api:x:10001:10001::/nonexistent:/usr/sbin/nologin\n", "group": "crud-api:x:10001:\n"}


def main(target: Path) -> None:
    """Write both files."""
    target.mkdir(parents=True)
    for name, entry in ENTRIES.items():
        before = Path("/etc", name).read_text(encoding="utf-8")
        (target / name).write_text(before + entry, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
