"""A site of releases and a registry on this machine, whose files are those that the source `packages` built."""

from __future__ import annotations

import functools
import hashlib
import http.server
import io
import json
import shutil
import subprocess
import tarfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from e2e.playbook import ROOT

# What comes as a file: the program in k3s' place, the images of its add-ons as k3s' own come beside it, and kubectl.
FILES = (
    "k3s",
    "pause",
    "coredns",
    "metrics-server",
    "local-path-provisioner",
    "local-path-helper",
    "skipper",
    "kubectl",
)
# What comes from a registry, by its name in the lock.
IMAGES = {"prometheus": "hub", "redis": "hub", "python": "hub", "kube-state-metrics": "kubernetes"}


class Handler(http.server.SimpleHTTPRequestHandler):
    """Shows a directory, and says nothing about it."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Mirror:
    """A directory to serve, and the lock that describes what is in it."""

    def __init__(self, directory: Path, bundle: Path) -> None:
        """Take what `packages` made; files are links to it."""
        self._directory = directory
        self._bundle = bundle
        manifest = json.loads((bundle / "manifest.json").read_text())
        self._platform: str = manifest["platform"]
        self._artefacts = artefacts = manifest["artefacts"]
        files = [self._file(name, artefacts[name]) for name in FILES]
        self.lock = "\n".join([*files, *(self._image(name, artefacts[name]) for name in IMAGES)])

    @contextmanager
    def serving(self) -> Iterator[list[str]]:
        """Serve until the end of the block; give the options that send a run here."""
        handler = functools.partial(Handler, directory=str(self._directory))
        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
            thread = threading.Thread(target=server.serve_forever)
            thread.start()
            url = f"http://127.0.0.1:{server.server_address[1]}"
            # Where Docker Hub is the node's Docker Engine says, which knows a mirror of it.
            settings = {
                "lab_source": "releases",
                "bundle_k3s_url": url,
                "bundle_kubectl_url": url,
                "bundle_registries": {"kubernetes": url},
                "docker_registry_mirrors": [url],
            }
            try:
                yield ["-e", json.dumps(settings)]
            finally:
                server.shutdown()
                thread.join()

    def _file(self, name: str, artefact: dict[str, Any]) -> str:
        (stored,) = artefact["files"]
        link = self._directory / "files" / name
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(self._bundle / stored["path"])
        site, platform = ("kubectl", self._platform) if name == "kubectl" else ("k3s", self._architecture)
        common = {"name": name, "kind": artefact["kind"], "version": artefact["version"], "site": site}
        here = {"url": f"files/{name}", "sha256": stored["sha256"], "target": stored["path"]}
        return f"[[file]]\n{_toml(common)}[file.{platform}]\n{_toml(here)}size = {stored['size']}\n"

    def _image(self, name: str, artefact: dict[str, Any]) -> str:
        """Show an archive of `docker save` as a registry does: index, manifest, configuration, layers."""
        repository = f"e2e/{name}"
        with tarfile.open(self._bundle / artefact["files"][0]["path"]) as archive:

            def content(member: str) -> bytes:
                stream = archive.extractfile(member)
                assert stream
                return stream.read()

            (entry,) = json.loads(content("manifest.json"))
            config, layers = json.loads(content(entry["Config"])), [content(layer) for layer in entry["Layers"]]
        if name == "prometheus":
            # As in the official image, from which the source `releases` takes it.
            layers.append(self._layer_with("promtool"))
            config["rootfs"]["diff_ids"].append(f"sha256:{hashlib.sha256(layers[-1]).hexdigest()}")
        blobs = [self._put(repository, "blobs", blob) for blob in (json.dumps(config).encode(), *layers)]
        manifest = {"config": blobs[0], "layers": blobs[1:]}
        described = self._put(repository, "manifests", json.dumps(manifest).encode())
        described["platform"] = {"os": "linux", "architecture": self._architecture}
        index = self._put(repository, "manifests", json.dumps({"manifests": [described]}).encode())
        locked = {"name": name, "version": artefact["version"], "registry": IMAGES[name], "repository": repository}
        return f"[[image]]\n{_toml({**locked, 'digest': index['digest']})}"

    def _layer_with(self, tool: str) -> bytes:
        """Return a layer that holds one of the bundle's tools in /bin."""
        layer = io.BytesIO()
        with tarfile.open(fileobj=layer, mode="w") as tar:
            tar.add(self._bundle / self._artefacts[tool]["files"][0]["path"], f"bin/{tool}")
        return layer.getvalue()

    def _put(self, repository: str, kind: str, content: bytes) -> dict[str, Any]:
        digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
        path = self._directory / "v2" / repository / kind / digest
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return {"digest": digest, "size": len(content)}

    @property
    def _architecture(self) -> str:
        return self._platform.partition("-")[2]


def checkout(target: Path, lock: str) -> Path:
    """Copy this checkout, with another lock of the source `releases`."""
    copied(target)
    (target / "roles/bundle/files/releases.toml").write_text(lock)
    return target


def copied(target: Path) -> None:
    """Copy this checkout as it is."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, names.split("\0")):
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            # A link stays one: the inventory of the tests finds the checkout by where it leads.
            shutil.copy2(ROOT / name, target / name, follow_symlinks=False)


def linked(bundle: Path, target: Path) -> Path:
    """Copy a bundle by links: what the sources have in common is not made anew, the rest is replaced."""
    subprocess.run(["cp", "--archive", "--link", bundle, target], check=True)
    return target


def _toml(values: dict[str, str]) -> str:
    return "".join(f"{key} = {json.dumps(value)}\n" for key, value in values.items())
