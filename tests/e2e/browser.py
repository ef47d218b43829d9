"""Headless Chromium, which looks at Prometheus' own pages as people do."""

from __future__ import annotations

import time
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

CHROMIUM = "/usr/bin/chromium"  # Debian's, which tests/prepare.yml installs
# Without them it asks for its maker's servers, which not every network has.
QUIET = ("--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run")
SECONDS_TO_DRAW = 120
# Axes and grid are grey, so what is coloured was measured. A line of a minute has a few hundred such pixels.
A_LINE = 50
COLOURED_PIXELS = """canvas => {
    const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
    let coloured = 0;
    for (let at = 0; at < pixels.length; at += 4) {
        const [red, green, blue, opaque] = pixels.slice(at, at + 4);
        coloured += opaque > 127 && Math.max(red, green, blue) - Math.min(red, green, blue) > 60;
    }
    return coloured;
}"""


@contextmanager
def browsing(home: Path, address: str) -> Iterator[Page]:
    """Yield an empty tab, and expect it to have asked nobody but `address` and to have complained about nothing.

    What Chromium keeps goes to `home`.
    """
    complaints: list[str] = []

    def complain(wrong: bool, text: str) -> None:
        if wrong:
            complaints.append(text)

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET, env={"HOME": str(home)})
        page = browser.new_page()
        page.on("console", lambda message: complain(message.type in ("error", "warning"), message.text))
        page.on("pageerror", lambda error: complain(True, str(error)))
        page.on("request", lambda request: complain(not request.url.startswith(f"{address}/"), request.url))
        yield page
        browser.close()
    assert complaints == []


def legend_of_graph(page: Page, address: str, series: str) -> list[str]:
    """Open a graph of a series, wait until a line is drawn in it, and return its legend."""
    query = urllib.parse.urlencode({"g0.expr": series, "g0.tab": "graph", "g0.range_input": "5m"})
    canvas = page.locator(".uplot canvas")
    last = time.monotonic() + SECONDS_TO_DRAW
    while time.monotonic() < last:
        page.goto(f"{address}/query?{query}")
        # Until the first samples are recorded it says that there is no data.
        canvas.or_(page.get_by_text("Empty query result")).first.wait_for()
        if canvas.count() and canvas.evaluate(COLOURED_PIXELS) >= A_LINE:
            return page.locator(".u-legend .u-label").all_inner_texts()
        time.sleep(1)
    raise AssertionError(f"No line of {series} after {SECONDS_TO_DRAW} s: {page.locator('body').inner_text()}")
