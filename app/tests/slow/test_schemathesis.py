"""schemathesis against the running server: it reads the description, and finds out whether that is true."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import KEY
from crud_api.resources import preset_names
from gunicorn_process import APP, running

HERE = Path(__file__).parent
CASES = 2000
# Some operations have few cases; this many for each of the others make the sum.
CASES_OF_AN_OPERATION = 220


@pytest.mark.parametrize("resource", [*preset_names(), str(HERE.with_name("things.yml"))])
def test_the_description_is_true(tmp_path: Path, key_file: Path, resource: str, scale: int) -> None:
    with running(tmp_path / "log", CRUD_RESOURCE=resource, CRUD_KEY_FILE=str(key_file)) as server:
        command: list[str | Path] = [
            Path(sys.executable).with_name("schemathesis"),
            "--config-file",
            HERE / "schemathesis.toml",
            "run",
        ]
        command += [f"{server.url}/openapi.json", "--header", f"X-Key: {KEY}"]
        command += ["--max-examples", str(CASES_OF_AN_OPERATION * scale), "--no-color"]
        command += ["--phases", "examples,coverage,fuzzing,stateful"]
        hooks = {"SCHEMATHESIS_HOOKS": "schemathesis_hooks", "PYTHONPATH": f"{APP / 'src'}:{HERE}"}
        done = subprocess.run(
            command, cwd=tmp_path, env=os.environ | hooks, capture_output=True, text=True, check=False
        )
    assert done.returncode == 0, done.stdout + done.stderr
    generated = re.search(r"([\d,]+) generated", done.stdout)
    assert generated is not None, done.stdout
    assert int(generated[1].replace(",", "")) >= CASES * scale, done.stdout
