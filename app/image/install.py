"""Installs what app.txt locks into a directory, while the image is built.

From wheels/ where there are any, with the pip among them, so that neither a network nor a pip in the base is needed;
else from the package index, with the base's pip. Hashes are checked either way.
"""

import shutil
import subprocess
import sys
from pathlib import Path

WHEELS = Path("wheels")


def main(target: Path) -> None:
    """Install, without the programs that packages bring: the app is started by modules."""
    pips = sorted(WHEELS.glob("pip-*.whl"))
    pip = [str(pips[0] / "pip")] if pips else ["-m", "pip"]
    source = ["--no-index", f"--find-links={WHEELS}"] if pips else []
    options = ["--require-hashes", "--only-binary=:all:", "--no-deps", "--no-compile", "--no-cache-dir", "--quiet"]
    options += ["--disable-pip-version-check", "--root-user-action=ignore", *source]
    command = [sys.executable, *pip, "install", *options, f"--target={target}", "--requirement=requirements/app.txt"]
    subprocess.run(command, check=True)
    shutil.rmtree(target / "bin", ignore_errors=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
