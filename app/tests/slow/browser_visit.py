"""A visit of a browser to the page at `/`, and what it complains about."""

import json
import re

import pytest
from conftest import KEY
from gunicorn_process import Server
from playwright.sync_api import Browser, ConsoleMessage, Locator, expect

# What the tests provoke; Chromium tells of it in the console.
REFUSED = re.compile("Failed to load resource: the server responded with a status of 4")


class Visit:
    """A server of its own, and a tab with its page; what the browser complains about is kept."""

    def __init__(self, server: Server, browser: Browser, **options: object) -> None:
        self.server = server
        self.address = f"{server.url}/"
        self.page = browser.new_page(**options)  # type: ignore[arg-type] # Playwright's own names
        self.complaints: list[str] = []
        self.page.on("console", self._listen)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self._keep_home(request.url))
        self.page.goto(self.address)

    def call(self, method: str) -> Locator:
        """Return the form of a call on the records, open."""
        found = self.page.locator("details").filter(has=self.page.locator("b", has_text=re.compile(f"^{method}$")))
        call = found.last if method == "GET" else found.first
        if call.get_attribute("open") is None:
            call.locator("summary").click()
        return call

    def send(self, method: str, status: str) -> None:
        """Send a call as its form is, and expect a status."""
        call = self.call(method)
        call.get_by_role("button", name="Send").click()
        expect(call.get_by_role("status")).to_contain_text(status)

    def rows(self) -> Locator:
        return self.page.locator("#rows tr")

    def tab_to(self, target: Locator, keys: str = "Tab") -> None:
        """Get there by keyboard; where that leads nowhere it fails."""
        for _ in range(60):
            self.page.keyboard.press(keys)
            if target.evaluate("element => element === document.activeElement"):
                return
        pytest.fail(f"{keys} does not lead to {target}")

    def _listen(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not REFUSED.match(message.text):
            self.complaints.append(message.text)

    def _keep_home(self, url: str) -> None:
        if not url.startswith(self.address):
            self.complaints.append(f"asked for {url}")

    def add(self, **record: object) -> str:
        """Create an item beside the page, and return its id."""
        headers = {"X-Key": KEY, "Content-Type": "application/json"}
        answer = self.page.request.post(f"{self.address}items", headers=headers, data=json.dumps(record))
        assert answer.status == 201
        key: str = answer.json()["item_id"]
        return key
