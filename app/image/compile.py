"""Compiles what the app imports, and only that, while the image is built: all that was installed is 3 MB more.

Of the standard library too, where the base image has no bytecode that holds whatever the dates of its files: that would
be compiled at each start, on a root file system that can't keep it.
"""

import importlib
import pkgutil
import py_compile
import sys
from importlib.util import cache_from_source
from pathlib import Path

UNCHECKED = py_compile.PycInvalidationMode.UNCHECKED_HASH


def main(base: Path, directories: list[str]) -> None:
    """Import every module of the app from the directories; what came along from elsewhere is for the base."""
    sys.dont_write_bytecode = True
    sys.path[:0] = directories
    importlib.import_module("gunicorn.app.wsgiapp")
    app = importlib.import_module("crud_api")
    for module in pkgutil.walk_packages(app.__path__, "crud_api."):
        importlib.import_module(module.name)
    base.mkdir(parents=True)
    for file in sorted({file for module in sys.modules.values() if (file := getattr(module, "__file__", None))}):
        compiled = Path(cache_from_source(file))
        if not file.endswith(".py") or file == __file__ or is_unchecked(compiled):
            continue
        if not any(compiled.is_relative_to(directory) for directory in directories):
            compiled = base / compiled.relative_to("/")
        # By hash, not by date: the same sources give the same files.
        py_compile.compile(file, str(compiled), doraise=True, invalidation_mode=UNCHECKED)


def is_unchecked(compiled: Path) -> bool:
    """Say whether bytecode is there that is taken as it is (PEP 552)."""
    return compiled.exists() and compiled.read_bytes()[4:8] == b"\1\0\0\0"


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
