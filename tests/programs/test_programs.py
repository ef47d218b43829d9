"""The programs that are ours in labkube: formatted, without a finding of vet, and their own tests pass."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from bundler.golang import MODULE, environment, find_go

# Where the bundle was built, so that hardly anything is compiled again.
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "crud-lab/build"


def test_gofmt_would_change_nothing() -> None:
    assert run(Path(find_go(CACHE)).resolve().with_name("gofmt"), "-l", "cmd", "internal") == ""


def test_vet_finds_nothing() -> None:
    run(find_go(CACHE), "vet", "-trimpath", "./cmd/skipper", "./internal/...")


def test_the_programs_own_tests_pass() -> None:
    run(find_go(CACHE), "test", "-trimpath", "./cmd/skipper", "./internal/...")


def run(*command: str | Path) -> str:
    """Run a program of Go's in our module and return its output; it must succeed."""
    done = subprocess.run(
        command, cwd=MODULE, env=os.environ | environment(CACHE), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
