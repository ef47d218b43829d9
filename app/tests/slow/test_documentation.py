"""Each curl command of the documentation gets the status that stands below it."""

import os
import re
import subprocess
from pathlib import Path

import pytest
from conftest import KEY
from crud_api.resources import load_resource, preset_names
from crud_api.settings import StartError
from documented_calls import CALLS, MISCOUNTED, PAGE
from gunicorn_process import running

(BOOKS,) = re.findall(r"^cat > books.yml <<'EOF'\n(.*?)^EOF$", PAGE, re.MULTILINE | re.DOTALL)
# The Ingress', and that of a forwarded port.
ADDRESS = r"(?:\$LAB_URL|http://127\.0\.0\.1:8081)"
OTHERS = {*preset_names(), "books"} - {"items"}
# As macOS starts zsh; no user's settings.
SHELLS = {"bash": ["bash", "-c"], "zsh": ["zsh", "-f", "-c"]}


def resource_of(line: str) -> str:
    """Return whose line it is; those about none in particular go with items."""
    (name,) = re.findall(rf"{ADDRESS}/([\w-]*)", line)
    return name if name in OTHERS else "items"


def test_every_call_says_its_status() -> None:
    assert MISCOUNTED == []
    assert len(CALLS) == len(re.findall(r"^ *curl ", PAGE, re.MULTILINE)) > 0


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("resource", sorted({*OTHERS, "items"}))
def test_each_call_gets_its_status(tmp_path: Path, key_file: Path, resource: str, shell: str) -> None:
    header = tmp_path / "a key.header"
    header.write_text(f"X-Key: {KEY}\n", encoding="utf-8")
    (tmp_path / "books.yml").write_text(BOOKS, encoding="utf-8")
    chosen = f"{tmp_path}/books.yml" if resource == "books" else resource
    variables = {"CRUD_RESOURCE": chosen, "CRUD_KEY_FILE": str(key_file), "CRUD_FAULTS": "on"}
    with running(tmp_path / "log", **variables) as server:
        environment = os.environ | {"LAB_URL": server.url, "LAB_KEY_FILE": str(header)}
        for line, status in CALLS:
            if resource_of(line) == resource:
                command = line.replace("http://127.0.0.1:8081", server.url) + " -sS -o /dev/null -w '%{http_code}'"
                done = subprocess.run(
                    [*SHELLS[shell], command], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
                )
                assert done.stdout == status, line


def test_a_wrong_definition_says_what_the_documentation_shows(tmp_path: Path) -> None:
    file = tmp_path / "books.yml"
    file.write_text(BOOKS.replace("max_length", "max_lenght", 1), encoding="utf-8")
    with pytest.raises(StartError) as raised:
        load_resource(str(file))
    (sentence,) = re.findall(r"^    (crud-api: .* There are) …$", PAGE, re.MULTILINE)
    assert str(raised.value).startswith(sentence.replace("./books.yml", str(file)))
