"""The bundle's promtool, and the files that it is run on."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RULES = ROOT / "roles/prometheus/files/rules"
RULE_FILES = sorted(RULES.glob("*.yml"))
TESTS = sorted(Path(__file__).parent.glob("*.test.yml"))
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")


def promtool(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run promtool, whose exit status is the answer."""
    found = sorted((CACHE / "crud-lab/bundle/tools").glob("*/promtool"))
    assert found, "The bundle with promtool is missing: run make bundle"
    return subprocess.run([found[0], *arguments], capture_output=True, text=True, check=False)
