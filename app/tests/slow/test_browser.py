"""The page at `/` in headless Chromium, against the server as the image runs it."""

import json
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped] # it has no annotations
from browser_visit import Visit
from conftest import KEY
from crud_api.resources import preset_names
from gunicorn_process import running
from playwright.sync_api import Browser, Error, expect, sync_playwright

# Debian's, which tests/prepare.yml installs; Ubuntu has it as a snap alone.
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome") or "chromium"
EVERY_FIELD = """
name: things
singular: thing
id_field: thing_id
fields:
  title: {type: string, required: true, max_length: 20, description: "In `few` words."}
  size: {type: integer, minimum: 1, maximum: 9}
  weight: {type: number}
  sold: {type: boolean}
  colour: {type: string, choices: [red, green]}
  notes: {type: string}
  tags: {type: list, items: {type: string}}
  more: {type: any}
example: {title: lamp, size: 3, weight: 0.5, sold: false, colour: red, notes: "two\\nlines", tags: [a, b], more: {x: 1}}
"""

expect.set_options(timeout=20_000)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM)
        yield browser
        browser.close()


@pytest.fixture
def visit(browser: Browser, tmp_path: Path, key_file: Path) -> Iterator[Callable[..., Visit]]:
    with ExitStack() as stack:
        visits: list[Visit] = []

        def begin(resource: str = "items", auth: str = "on", **options: object) -> Visit:
            variables = {"CRUD_KEY_FILE": str(key_file), "CRUD_RESOURCE": resource, "CRUD_AUTH": auth}
            visits.append(Visit(stack.enter_context(running(tmp_path / "log", **variables)), browser, **options))
            return visits[-1]

        yield begin
        for visit in visits:
            visit.page.close()
            assert visit.complaints == []


def test_a_record_is_created_corrected_and_deleted_by_keyboard_alone(visit: Callable[..., Visit]) -> None:
    it = visit()
    page, keyboard = it.page, it.page.keyboard
    post, delete = (page.locator("details").filter(has_text=method) for method in ("POST", "DELETE"))
    name, send, key = post.get_by_label("name"), post.get_by_role("button", name="Send"), page.get_by_label("X-Key")
    status = post.get_by_role("status")

    it.tab_to(post.locator("summary"))
    keyboard.press("Enter")
    it.tab_to(name)
    keyboard.press("Control+A")
    keyboard.type("<img src=x onerror=alert(1)>")
    it.tab_to(send)
    keyboard.press("Enter")
    expect(status).to_contain_text("401")
    expect(key).to_have_attribute("aria-invalid", "true")

    it.tab_to(key, "Shift+Tab")
    keyboard.type(KEY)
    expect(key).not_to_have_attribute("aria-invalid", "true")
    it.tab_to(name)
    keyboard.press("Enter")
    expect(status).to_contain_text("201")
    expect(it.rows()).to_have_count(1)
    expect(it.rows()).to_contain_text("<img src=x onerror=alert(1)>")
    expect(post.locator(".curl")).to_contain_text('-H "X-Key: $KEY"')
    expect(post.locator("pre").last).to_contain_text("etag: ")

    keyboard.press("Control+A")
    keyboard.press("Delete")
    keyboard.press("Enter")
    expect(status).to_contain_text("422")
    expect(name).to_have_attribute("aria-invalid", "true")
    expect(name).to_be_focused()
    expect(name).to_have_accessible_description(re.compile("required.*Field required"))
    expect(it.rows()).to_have_count(1)

    it.tab_to(delete.locator("summary"))
    keyboard.press("Enter")
    it.tab_to(delete.get_by_role("button", name="Send"))
    keyboard.press("Enter")
    expect(delete.get_by_role("status")).to_contain_text("204")
    expect(it.rows()).to_have_count(0)
    assert page.url == it.address
    assert KEY not in page.content()
    assert page.evaluate("sessionStorage.length + localStorage.length") == 0


@pytest.mark.parametrize("resource", [*preset_names(), EVERY_FIELD], ids=[*preset_names(), "own"])
def test_every_call_of_a_resource_works_as_its_form_begins(
    visit: Callable[..., Visit], tmp_path: Path, resource: str
) -> None:
    if resource is EVERY_FIELD:
        file = tmp_path / "things.yml"
        file.write_text(resource, encoding="utf-8")
        resource = str(file)
    it = visit(resource)
    it.page.get_by_label("X-Key").fill(KEY)
    it.send("POST", "201")
    expect(it.rows()).to_have_count(1)
    it.send("GET", "200")
    it.send("PUT", "200")
    it.send("PATCH", "200")
    it.send("DELETE", "204")
    expect(it.rows()).to_have_count(0)
    it.send("PUT", "201")
    expect(it.rows()).to_have_count(1)


