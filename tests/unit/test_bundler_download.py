"""Downloads over real sockets: what a bad network does, and what is kept of it."""

from __future__ import annotations

import email.utils
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import release_site
from bundler.download import Fetcher, Wanted
from bundler.errors import BundleError
from bundler.transport import Patience, open_url, printable
from release_site import ProxyHandler, Site, cut, redirect, serving, stall, status

CONTENT = bytes(range(256)) * 4096
# No multiple of any buffer's size.
HALF = len(CONTENT) // 2 + 77
PATH = "/v1.2.3/k3s"
OTHER_SUM = "0" * 64


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as site:
        site.put(PATH, CONTENT)
        yield site


@pytest.fixture
def slept() -> list[float]:
    return []


@pytest.fixture
def told() -> list[str]:
    return []


Fetch = Callable[..., Path]


@pytest.fixture
def fetch(site: Site, tmp_path: Path, slept: list[float], told: list[str]) -> Fetch:
    """Fetch the site's file; what a wait would last is kept instead of waited for."""

    def run(sha256: str | None = None, size: int | None = None) -> Path:
        fetcher = Fetcher(tmp_path / "parts", told.append, Patience(stall=0.3), slept.append)
        url = site.url + PATH
        return fetcher.fetch(Wanted("k3s", url, sha256 or site.put(PATH, site.files[PATH]), size))

    return run


def kept(tmp_path: Path) -> list[Path]:
    return list((tmp_path / "parts").iterdir())


def test_a_file_comes_whole_and_tells_how_it_gets_on(fetch: Fetch, told: list[str]) -> None:
    assert fetch().read_bytes() == CONTENT
    assert told[-1] == "k3s: 1.0 of 1.0 MB"


def test_a_wrong_sum_stops_with_both_values_and_keeps_nothing(fetch: Fetch, site: Site, tmp_path: Path) -> None:
    found = site.put(PATH, CONTENT)
    with pytest.raises(BundleError, match=f"has the sha256 {found} instead of {OTHER_SUM}; nothing was kept"):
        fetch(OTHER_SUM)
    assert kept(tmp_path) == []


def test_more_bytes_than_published_stop_early(fetch: Fetch, tmp_path: Path, told: list[str]) -> None:
    with pytest.raises(BundleError, match="nothing was kept"):
        fetch(size=10)
    assert kept(tmp_path) == []
    assert told == []


def test_a_body_that_ends_early_is_gone_on_with(fetch: Fetch, site: Site) -> None:
    site.faults = [cut(HALF), cut(1000)]
    assert fetch().read_bytes() == CONTENT
    assert site.ranges() == [None, f"bytes={HALF}-", f"bytes={HALF + 1000}-"]


def test_without_a_validator_nothing_is_gone_on_with(fetch: Fetch, site: Site) -> None:
    site.validators = False
    site.faults = [cut(HALF)]
    assert fetch().read_bytes() == CONTENT
    assert site.ranges() == [None, None]


def test_a_file_that_changed_in_between_is_fetched_anew(fetch: Fetch, site: Site) -> None:
    new = CONTENT[::-1]
    wanted = site.put("/new", new)

    def change(handler: release_site.Handler, content: bytes) -> None:
        handler.serve(content, HALF)
        site.put(PATH, new)

    site.faults = [change]
    assert fetch(wanted).read_bytes() == new
    assert site.ranges() == [None, f"bytes={HALF}-"]


def test_a_range_past_the_end_starts_anew(fetch: Fetch, site: Site, tmp_path: Path) -> None:
    wanted = site.put(PATH, CONTENT)
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / wanted).write_bytes(CONTENT + b"surplus")
    (tmp_path / "parts" / f"{wanted}.validator").write_text(f'"{wanted}"')
    assert fetch(wanted).read_bytes() == CONTENT
    assert site.ranges() == [f"bytes={len(CONTENT) + 7}-", None]


def test_a_missing_file_stops_at_once(fetch: Fetch, site: Site, slept: list[float]) -> None:
    del site.files[PATH]
    with pytest.raises(BundleError, match=r"/v1\.2\.3/k3s answers 404 .*bundle_mirror_url"):
        fetch(OTHER_SUM)
    assert len(site.requests) == 1
    assert slept == []


def test_waits_double_and_end(fetch: Fetch, site: Site, slept: list[float]) -> None:
    site.faults = [status(503)] * 9
    with pytest.raises(BundleError, match=r"answers 503 .*at attempt 5 .*: run the same command again"):
        fetch()
    assert slept == [2, 4, 8, 16]
    assert len(site.requests) == 5


def test_a_failure_that_gained_something_counts_anew(fetch: Fetch, site: Site, slept: list[float]) -> None:
    site.faults = [fault for _ in range(4) for fault in (status(503), cut(1000), status(500))]
    assert fetch().read_bytes() == CONTENT
    assert len(slept) == 12
    assert max(slept) == 8


