"""Container images from a registry, by digest and without a container engine: each sum leads to the next."""

import gzip
import json
import re
import shutil
import urllib.parse
from pathlib import Path
from typing import Any

from .download import Fetcher, Wanted
from .errors import BundleError
from .files import sha256_of
from .image import write_archive
from .lock import Image
from .recipe import architecture
from .transport import ChallengeError, Patience, open_url, printable

INDEXES = ("application/vnd.oci.image.index.v1+json", "application/vnd.docker.distribution.manifest.list.v2+json")
MANIFESTS = ("application/vnd.oci.image.manifest.v1+json", "application/vnd.docker.distribution.manifest.v2+json")


class Registry:
    """One registry, read without a login."""

    def __init__(self, base: str, fetcher: Fetcher) -> None:
        """`base` is its address, with what a pull-through cache puts before the repositories' names."""
        self._base = base.rstrip("/")
        parts = urllib.parse.urlsplit(self._base)
        self._repositories = f"{parts.scheme}://{parts.netloc}/v2{parts.path}"
        self._fetcher = fetcher

    def pull(self, image: Image, reference: str, work: Path, archive: Path) -> str:
        """Write the image of this machine's platform as `docker save` would, and return its own digest.

        Raises:
            BundleError: it can't be had, has no image for this platform, or something has another sum.
        """
        digest = image.digest
        parts = [self._fetch(image, "manifests", digest)]
        manifest = _document(parts[0])
        if "manifests" in manifest:
            digest = _platform_digest(image, manifest)
            parts.append(self._fetch(image, "manifests", digest))
            manifest = _document(parts[-1])
        parts.append(self._fetch(image, "blobs", manifest["config"]["digest"], manifest["config"]["size"]))
        config = parts[-1].read_bytes()
        layers = []
        wanted = json.loads(config)["rootfs"]["diff_ids"]
        for number, (described, diff_id) in enumerate(zip(manifest["layers"], wanted, strict=True)):
            parts.append(self._fetch(image, "blobs", described["digest"], described["size"]))
            layers.append((_hexadecimal(diff_id), _uncompressed(parts[-1], work / f"{number}.layer", diff_id)))
        write_archive(reference, config, layers, archive)
        # A run killed before this line finds them again.
        for part in parts:
            part.unlink(missing_ok=True)
        return digest

    def _fetch(self, image: Image, kind: str, digest: str, size: int | None = None) -> Path:
        url = f"{self._repositories}/{image.repository}/{kind}/{digest}"
        headers = {"Accept": ", ".join(INDEXES + MANIFESTS)} if kind == "manifests" else {}
        return self._fetcher.fetch(Wanted(image.name, url, _hexadecimal(digest), size, headers, self._token))

    def _token(self, challenge: str) -> str:
        """Ask whom the challenge names for a token that lets anybody read."""
        fields = dict(re.findall(r'(\w+)="([^"]*)"', challenge))
        if not challenge.lower().startswith("bearer ") or "realm" not in fields:
            raise BundleError(
                f"{self._base} wants a login ({challenge.partition(' ')[0]}): use a registry that is open to read."
            )
        query = urllib.parse.urlencode({key: fields[key] for key in ("service", "scope") if key in fields})
        try:
            with open_url(f"{fields['realm']}?{query}", Patience().stall) as reply:
                answer = json.load(reply)
            return f"Bearer {answer.get('token') or answer['access_token']}"
        except (ChallengeError, ValueError, KeyError) as error:
            raise BundleError(
                f"{printable(fields['realm'])} gives no token to read {self._base} without a login."
            ) from error


def _document(path: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(path.read_bytes())
    return document


def _platform_digest(image: Image, index: dict[str, Any]) -> str:
    for entry in index["manifests"]:
        platform = entry.get("platform", {})
        if (platform.get("os"), platform.get("architecture")) == ("linux", architecture()):
            digest: str = entry["digest"]
            return digest
    raise BundleError(
        f"{image.repository} {image.version} has no image for linux-{architecture()}: use another machine."
    )


def _hexadecimal(digest: str) -> str:
    found = re.fullmatch(r"sha256:([0-9a-f]{64})", digest)
    if found is None:
        raise BundleError(f"{digest} is no sha256 digest: the lock must name an image that has one.")
    return found[1]


def _uncompressed(blob: Path, target: Path, diff_id: str) -> Path:
    """Unpack a layer, which may be packed or not, and make sure that it is the one that the configuration names."""
    with blob.open("rb") as stream:
        packed = stream.read(2) == b"\x1f\x8b"
    with gzip.open(blob) if packed else blob.open("rb") as source, target.open("wb") as unpacked:
        shutil.copyfileobj(source, unpacked)
    found = sha256_of(target)
    if found != _hexadecimal(diff_id):
        raise BundleError(
            f"A layer has the sha256 {found} unpacked, its image says {diff_id}: only gzip is understood."
        )
    return target
