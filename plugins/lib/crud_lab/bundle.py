"""What the bundle's manifest.json names, which nothing may use before it was looked at here."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

sys.path.append(
    str(Path(__file__).resolve().parents[3] / "roles/bundle/files")
)  # the bundler's, which has the same check

from bundler.confined import trespass

from crud_lab.errors import LabError


def confined(manifest: Mapping[str, Any], bundle: Path) -> Mapping[str, Any]:
    """Return the manifest; raises a LabError where one of its paths leads out of the bundle."""
    artefacts = manifest.get("artefacts", {}).values()
    sentence = trespass(bundle, (file["path"] for artefact in artefacts for file in artefact["files"]))
    if sentence:
        raise LabError(sentence)
    return manifest
