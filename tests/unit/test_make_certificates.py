"""make behind a proxy that signs certificates: the system's authorities count, not those that come with uv."""

from __future__ import annotations

import functools
import http.server
import os
import ssl
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SYSTEM_STORE = Path("/etc/ssl/certs/ca-certificates.crt")
OWN_STORES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "UV_SYSTEM_CERTS", "UV_NATIVE_TLS")
METADATA = "probe-1.0.dist-info/METADATA"

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux can show one process another system store")


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Shows a directory, and says nothing about it."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def authority(tmp_path: Path) -> Path:
    """An authority's certificate, beside it `server.pem` and `server.key`, which it signed for 127.0.0.1."""
    extensions = tmp_path / "extensions"
    extensions.write_text("basicConstraints=CA:FALSE\nsubjectAltName=IP:127.0.0.1\n")
    key = ["-newkey", "rsa:2048", "-nodes", "-subj", "/CN=test"]
    signed = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-extfile", extensions]
    for words in (
        ["req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem"],
        ["req", *key, "-keyout", "server.key", "-out", "server.csr"],
        ["x509", "-req", "-in", "server.csr", *signed, "-out", "server.pem"],
    ):
        subprocess.run(["openssl", *words], cwd=tmp_path, check=True, capture_output=True)
    return tmp_path / "ca.pem"


@pytest.fixture
def index(tmp_path: Path, authority: Path) -> Iterator[str]:
    """The address of a package index that has one package, `probe`."""
    page = tmp_path / "site/simple/probe"
    page.mkdir(parents=True)
    (page / "index.html").write_text('<a href="probe-1.0-py3-none-any.whl">probe-1.0-py3-none-any.whl</a>')
    with zipfile.ZipFile(page / "probe-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr(METADATA, "Metadata-Version: 2.1\nName: probe\nVersion: 1.0\n")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority.with_name("server.pem"), authority.with_name("server.key"))
    handler = functools.partial(Quiet, directory=str(tmp_path / "site"))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"https://127.0.0.1:{server.server_address[1]}/simple"
        server.shutdown()
        thread.join()


def test_make_trusts_an_authority_that_the_system_knows(tmp_path: Path, authority: Path, index: str) -> None:
    """uv's own list, which it goes by unless told otherwise, has public authorities alone: UnknownIssuer."""
    resolve = f"probe: ; echo probe | uv pip compile --quiet --no-config --no-header --index-url {index} -"
    own = [] if os.geteuid() == 0 else ["--map-root-user"]
    script = 'mount --bind "$1" "$2" && exec make --no-print-directory --silent --eval "$3" probe'
    environment = {name: value for name, value in os.environ.items() if name not in OWN_STORES}
    done = subprocess.run(
        ["unshare", *own, "--mount", "sh", "-c", script, "sh", authority, SYSTEM_STORE, resolve],
        cwd=ROOT,
        env=environment | {"UV_CACHE_DIR": str(tmp_path / "cache"), "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "probe==1.0" in done.stdout, done.stderr
