"""Logs as one JSON object a line on standard output, gunicorn's own included."""

import json
import logging
import sys
import time
from functools import lru_cache
from typing import Any


class JsonFormatter(logging.Formatter):
    """A record as JSON; `extra={"fields": {...}}` adds to it."""

    def format(self, record: logging.LogRecord) -> str:
        """Render one record as one line."""
        line: dict[str, Any] = {
            "time": timestamp(record.created),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= getattr(record, "fields", {})
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)


# For gunicorn's logconfig_dict.
CONFIGURATION: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": JsonFormatter}},
    "handlers": {"stdout": {"class": "logging.StreamHandler", "formatter": "json", "stream": "ext://sys.stdout"}},
    "root": {"level": "INFO", "handlers": ["stdout"]},
    # Without handlers of its own, so that each line is printed once.
    "loggers": {"gunicorn.error": {"level": "INFO", "handlers": [], "propagate": True}},
}


def timestamp(seconds: float) -> str:
    """Return a time of the clock as RFC 3339 has it, in UTC with milliseconds."""
    whole = int(seconds)
    return f"{_second(whole)}.{int((seconds - whole) * 1000):03d}Z"


def write_request(request_id: str, about: str, seconds: float, size: int) -> None:
    """Log a request: `about` is the JSON of what many requests share; the id needs no escape.

    Without the module logging, whose way to the same line takes longer than all else that is done for a request here.
    """
    line = (
        f'{{"time": "{timestamp(time.time())}", "level": "info", "logger": "crud_api.request", "message": "request", '
        f'"request_id": "{request_id}", {about}, "milliseconds": {seconds * 1000:.2f}, "bytes": {size}}}\n'
    )
    try:
        # One write for the line, so that lines of other threads don't get into it.
        sys.stdout.write(line)
        sys.stdout.flush()
    except OSError:
        # Whoever read the log has left; that is no reason to fail a request.
        pass


@lru_cache(maxsize=2)
def _second(whole: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(whole))
