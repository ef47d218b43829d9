"""What these tests share."""

from __future__ import annotations

from pathlib import Path

import pytest
from harness import World


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """A stand-in without any instance."""
    return World(tmp_path, monkeypatch)
