"""Compiles what the app imports, and only that, while the image is built: all that was installed is 3 MB more."""

import importlib
import pkgutil
import py_compile
import sys
from pathlib import Path


def main(directories: list[str]) -> None:
    """Import every module of the app, and look at what came along from these directories."""
    sys.dont_write_bytecode = True
    sys.path[:0] = directories
    importlib.import_module("gunicorn.app.wsgiapp")
    app = importlib.import_module("crud_api")
    for module in pkgutil.walk_packages(app.__path__, "crud_api."):
        importlib.import_module(module.name)
    files = {Path(file) for module in sys.modules.values() if (file := getattr(module, "__file__", None))}
    for file in sorted(files):
        if file.suffix == ".py" and any(file.is_relative_to(directory) for directory in directories):
            # By hash, not by date: the same sources give the same files.
            py_compile.compile(str(file), doraise=True, invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)


if __name__ == "__main__":
    main(sys.argv[1:])
