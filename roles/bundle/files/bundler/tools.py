"""What building needs on the controller, looked for before the first step rather than in the middle of the fifth."""

import shutil
import subprocess
from pathlib import Path

from .errors import BundleError
from .golang import find_go

PROGRAMS = ("mmdebstrap", "gcc", "pkg-config", "apt-get")


def require_tools(cache: Path) -> str:
    """Check that everything that a build calls is installed, and return the path of Go; `cache` may hold one.

    Raises:
        BundleError: something is missing; all of it is named at once.
    """
    missing = [program for program in PROGRAMS if shutil.which(program) is None]
    # runc filters system calls with it; without its header the failure would come minutes into the build.
    if "pkg-config" not in missing and subprocess.run(["pkg-config", "--exists", "libseccomp"], check=False).returncode:
        missing.append("libseccomp-dev")
    if missing:
        raise BundleError(f"Building the bundle needs {', '.join(missing)}: run make setup.")
    return find_go(cache)
