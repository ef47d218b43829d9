import json
import logging

from crud_api.logs import JsonFormatter


def record(message: str, **extra: object) -> logging.LogRecord:
    made = logging.LogRecord("crud_api.x", logging.WARNING, __file__, 1, message, ("two\nlines",), None)
    made.__dict__ |= extra
    return made


def test_a_record_is_one_line_of_json() -> None:
    made = record("said %s", fields={"status": 200}, created=1.5, msecs=500.0)
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
