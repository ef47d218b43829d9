"""The paths that a manifest names stay in the bundle, whoever wrote it: what they name is deleted, sent or run."""

from collections.abc import Iterable
from pathlib import Path, PurePosixPath


def trespass(root: Path, paths: Iterable[str]) -> str:
    """Return a sentence about the first path that leads out of `root`; "" where none does.

    So do absolute paths, those with `..` or otherwise not in their shortest form, and those that a link leads out.
    Nothing is opened, and the files need not be there.
    """
    inside = root.resolve()
    for path in paths:
        pure = PurePosixPath(path)
        plain = not pure.is_absolute() and ".." not in pure.parts and str(pure) == path and path != "."
        if not plain or not (inside / pure).resolve().is_relative_to(inside):
            return (
                f"{root}/manifest.json names {path!r}, which leads out of that directory: copy the bundle again from "
                "where it was made, or delete it and run ansible-playbook site.yml --tags bundle."
            )
    return ""
