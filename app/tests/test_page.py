"""What `/` and `/static/` send; tests/slow/test_browser.py has what a browser makes of it."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from crud_api import page
from flask import Flask
from flask.testing import FlaskClient

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
FILES = sorted((page.HERE / "static").iterdir())
VOID = {"meta", "link", "input"}


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        (None, "application/json"),
        ("*/*", "application/json"),
        ("image/png", "application/json"),
        ("text/html;q=0, */*", "application/json"),
        ("application/json, text/html;q=0.9", "application/json"),
        (BROWSER, "text/html"),
        ("text/*", "text/html"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_page_is_for_who_prefers_html(
    anonymous: FlaskClient, method: str, accept: str | None, media_type: str
) -> None:
    response = anonymous.open("/", method=method, headers={"Accept": accept} if accept else {})
    assert (response.status_code, response.mimetype, response.headers["Vary"]) == (200, media_type, "Accept")
    assert (response.content_length or 0) > 100
    assert bool(response.data) == (method == "GET")


def test_the_index_leads_to_all_there_is(anonymous: FlaskClient) -> None:
    links = anonymous.get("/").get_json()["links"]
    assert set(links) == {"items", "description", "health", "ready", "metrics"}
    assert {anonymous.get(link).status_code for link in links.values()} == {200}


def test_the_page_may_load_its_own_files_and_nothing_else(anonymous: FlaskClient) -> None:
    headers = anonymous.get("/", headers={"Accept": BROWSER}).headers
    policy = dict(directive.split(" ", 1) for directive in headers["Content-Security-Policy"].split("; "))
    assert policy.pop("require-trusted-types-for") == "'script'"
    own = {name for name, source in policy.items() if source == "'self'"}
    assert own == {"script-src", "style-src", "img-src", "connect-src"}
    assert {source for name, source in policy.items() if name not in own} == {"'none'"}
    assert {"default-src", "base-uri", "form-action", "frame-ancestors", "trusted-types"} == set(policy) - own
    assert headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_file_is_sent_as_it_is_with_its_media_type(anonymous: FlaskClient, file: Path) -> None:
    response = anonymous.get(f"/static/{file.name}")
    assert (response.status_code, response.data) == (200, file.read_bytes())
    assert response.mimetype == {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}[file.suffix]
    assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("name", ["none.js", "..%2Findex.html", "%2e%2e/__init__.py", ""])
def test_there_are_no_other_files(anonymous: FlaskClient, name: str) -> None:
    assert anonymous.get(f"/static/{name}").status_code == 404


def test_routes_are_counted_by_their_templates(anonymous: FlaskClient) -> None:
    anonymous.get("/")
    anonymous.get("/static/page.js")
    metrics = anonymous.get("/metrics").text
    for route in ("/", "/static/<name>"):
        assert f'http_requests_total{{method="GET",route="{route}",status="200"}} 1.0' in metrics


def test_the_page_is_small() -> None:
    assert sum(file.stat().st_size for file in [page.HERE / "index.html", *FILES]) < 28_000


class Strict(HTMLParser):
    """Refuses what browsers repair: an element that is not closed, an id given twice; lists what is linked."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.references: list[str] = []
        self.files: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)
        for name, value in attrs:
            assert not re.match("style|on", name), "the policy refuses inline style and script"
            if name == "id":
                assert value not in self.ids
                self.ids.append(str(value))
            elif name in ("for", "aria-labelledby", "aria-describedby"):
                self.references += str(value).split()
            elif name in ("href", "src"):
                self.files.append(str(value))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_is_well_formed_and_leads_to_what_is_there(app: Flask) -> None:
    parser = Strict()
    parser.feed((page.HERE / "index.html").read_text(encoding="utf-8"))
    parser.close()
    assert parser.open == []
    assert set(parser.references) <= set(parser.ids)
    client = app.test_client()
    assert {client.get(file).status_code for file in parser.files} == {200}


def test_what_the_scripts_import_and_look_for_is_there() -> None:
    markup = (page.HERE / "index.html").read_text(encoding="utf-8")
    names = {file.name for file in FILES}
    for file in FILES:
        text = file.read_text(encoding="utf-8")
        assert set(re.findall(r'from "\./([^"]+)"', text)) <= names
        assert all(f'id="{name}"' in markup for name in re.findall(r'byId\("([^"]+)"\)', text)), file.name
