"""Hashes and crash-safe writes."""

import hashlib
import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path


def sha256_of(path: Path) -> str:
    """Return the hexadecimal SHA-256 of a file's content."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def sha256_of_all(paths: Iterable[Path]) -> dict[Path, str]:
    """Hash many files at once; hashlib releases the interpreter's lock, so every core takes part."""
    todo = list(paths)
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        return dict(zip(todo, pool.map(sha256_of, todo), strict=True))


def tree(root: Path) -> list[Path]:
    """Return the regular files below a directory (or the file itself), sorted; caches and hidden files left out."""
    if root.is_file():
        return [root]
    return sorted(
        path
        for path in root.rglob("*")
        if path.is_file() and not any(part[0] in "._" for part in path.relative_to(root).parts[:-1])
    )


def write_atomically(path: Path, content: str) -> None:
    """Replace a file so that a reader, or the next run after a power cut, sees the old or the new content."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    with temporary.open("w", encoding="utf-8") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    temporary.replace(path)


def settle(path: Path) -> None:
    """Make sure that a finished file is on the disk before the manifest says that it is there.

    Its time of change is cut to whole seconds: k3s remembers no more of it, and would import an image with a fraction
    again at each start.
    """
    os.utime(path, (int(path.stat().st_atime), int(path.stat().st_mtime)))
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
