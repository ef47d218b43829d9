"""Kubernetes objects as files: what was applied, to read, to scan, or for kubectl apply -f."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from crud_lab.errors import LabError
from crud_lab.files import write_private

Definition = dict[str, Any]
Diff = dict[str, Any]
# Kind, namespace ("" where the cluster has it itself) and name.
Identity = tuple[str, str, str]
HIDDEN = "a Secret, not shown\n"


@dataclass(frozen=True)
class Manifest:
    """One file and the objects in it."""

    path: Path
    text: str
    definitions: tuple[Definition, ...]

    @classmethod
    def parse(cls, path: Path, text: str) -> Manifest:
        """Read the objects out of a rendered template."""
        try:
            documents = [document for document in yaml.safe_load_all(text) if document is not None]
        except yaml.YAMLError as error:
            raise LabError(f"The template of {path.name} does not render to YAML: {error}") from error
        for document in documents:
            if not _is_object(document):
                raise LabError(f"The template of {path.name} renders to something that is no Kubernetes object.")
        return cls(path, text, tuple(documents))

    def write(self, *, dry_run: bool) -> list[Diff]:
        """Write the file where its content differs, and give the difference."""
        before = self._content()
        if before == self.text:
            return []
        if not dry_run:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_private(self.path, self.text)
        return [self._diff(before, self.text)]

    def remove(self, *, dry_run: bool) -> list[Diff]:
        """Remove the file where there is one, and give the difference."""
        before = self._content()
        if not self.path.exists():
            return []
        if not dry_run:
            self.path.unlink()
        return [self._diff(before, "")]

    def _content(self) -> str:
        return self.path.read_text(encoding="utf-8") if self.path.exists() else ""

    def _diff(self, before: str, after: str) -> Diff:
        if any(definition["kind"] == "Secret" for definition in self.definitions):
            before, after = (HIDDEN if text else "" for text in (before, after))
        return {"before": before, "after": after, "before_header": str(self.path), "after_header": str(self.path)}


def definitions(manifests: list[Manifest]) -> list[Definition]:
    """Return the objects of all these files."""
    return [definition for manifest in manifests for definition in manifest.definitions]


def label(definition: Definition) -> str:
    """Name an object as kubectl does."""
    return f"{definition['kind'].lower()}/{definition['metadata']['name']}"


def identity(definition: Definition) -> Identity:
    """Return what tells an object from all others of its cluster."""
    metadata = definition["metadata"]
    return definition["kind"], metadata.get("namespace", ""), metadata["name"]


def reference(definition: Definition) -> Definition:
    """Return the part of a definition that says which object it is."""
    metadata = {key: definition["metadata"][key] for key in ("name", "namespace") if key in definition["metadata"]}
    return {"apiVersion": definition["apiVersion"], "kind": definition["kind"], "metadata": metadata}


def _is_object(document: Any) -> bool:
    if not isinstance(document, dict) or not {"apiVersion", "kind", "metadata"} <= document.keys():
        return False
    return isinstance(document["metadata"], dict) and "name" in document["metadata"]


def superseded(manifests: list[Manifest], pattern: str) -> list[Manifest]:
    """Return the files beside these that match the pattern: what an earlier version wrote, and kubectl would apply."""
    current = {manifest.path for manifest in manifests}
    return [
        Manifest.parse(path, path.read_text(encoding="utf-8"))
        for path in sorted(manifests[0].path.parent.glob(pattern))
        if path not in current
    ]