def test_fields_and_body_follow_each_other(visit: Callable[..., Visit], tmp_path: Path) -> None:
    file = tmp_path / "things.yml"
    file.write_text(EVERY_FIELD, encoding="utf-8")
    it = visit(str(file))
    post = it.call("POST")
    body = post.get_by_label("Body, as it is sent")
    example = json.loads(body.input_value())
    assert set(example) == {"title", "size", "weight", "sold", "colour", "notes", "tags", "more"}
    typed = {"title": "5", "size": "7", "weight": "heavy", "notes": "1\n2", "tags": "a\n\nb", "more": "[null]"}
    for name, value in typed.items():
        post.get_by_label(name, exact=True).fill(value)
    post.get_by_label("sold").select_option("true")
    post.get_by_label("colour").select_option("")
    sent = {
        "title": "5",
        "size": 7,
        "weight": "heavy",
        "sold": True,
        "notes": "1\n2",
        "tags": ["a", "b"],
        "more": [None],
    }
    assert json.loads(body.input_value()) == sent
    body.fill('{"title": "lamp", "size": 4, "sold": false, "tags": ["x"], "none": 1}')
    for name, value in {"title": "lamp", "size": "4", "weight": "", "sold": "false", "tags": "x", "more": ""}.items():
        expect(post.get_by_label(name, exact=True)).to_have_value(value)
    it.page.get_by_label("X-Key").fill(KEY)
    it.send("POST", "422")
    expect(body).to_have_accessible_description(re.compile("/none: "))
    body.fill("{")
    it.send("POST", "400")


def test_a_refresh_takes_no_focus_and_pages_turn(visit: Callable[..., Visit]) -> None:
    it = visit()
    first = it.add(name="first")
    button = it.page.get_by_role("button", name=first)
    button.focus()
    for number in range(20):
        it.add(name=f"lamp {number}")
    expect(it.rows()).to_have_count(20)
    expect(button).to_be_focused()
    for name, count in (("Next page", 1), ("Next page", 1), ("First page", 20)):
        it.page.get_by_role("button", name=name).press("Enter")
        expect(it.rows()).to_have_count(count)
    button.press("Enter")
    expect(it.call("DELETE").get_by_label("item_id")).to_have_value(first)
    assert json.loads(it.call("PUT").get_by_label("Body, as it is sent").input_value())["name"] == "first"


def test_the_key_stays_for_a_reload_only_when_asked_to(visit: Callable[..., Visit]) -> None:
    it = visit()
    key = it.page.get_by_label("X-Key")
    key.fill(KEY)
    it.page.reload()
    expect(key).to_have_value("")
    key.fill(KEY)
    it.page.get_by_label("keep it").check()
    it.page.reload()
    expect(key).to_have_value(KEY)
    it.page.get_by_label("keep it").uncheck()
    it.page.reload()
    expect(key).to_have_value("")


def test_where_no_key_is_needed_none_is_asked_for(visit: Callable[..., Visit]) -> None:
    it = visit(auth="off")
    it.send("POST", "201")
    expect(it.page.get_by_label("X-Key")).to_have_count(0)
    expect(it.call("POST").locator(".curl")).not_to_contain_text("X-Key")


def test_a_server_that_is_away_is_told_and_nothing_else_changes(visit: Callable[..., Visit]) -> None:
    it = visit()
    it.add(name="lamp")
    expect(it.rows()).to_have_count(1)
    it.server.process.kill()
    expect(it.page.locator("#state")).to_contain_text("The server does not answer.")
    call = it.call("GET")
    call.get_by_role("button", name="Send").click()
    expect(call.get_by_role("status")).to_contain_text("No answer")
    expect(it.rows()).to_have_count(1)
    assert it.complaints != []
    assert {"ERR_CONNECTION_REFUSED" in complaint for complaint in it.complaints} == {True}
    it.complaints.clear()


def test_without_a_description_the_page_says_so(visit: Callable[..., Visit]) -> None:
    it = visit()
    it.page.route("**/openapi.json", lambda route: route.fulfill(status=404))
    it.page.reload()
    expect(it.page.get_by_role("alert")).to_contain_text("/openapi.json cannot be read: it answers 404.")


def test_the_policy_is_in_force(visit: Callable[..., Visit]) -> None:
    it = visit()
    with pytest.raises(Error, match="TrustedHTML"):
        it.page.evaluate("document.body.innerHTML = '<p>'")
    assert it.complaints.pop().startswith("This document requires 'TrustedHTML'")


@pytest.mark.parametrize(
    "options",
    [
        {"color_scheme": "dark"},
        {"color_scheme": "light"},
        {"color_scheme": "light", "viewport": {"width": 320, "height": 640}},
    ],
    ids=["dark", "light", "narrow"],
)
def test_everyone_can_read_and_use_it(visit: Callable[..., Visit], options: dict[str, object]) -> None:
    it = visit(**options)
    it.add(name="lamp " * 30, tags=["light"])
    it.send("POST", "401")
    it.page.get_by_label("X-Key").fill(KEY)
    it.call("POST").get_by_label("name").fill("")
    it.send("POST", "422")
    for method in ("GET", "PUT", "PATCH", "DELETE"):
        it.call(method)
    expect(it.rows()).to_have_count(1)
    results = Axe().run(it.page)
    assert results.violations_count == 0, results.generate_report()
    assert it.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
