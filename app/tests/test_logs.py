import json
import logging

import pytest
from crud_api.logs import JsonFormatter, timestamp, write_request


def record(message: str, **extra: object) -> logging.LogRecord:
    made = logging.LogRecord("crud_api.x", logging.WARNING, __file__, 1, message, ("two\nlines",), None)
    made.__dict__ |= extra
    return made


def test_a_record_is_one_line_of_json() -> None:
    made = record("said %s", fields={"status": 200}, created=1.5)
    line = JsonFormatter().format(made)
    assert "\n" not in line
    assert json.loads(line) == {
        "time": "1970-01-01T00:00:01.500Z",
        "level": "warning",
        "logger": "crud_api.x",
        "message": "said two\nlines",
        "status": 200,
    }


def test_an_exception_is_in_the_same_line() -> None:
    error = RuntimeError("broken")
    line = JsonFormatter().format(record("failed %s", exc_info=(RuntimeError, error, None)))
    assert "\n" not in line
    assert "RuntimeError: broken" in json.loads(line)["exception"]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "1970-01-01T00:00:00.000Z"), (1.9999, "1970-01-01T00:00:01.999Z"), (86400.25, "1970-01-02T00:00:00.250Z")],
)
def test_times_are_utc_with_milliseconds(seconds: float, text: str) -> None:
    assert timestamp(seconds) == text


def test_a_log_that_nobody_reads_is_no_reason_to_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    class Left:
        def write(self, _line: str) -> None:
            raise BrokenPipeError

    monkeypatch.setattr("sys.stdout", Left())
    write_request("id", '"status": 200', 0, 0)
