"""The benchmark measures all that it should, in its shortest form."""

import subprocess
import sys

from gunicorn_process import APP

SHORT = ("--alternations", "2", "--requests", "8", "--growth", "100")


def test_the_benchmark_measures_start_load_and_memory() -> None:
    done = subprocess.run([sys.executable, "-m", "bench", *SHORT], cwd=APP, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    for part in ("Start to the first 200", "GET a list of 100", "POST with a key", "Memory of both processes"):
        assert part in done.stdout
