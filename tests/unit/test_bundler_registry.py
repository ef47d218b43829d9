"""Images from a registry in this process: every sum leads to the next, and the archive is one of `docker save`."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from bundler import registry as registry_module
from bundler.download import Fetcher
from bundler.errors import BundleError
from bundler.lock import Image
from bundler.registry import Registry
from bundler.transport import Patience
from release_site import Handler, Site, cut, serving

REPOSITORY = "library/thing"


def digest_of(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def layer(name: str) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        member = tarfile.TarInfo(name)
        member.size = len(name)
        tar.addfile(member, io.BytesIO(name.encode()))
    return packed.getvalue()


@dataclass
class Published:
    """An image for two platforms in a registry."""

    site: Site
    layers: tuple[bytes, bytes] = (layer("one"), layer("two"))
    digests: tuple[str, ...] = ()

    def publish(self, diff_ids: list[str] | None = None) -> Image:
        """Put it there and return what a lock says of it."""
        manifests = []
        for architecture in ("arm64", "amd64"):
            config = {"architecture": architecture, "rootfs": {"type": "layers", "diff_ids": diff_ids or self.sums}}
            blobs = [gzip.compress(self.layers[0]), self.layers[1]]
            manifest = {
                "config": self.put("blobs", json.dumps(config).encode()),
                "layers": [self.put("blobs", blob) for blob in blobs],
            }
            entry = self.put("manifests", json.dumps(manifest).encode())
            manifests.append({**entry, "platform": {"os": "linux", "architecture": architecture}})
        self.digests = tuple(str(entry["digest"]) for entry in manifests)
        index = self.put("manifests", json.dumps({"manifests": manifests}).encode())
        return Image("thing", "1.2", "hub", REPOSITORY, str(index["digest"]))

    @property
    def sums(self) -> list[str]:
        return [digest_of(content) for content in self.layers]

    def put(self, kind: str, content: bytes) -> dict[str, str | int]:
        self.site.put(f"/v2/{REPOSITORY}/{kind}/{digest_of(content)}", content)
        return {"digest": digest_of(content), "size": len(content)}


class GuardedHandler(Handler):
    """A registry that gives anybody a token and nobody anything without."""

    def get(self) -> None:
        site = self.server.site
        if self.path.startswith("/token?"):
            site.requests.append((self.path, dict(self.headers)))
            self.answer(200, b'{"token": "letter"}')
        elif self.headers.get("Authorization") != "Bearer letter":
            challenge = f'Bearer realm="{site.url}/token",service="registry",scope="repository:{REPOSITORY}:pull"'
            self.answer(401, b"", {"WWW-Authenticate": challenge})
        else:
            super().get()


@pytest.fixture(autouse=True)
def platform(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry_module, "architecture", lambda: "amd64")
    for name in ("http_proxy", "HTTP_PROXY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def published() -> Iterator[Published]:
    with serving() as site:
        yield Published(site)


def pull(site: Site, image: Image, tmp_path: Path) -> tuple[str, Path]:
    work = tmp_path / "work"
    work.mkdir()
    fetcher = Fetcher(tmp_path / "parts", print, Patience(), lambda _: None)
    archive = work / "thing.tar"
    return Registry(site.url, fetcher).pull(image, "localhost/thing:1.2", work, archive), archive


def expect_archive(archive: Path, published: Published) -> None:
    with tarfile.open(archive) as tar:

        def content(name: str) -> bytes:
            member = tar.extractfile(name)
            assert member
            return member.read()

        (entry,) = json.loads(content("manifest.json"))
        assert entry["RepoTags"] == ["localhost/thing:1.2"]
        config = content(entry["Config"])
        assert entry["Config"] == f"{hashlib.sha256(config).hexdigest()}.json"
        assert json.loads(config)["architecture"] == "amd64"
        assert [content(name) for name in entry["Layers"]] == list(published.layers)


def test_the_platform_s_image_is_written_as_docker_save_would(published: Published, tmp_path: Path) -> None:
    image = published.publish()
    digest, archive = pull(published.site, image, tmp_path)
    assert digest == published.digests[1] != image.digest
    expect_archive(archive, published)
    assert list((tmp_path / "parts").iterdir()) == []


def test_the_same_layer_twice_is_one_file_and_two_layers(published: Published, tmp_path: Path) -> None:
    published.layers = (published.layers[0], published.layers[0])
    _, archive = pull(published.site, published.publish(), tmp_path)
    expect_archive(archive, published)


def test_an_image_of_one_platform_needs_no_index(published: Published, tmp_path: Path) -> None:
    published.publish()
    image = Image("thing", "1.2", "hub", REPOSITORY, published.digests[1])
    assert pull(published.site, image, tmp_path)[0] == published.digests[1]


def test_a_cache_may_put_something_before_the_names(published: Published, tmp_path: Path) -> None:
    image = replace(published.publish(), repository=REPOSITORY.partition("/")[2])
    published.site.url += f"/{REPOSITORY.partition('/')[0]}/"
    _, archive = pull(published.site, image, tmp_path)
    expect_archive(archive, published)


def test_a_token_is_asked_for_where_the_registry_wants_one(tmp_path: Path) -> None:
    with serving(GuardedHandler) as site:
        published = Published(site)
        _, archive = pull(site, published.publish(), tmp_path)
        expect_archive(archive, published)
        asked = {path for path, _ in site.requests if path.startswith("/token")}
        assert asked == {"/token?service=registry&scope=repository%3Alibrary%2Fthing%3Apull"}


def test_another_login_than_a_token_is_refused(tmp_path: Path) -> None:
    class Closed(Handler):
        def get(self) -> None:
            self.answer(401, b"", {"WWW-Authenticate": 'Basic realm="members"'})

    with (
        serving(Closed) as site,
        pytest.raises(BundleError, match=r"wants a login \(Basic\): use a registry that is open"),
    ):
        pull(site, Published(site).publish(), tmp_path)


def test_a_layer_that_breaks_off_is_gone_on_with(published: Published, tmp_path: Path) -> None:
    image = published.publish()
    published.site.faults = [*[lambda handler, content: handler.serve(content)] * 4, cut(100)]
    _, archive = pull(published.site, image, tmp_path)
    expect_archive(archive, published)
    assert published.site.ranges()[-1] == "bytes=100-"


@pytest.mark.parametrize("kind", ["manifests", "blobs"])
def test_other_bytes_than_the_digest_says_stop(published: Published, tmp_path: Path, kind: str) -> None:
    image = published.publish()
    path = next(path for path in reversed(published.site.files) if f"/{kind}/" in path)
    published.site.files[path] = b"x" * len(published.site.files[path])
    with pytest.raises(BundleError, match=f"has the sha256 .* instead of {path.rpartition(':')[2]}"):
        pull(published.site, image, tmp_path)
    assert not (tmp_path / "work/thing.tar").exists()


def test_a_layer_that_is_not_the_configuration_s_stops(published: Published, tmp_path: Path) -> None:
    image = published.publish([digest_of(b"else"), digest_of(b"other")])
    with pytest.raises(BundleError, match="unpacked, its image says sha256:"):
        pull(published.site, image, tmp_path)


def test_an_image_without_this_platform_says_so(
    published: Published, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry_module, "architecture", lambda: "riscv64")
    with pytest.raises(BundleError, match=r"library/thing 1\.2 has no image for linux-riscv64"):
        pull(published.site, published.publish(), tmp_path)
