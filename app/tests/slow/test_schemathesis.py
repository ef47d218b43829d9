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
CASES_OF_AN_OPERATION = 230
SEED = 1


# `make test` asks the same of each change, whatever was found before; the soak asks something new each time.
# That is repeated, not prolonged: a longer run finds ever fewer cases that are new to it.
@pytest.mark.parametrize("resource", [*preset_names(), str(HERE.with_name("things.yml"))])
def test_the_description_is_true(tmp_path: Path, key_file: Path, resource: str, scale: int) -> None:
    for _ in range(scale):
        require_true(tmp_path, key_file, resource, ["--seed", str(SEED)] if scale == 1 else [])


def require_true(tmp_path: Path, key_file: Path, resource: str, seed: list[str]) -> None:
    with running(tmp_path / "log", CRUD_RESOURCE=resource, CRUD_KEY_FILE=str(key_file)) as server:
        command: list[str | Path] = [
            Path(sys.executable).with_name("schemathesis"),
            "--config-file",
            HERE / "schemathesis.toml",
            "run",
        ]
        command += [f"{server.url}/openapi.json", "--header", f"X-Key: {KEY}"]
        command += ["--max-examples", str(CASES_OF_AN_OPERATION), "--no-color", *seed]
        command += ["--phases", "examples,coverage,fuzzing,stateful"]
        hooks = {"SCHEMATHESIS_HOOKS": "schemathesis_hooks", "PYTHONPATH": f"{APP / 'src'}:{HERE}"}
        done = subprocess.run(
            command, cwd=tmp_path, env=os.environ | hooks, capture_output=True, text=True, check=False
        )
    assert done.returncode == 0, done.stdout + done.stderr
    generated = re.search(r"([\d,]+) generated", done.stdout)
    assert generated is not None, done.stdout
    assert int(generated[1].replace(",", "")) >= CASES, done.stdout
