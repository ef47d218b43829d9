"""What building needs on the controller, looked for before the first step rather than in the middle of the fifth."""

import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

from .errors import BundleError
from .golang import find_go
from .recipe import Tools

PROGRAMS = {
    Tools.PYTHON: (),
    Tools.DEBIAN: ("mmdebstrap", "apt-get"),
    Tools.GO: (),
    Tools.COMPILERS: ("gcc", "pkg-config"),
}


def require_tools(cache: Path, wanted: Iterable[Tools]) -> str:
    """Check that what these builds call is installed, and return the path of Go if they do; `cache` may hold one.

    Raises:
        BundleError: something is missing; all of it is named at once.
    """
    kinds = set(wanted)
    missing = [name for kind in Tools if kind in kinds for name in PROGRAMS[kind] if shutil.which(name) is None]
    # runc filters system calls with it; without its header the failure would come minutes into the build.
    if (
        Tools.COMPILERS in kinds
        and "pkg-config" not in missing
        and subprocess.run(["pkg-config", "--exists", "libseccomp"], check=False).returncode
    ):
        missing.append("libseccomp-dev")
    if missing:
        raise BundleError(f"Building the bundle needs {', '.join(missing)}: run make setup.")
    return find_go(cache) if kinds & {Tools.GO, Tools.COMPILERS} else ""
