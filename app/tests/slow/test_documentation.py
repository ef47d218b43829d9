"""Each curl line of the documentation gets the status that stands behind it."""

import re
import subprocess
from pathlib import Path

import pytest
from conftest import KEY
from crud_api.resources import load_resource, preset_names
from crud_api.settings import StartError
from gunicorn_process import APP, running

PAGE = (APP.parent / "docs" / "app.md").read_text(encoding="utf-8")
# The Ingress', and that of a forwarded port or of a container.
ADDRESS = r"http://127\.0\.0\.1:(?:8080|5000)"
LINES = re.findall(r"^ +(curl .*) # (\d{3})$", PAGE, re.MULTILINE)
(BOOKS,) = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
OTHERS = {*preset_names(), "books"} - {"items"}


def resource_of(line: str) -> str:
    """Return whose line it is; those about none in particular go with items."""
    (name,) = re.findall(rf"{ADDRESS}/([\w-]*)", line)
    return name if name in OTHERS else "items"


def test_every_line_says_its_status() -> None:
    assert len(LINES) == len(re.findall(r"^ +curl ", PAGE, re.MULTILINE)) > 0


@pytest.mark.parametrize("resource", sorted({*OTHERS, "items"}))
def test_each_line_gets_its_status(tmp_path: Path, key_file: Path, resource: str) -> None:
    header = tmp_path / ".lab" / "crud-lab" / "x-key.header"
    header.parent.mkdir(parents=True)
    header.write_text(f"X-Key: {KEY}\n", encoding="utf-8")
    (tmp_path / "books.yml").write_text(BOOKS, encoding="utf-8")
    chosen = f"{tmp_path}/books.yml" if resource == "books" else resource
    variables = {"CRUD_RESOURCE": chosen, "CRUD_KEY_FILE": str(key_file), "CRUD_FAULTS": "on"}
    with running(tmp_path / "log", **variables) as server:
        for line, status in LINES:
            if resource_of(line) == resource:
                command = re.sub(ADDRESS, server.url, line) + " -sS -o /dev/null -w '%{http_code}'"
                done = subprocess.run(["bash", "-c", command], cwd=tmp_path, capture_output=True, text=True, check=True)
                assert done.stdout == status, line


def test_a_wrong_definition_says_what_the_documentation_shows(tmp_path: Path) -> None:
    file = tmp_path / "books.yml"
    file.write_text(BOOKS.replace("max_length", "max_lenght", 1), encoding="utf-8")
    with pytest.raises(StartError) as raised:
        load_resource(str(file))
    (sentence,) = re.findall(r"^    (crud-api: .* There are) …$", PAGE, re.MULTILINE)
    assert str(raised.value).startswith(sentence.replace("./books.yml", str(file)))
