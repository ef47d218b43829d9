"""gunicorn's worker as the image has it, in a thread of the tests: its coverage is measured, and it starts at once."""

import json
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from crud_api.worker import Worker
from flask import Flask
from gunicorn.config import Config
from gunicorn.glogging import Logger
from gunicorn.util import close

PATIENCE = 10


class ThreadedWorker(Worker):
    """Signals belong to the main thread, which is pytest's."""

    def init_signals(self) -> None:
        """Leave them alone."""


@dataclass
class Served:
    """An app, served."""

    worker: Worker
    port: int
    sockets: list[socket.socket] = field(default_factory=list)

    def connect(self, sent: bytes = b"") -> socket.socket:
        """Open a connection and send something."""
        client = socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)
        self.sockets.append(client)
        client.sendall(sent)
        return client

    def answer(self, sent: bytes) -> "Answer":
        """Return what comes back until the server ends the connection."""
        with self.connect(sent) as client:
            return Answer.read(client)


@dataclass
class Answer:
    """A response as it came."""

    status: int
    headers: dict[str, str]
    body: bytes

    @classmethod
    def read(cls, client: socket.socket) -> "Answer":
        """Read until the end of the connection."""
        received = b"".join(iter(lambda: client.recv(65536), b""))
        head, _, body = received.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        return cls(int(first.split()[1]), dict(line.split(": ", 1) for line in lines), body)

    @property
    def json(self) -> Any:
        """The body's value."""
        return json.loads(self.body)


@contextmanager
def serving(app: Flask, **settings: object) -> Iterator[Served]:
    """Serve an app as gunicorn.conf.py would."""
    cfg = Config()
    for name, value in ({"threads": 4, "keepalive": 60, "graceful_timeout": 5} | settings).items():
        cfg.set(name, value)
    listener = socket.create_server(("127.0.0.1", 0), backlog=512)
    source = SimpleNamespace(wsgi=lambda: app)
    worker = ThreadedWorker(0, os.getppid(), [listener], source, 30, cfg, Logger(cfg))
    served = Served(worker, listener.getsockname()[1])
    thread = threading.Thread(target=worker.init_process, name="worker", daemon=True)
    thread.start()
    try:
        while not worker.booted:
            time.sleep(0.001)
        yield served
    finally:
        for client in served.sockets:
            client.close()
        worker.handle_exit(0, None)
        thread.join(PATIENCE)
        worker.tmp.close()
        for end in worker.PIPE:
            os.close(end)
        close(listener)
        assert not thread.is_alive(), "the worker did not stop"