def test_the_wait_that_a_server_asks_for_is_kept(fetch: Fetch, site: Site, slept: list[float]) -> None:
    site.faults = [status(429, Retry_After="7")]
    assert fetch().read_bytes() == CONTENT
    assert slept == [7]


def test_a_date_is_a_wait_too(fetch: Fetch, site: Site, slept: list[float]) -> None:
    site.faults = [status(429, Retry_After=email.utils.formatdate(time.time() - 60, usegmt=True))]
    assert fetch().read_bytes() == CONTENT
    assert slept == [0]


def test_a_wait_beyond_patience_stops(fetch: Fetch, site: Site, slept: list[float]) -> None:
    site.faults = [status(429, Retry_After="3600")]
    with pytest.raises(BundleError, match="asks to wait 3600 s"):
        fetch()
    assert slept == []


def test_a_silent_server_is_left_and_gone_on_with(fetch: Fetch, site: Site, told: list[str]) -> None:
    site.faults = [stall(HALF)]
    assert fetch().read_bytes() == CONTENT
    assert site.ranges() == [None, f"bytes={HALF}-"]
    assert any("stopped sending; again in 2 s" in line for line in told)


def test_nobody_who_answers_is_named(tmp_path: Path, slept: list[float]) -> None:
    with serving() as gone:
        url = f"{gone.url}/k3s"
    with pytest.raises(BundleError, match=r"127\.0\.0\.1 does not answer .*refused.* at attempt 5"):
        Fetcher(tmp_path, print, Patience(), slept.append).fetch(Wanted("k3s", url, OTHER_SUM))


def test_a_proxy_of_the_environment_is_used(fetch: Fetch, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(ProxyHandler) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)
        assert fetch().read_bytes() == CONTENT
        assert [path for path, _ in proxy.requests] == [site.url + PATH]


def test_https_asks_the_proxy_for_a_tunnel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, slept: list[float]) -> None:
    with serving() as proxy:
        monkeypatch.setenv("https_proxy", proxy.url)
        fetcher = Fetcher(tmp_path, print, Patience(attempts=1), slept.append)
        with pytest.raises(BundleError, match=r"releases\.invalid does not answer .*403"):
            fetcher.fetch(Wanted("k3s", "https://releases.invalid/k3s", OTHER_SUM))
        assert [path for path, _ in proxy.requests] == ["releases.invalid:443"]


def test_a_redirect_is_followed_with_the_range_and_without_the_login(site: Site) -> None:
    with serving() as storage:
        storage.put("/stored", CONTENT)
        site.faults = [redirect(f"{storage.url}/stored")]
        headers = {"Range": f"bytes={HALF}-"}
        with open_url(site.url + PATH, 5, headers, "Bearer secret") as reply:
            assert reply.read() == CONTENT[HALF:]
        assert site.requests[0][1]["Authorization"] == "Bearer secret"
        assert storage.ranges() == [f"bytes={HALF}-"]
        assert "Authorization" not in storage.requests[0][1]


def test_only_servers_are_asked() -> None:
    with pytest.raises(BundleError, match="must begin with https://"):
        open_url("file:///etc/passwd", 1)


def test_messages_hold_no_secret_of_an_address() -> None:
    assert printable("https://me:secret@mirror.example:8443/k3s?signature=secret") == "https://mirror.example:8443/k3s"


def test_a_whole_file_that_a_killed_run_left_is_not_fetched_again(fetch: Fetch, site: Site) -> None:
    fetch()
    fetch()
    assert len(site.requests) == 1


def test_a_killed_run_leaves_nothing_that_counts_and_the_next_goes_on(site: Site, tmp_path: Path) -> None:
    site.faults = [stall(HALF)]
    sha256 = site.put(PATH, CONTENT)
    script = "import sys, pathlib, release_site as r; r.workshop(pathlib.Path(sys.argv[1]), *sys.argv[2:]).build('k3s')"
    part = tmp_path / "bundle/.partial" / sha256
    with subprocess.Popen(
        [sys.executable, "-c", script, tmp_path, site.url, sha256],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stderr=subprocess.DEVNULL,
    ) as run:
        while run.poll() is None and not (part.exists() and part.stat().st_size == HALF):
            time.sleep(0.01)
        run.send_signal(signal.SIGKILL)
    assert run.returncode == -signal.SIGKILL

    shop = release_site.workshop(tmp_path, site.url, sha256)
    assert not (tmp_path / "bundle/bin/k3s").exists()
    assert [step["reason"] for step in shop.plan()["steps"]] == ["missing"]
    assert shop.build("k3s")["bytes"] == len(CONTENT)
    assert site.ranges() == [None, f"bytes={HALF}-"]
    program = tmp_path / "bundle/bin/k3s"
    assert program.read_bytes() == CONTENT
    assert program.stat().st_mode & 0o777 == 0o755
    assert shop.plan()["steps"] == []
    assert not part.parent.exists()
