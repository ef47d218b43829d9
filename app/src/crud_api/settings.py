"""Every setting, read once from the environment: field `max_records` is the variable CRUD_MAX_RECORDS."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

PREFIX = "CRUD_"
# Kubernetes describes the Service crud-api to each pod in variables of this prefix; they are none of ours.
SERVICE_PREFIX = "CRUD_API_"


class StartError(SystemExit):
    """Ends the start with one sentence that holds the fix, where an exception would print a traceback."""

    def __init__(self, sentence: str) -> None:
        """Keep the sentence; the interpreter prints it and exits with status 1."""
        super().__init__(f"crud-api: {sentence}")


class Settings(BaseModel):
    """What can be set; the descriptions are those of docs/app.md."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    resource: str = Field("items", description="a preset, or the path of a definition file; see Resources")
    auth: Literal["on", "off"] = Field("on", description="`off`: mutating calls need no key")
    key_file: Path | None = Field(
        None, description="file with the accepted keys, one per line; re-read when it changes"
    )
    store: Literal["memory", "sqlite", "redis"] = Field("memory", description="where records live; see Stores")
    max_records: int = Field(10_000, ge=1, description="records that `memory` takes before it answers 507")
    max_store_bytes: int = Field(32 * 1024**2, ge=1024, description="bytes of records that `memory` takes before 507")
    sqlite_file: Path | None = Field(None, description="the file of `sqlite`, on a local disk; made if it is missing")
    redis_url: str | None = Field(
        None,
        description="the server of `redis`: `redis://<host>:<port>/<number>`, `rediss://` (TLS) or `unix:///<socket>`",
    )
    redis_password_file: Path | None = Field(
        None, description="file with that server's password; read for each new connection"
    )
    store_timeout_seconds: float = Field(2, gt=0, le=60, description="longest wait for the store; then 503")
    max_body_bytes: int = Field(64 * 1024, ge=1024, description="longest request body, and longest record; more is 413")
    host: str = Field("0.0.0.0", description="address that both ports listen on")  # noqa: S104 - a container's network is its own
    port: int = Field(5000, ge=1, le=65535, description="the API")
    metrics_port: int = Field(9102, ge=1, le=65535, description="`/metrics` and `/healthz` alone")
    metrics_apart: Literal["off", "on"] = Field(
        "off", description="`on`: `/metrics` only on that port; for an API that is reached from outside"
    )
    threads: int = Field(8, ge=1, le=256, description="requests served at once; each may take 8 MiB")
    request_seconds: float = Field(
        10,
        gt=0,
        le=300,
        description="seconds a client has for its headers, again for its body, again to take the answer",
    )
    faults: Literal["off", "on"] = Field("off", description="`on`: `/faults` makes faults on demand, for exercises")
    drain_seconds: float = Field(5, ge=0, le=300, description="from SIGTERM, unready and still serving, to the stop")
    stop_seconds: int = Field(15, ge=1, le=300, description="then for requests under way to end")

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """Read the variables; a wrong or unknown one ends the start."""
        values = {
            name.removeprefix(PREFIX).lower(): value
            for name, value in environment.items()
            if name.startswith(PREFIX) and not name.startswith(SERVICE_PREFIX)
        }
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            raise StartError(_sentence(error)) from None


def variable(field: str) -> str:
    """Name the environment variable of a field."""
    return PREFIX + field.upper()


def _sentence(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    name = variable(str(first["loc"][0]))
    if first["type"] == "extra_forbidden":
        known = ", ".join(variable(field) for field in Settings.model_fields)
        return f"{name} is no setting: correct the name or unset it. There are {known}."
    return f"{name}={first['input']}: {first['msg']}."
