"""What must be made, and making it."""

import shutil
import time
from pathlib import Path
from typing import Any

from .download import PARTIAL
from .errors import BundleError
from .node import from_a_node, recipe_of
from .recipe import Context, Recipe, architecture
from .source import Source
from .store import Artefact, Store
from .tools import require_tools


class Workshop:
    """The bundle, the cache beside it, and the source that fills both."""

    def __init__(self, bundle: Path, cache: Path, source: Source) -> None:
        """Use the bundle's directory and a cache, both on one machine of the wanted architecture."""
        self._cache = cache
        self._source = source
        header = {"source": source.name, "platform": f"linux-{architecture()}"}
        self._bundle = Store(bundle, header)
        self._programs = Store(cache / "programs", header)
        self._recipes = source.recipes

    def plan(self) -> dict[str, Any]:
        """Hash the bundle and list the steps that are left.

        Returns:
            `steps`: name, usual_seconds (cold, two cores), reason and how of each; `later`: names of what is missing
            and can only be had once there is a node; `artefacts`, `files`, `bytes`: what is there, after the steps;
            `source` and `notes`: who fills the bundle, and what the user should know of that.

        Raises:
            BundleError: a recorded file has another sum, or something must be made and a tool for it is missing.
        """
        recorded = self._bundle.artefacts()
        stale = {name: reason for name, recipe in self._recipes.items() if (reason := self._why(recipe))}
        kept = {name for name in recorded if from_a_node(name)}
        lost = {name: reason for name in kept if (reason := self._why(recipe_of(name)))}
        damaged = self._bundle.damaged((self._recipes.keys() | kept) & recorded.keys() - stale.keys() - lost.keys())
        if damaged:
            raise BundleError("\n".join(damaged))
        later = self._source.later & stale.keys()
        later |= {name for name in stale if later & {needed.name for needed in self._recipes[name].needs}}
        wanted = {
            needed.name
            for name in stale.keys() - later
            if self._recipes[name].in_bundle
            for needed in (self._recipes[name], *self._recipes[name].needs)
        }
        if wanted:
            require_tools(self._cache, {self._recipes[name].tools for name in wanted})
        files = [stored for artefact in recorded.values() for stored in artefact.files]
        return {
            "source": self._source.name,
            "notes": self._source.notes,
            "steps": [
                {"name": name, "usual_seconds": recipe.usual_seconds, "reason": stale[name], "how": recipe.how}
                for name, recipe in self._recipes.items()
                if name in stale and name in wanted
            ]
            + [
                {"name": name, "usual_seconds": 1, "reason": reason, "how": "to be fetched anew by a node"}
                for name, reason in sorted(lost.items())
            ],
            "later": sorted(later),
            "artefacts": sum(recipe.in_bundle for recipe in self._recipes.values())
            - len(later)
            + len(kept)
            - len(lost),
            "files": len(files),
            "bytes": sum(stored.size for stored in files),
        }

    def build(self, name: str) -> dict[str, Any]:
        """Make one artefact that the plan names; what came from a node is forgotten, so that a node fetches it anew."""
        if from_a_node(name):
            with self._bundle.workshop():
                self._bundle.forget([name])
            return {"changed": True, "version": "", "seconds": 0, "bytes": 0}
        return self.make(self._recipes[name])

    def make(self, recipe: Recipe) -> dict[str, Any]:
        """Make one artefact, unless another process made it meanwhile.

        Returns:
            `changed`, and the artefact's version, seconds and size in bytes.
        """
        store = self._store(recipe)
        with store.workshop() as work:
            changed = bool(self._why(recipe))
            artefact = self._make(recipe, store, work) if changed else store.artefacts()[recipe.name]
            if changed and store is self._bundle:
                store.forget(self._source.others)
                self._tidy()
        return {
            "changed": changed,
            "version": artefact.version,
            "seconds": artefact.seconds,
            "bytes": sum(stored.size for stored in artefact.files),
        }

    def _make(self, recipe: Recipe, store: Store, work: Path) -> Artefact:
        log = self._cache / "logs" / f"{recipe.name}.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text("", encoding="utf-8")
        inputs = recipe.inputs()
        started = time.monotonic()
        product = recipe.build(self.context(log), work)
        seconds = round(time.monotonic() - started, 1)
        artefact = Artefact(
            recipe.kind, product.version, product.source, product.checksum, inputs, seconds, product.reference
        )
        return store.record(recipe.name, artefact, product.files)

    def _tidy(self) -> None:
        """Remove what downloads left, once none is to come."""
        partial = self._bundle.root / PARTIAL
        if partial.exists() and not any(self._why(recipe) for recipe in self._recipes.values() if recipe.in_bundle):
            shutil.rmtree(partial)

    def context(self, log: Path) -> Context:
        """Return what a recipe works with, its programs' output going to `log`."""
        return Context(self._bundle, self._programs, self._cache, log)

    def _store(self, recipe: Recipe) -> Store:
        return self._bundle if recipe.in_bundle else self._programs

    def _why(self, recipe: Recipe) -> str:
        """Tell why an artefact must be made; "" when it is there and made from what is here now."""
        store = self._store(recipe)
        artefact = store.artefacts().get(recipe.name)
        if artefact is None:
            return "missing"
        if artefact.inputs != recipe.inputs():
            return "what it is made from changed"
        return "" if store.complete(artefact) else "a file is missing"
