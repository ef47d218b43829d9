"""gunicorn's threaded worker, but that no client holds a thread by being slow.

Its own threads wait for heads and bodies without a limit, and its main thread waits when it closes a connection. Here a
thread gets a connection when the head of a request is there, idle and slow connections are the poller's, and whatever
a client has to do is to be done within CRUD_REQUEST_SECONDS of when it could begin.
"""

import io
import socket
import time
from concurrent.futures import Future
from functools import partial
from selectors import EVENT_READ, BaseSelector
from typing import Any
from wsgiref.types import WSGIEnvironment

from gunicorn.http.wsgi import Response, base_environ
from gunicorn.workers.gthread import ThreadWorker

from .connections import Connection, Request
from .observation import REFUSED
from .problems import Problem
from .refusals import refusal

# What the kernel keeps of an answer that its client has not taken, per connection; it counts as the container's memory,
# and left to itself becomes megabytes.
UNSENT_BYTES = 128 * 1024
# Stands, for the app, in the place of a request that could not be read.
NO_REQUEST: WSGIEnvironment = {
    "REQUEST_METHOD": "OTHER",
    "PATH_INFO": "",
    "QUERY_STRING": "",
    "SERVER_NAME": "",
    "SERVER_PORT": "0",
    "SERVER_PROTOCOL": "HTTP/1.1",
    "wsgi.url_scheme": "http",
}


class Unreadable:
    """The same for gunicorn's response."""

    method = None
    version = (1, 1)

    def should_close(self) -> bool:
        """End the connection: where another request would begin is not known."""
        return True


class Worker(ThreadWorker):
    """Connections wait in `keepalived_conns` for a request to begin, in `pending_conns` for its head or their end."""

    poller: BaseSelector

    def load_wsgi(self) -> None:
        """Take the app and what the server needs of it."""
        super().load_wsgi()
        parts = self.wsgi.extensions["crud_api"]
        self.seconds: float = parts.settings.request_seconds
        self.readiness = parts.readiness
        for listener in self.sockets:
            # Its connections inherit it.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, UNSENT_BYTES)

    # The main thread.

    def wait_for_and_dispatch_events(self, timeout: float) -> None:
        """Wait no longer than until the next connection's time is over."""
        if self.pending_conns:
            timeout = min(timeout, max(0.0, self.pending_conns[0].timeout - time.monotonic()))
        super().wait_for_and_dispatch_events(timeout)

    def accept(self, listener: socket.socket) -> None:
        """Take a new connection."""
        try:
            sock, client = listener.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return
        self.nr_conns += 1
        self._wait(Connection(self.cfg, sock, client, listener.getsockname(), self.seconds))

    def on_pending_socket_readable(self, conn: Connection, client: socket.socket) -> None:
        """Gather a head; what comes on a connection that ends is dropped."""
        here = conn.receive()
        if not here or conn.ready:
            self.poller.unregister(client)
            self.pending_conns.remove(conn)
            self._begin(conn, here)

    def on_client_socket_readable(self, conn: Connection, client: socket.socket) -> None:
        """Begin another request on a connection that was kept."""
        self.poller.unregister(client)
        self.keepalived_conns.remove(conn)
        self._begin(conn, conn.receive())

    def murder_pending(self) -> None:
        """End the waiting of those whose time is over; one whose head has begun is told so."""
        now = time.monotonic()
        while self.pending_conns and self.pending_conns[0].timeout <= now:
            conn = self.pending_conns.popleft()
            self.poller.unregister(conn.sock)
            if conn.head:
                self.enqueue_req(conn)
            else:
                self._forget(conn)

    def enqueue_req(self, conn: Connection) -> None:
        """Give the connection to a thread."""
        conn.begin(time.monotonic() + self.seconds)
        super().enqueue_req(conn)

    def finish_request(self, conn: Connection, fs: "Future[bool]") -> None:
        """Take the connection back from its thread."""
        kept = not fs.cancelled() and not fs.exception() and fs.result()
        if not kept:
            if conn.part():
                self._wait(conn)
            else:
                self._forget(conn)
            return
        conn.keep()
        if conn.head:
            self._begin(conn, here=True)
        else:
            super().finish_request(conn, fs)

    def _begin(self, conn: Connection, here: bool) -> None:
        if not here:
            self._forget(conn)
        elif conn.ready:
            self.enqueue_req(conn)
        else:
            self._wait(conn)

    def _wait(self, conn: Connection) -> None:
        conn.sock.setblocking(False)
        # The same time for all of them, so that they expire in this order.
        conn.timeout = time.monotonic() + self.seconds
        self.pending_conns.append(conn)
        self.poller.register(conn.sock, EVENT_READ, partial(self.on_pending_socket_readable, conn))

    def _forget(self, conn: Connection) -> None:
        self.nr_conns -= 1
        conn.close()

    # The threads.

    def handle_request(self, req: Request, conn: Connection) -> bool:
        """Answer a request; the client must take the answer in time, too."""
        conn.sock.settimeout(self.seconds)
        if self.readiness.stopping:
            req.force_close()
        try:
            return bool(super().handle_request(req, conn))
        except TimeoutError:
            self.log.info("dropped a client that did not take its answer within %g s", self.seconds)
            return False

    def handle_error(self, req: Request | None, client: socket.socket, addr: Any, exc: Exception) -> None:
        """Let the app refuse what never became a request for it: one shape of errors, one log, one count."""
        problem = refusal(exc)
        if not problem:
            self.log.error("error outside the app", exc_info=exc)
            problem = Problem(500, "The server failed; its log has the reason.")
        environ = base_environ(self.cfg) | NO_REQUEST | {"wsgi.input": io.BytesIO(), REFUSED: problem}
        client.settimeout(self.seconds)
        answer = Response(Unreadable(), client, self.cfg)
        try:
            for part in self.wsgi(environ, answer.start_response):
                answer.write(part)
        except OSError:
            self.log.debug("the client left before it was refused")
