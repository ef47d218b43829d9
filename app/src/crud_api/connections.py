"""A client's connection: the head of a request is gathered without a thread, its body is read in one, with a limit."""

import re
import socket
import time
from typing import Any

from gunicorn.config import Config
from gunicorn.http import RequestParser, body, message
from gunicorn.http.errors import LimitRequestHeaders, LimitRequestLine, ParseException
from gunicorn.http.unreader import SocketUnreader
from gunicorn.workers.gthread import TConn

from .problems import Problem
from .refusals import refusal

# As lenient as can be: the parser, which is strict, says what is wrong with another end than CRLF CRLF.
HEAD_END = re.compile(rb"\n\r?\n")
LONGEST_END = 3
LONGEST_HEAD = 32 * 1024
PIECE = 16 * 1024


class Unreader(SocketUnreader):
    """Reads a request's body from its socket, until the time for it is over."""

    def __init__(self, sock: socket.socket, seconds: float) -> None:
        """Start without a deadline: there is no request yet."""
        super().__init__(sock)
        self.seconds = seconds
        self.deadline = 0.0
        self.continue_expected = False

    def chunk(self, size_hint: int | None = None) -> bytes:
        """Return what comes next, without waiting beyond the deadline."""
        if self.continue_expected:
            self.continue_expected = False
            self.sock.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        # Not below 0: what has arrived by now is taken, even if it waited for a thread for longer than that.
        self.sock.settimeout(max(0.0, self.deadline - time.monotonic()))
        try:
            data: bytes = super().chunk(size_hint)
        except (TimeoutError, BlockingIOError):
            raise Problem(408, f"The body did not arrive within {self.seconds:g} s.") from None
        finally:
            self.sock.settimeout(self.seconds)
        if not data:
            raise Problem(400, "The body ended before its length.")
        return data


class Body(body.Body):
    """A body that knows whether it was read to its end, without which no other request can follow it."""

    abandoned = False

    def abandon(self) -> None:
        """Let the connection end with the answer, whatever was read."""
        self.abandoned = True

    @property
    def finished(self) -> bool:
        """Whether the next byte on the connection is another request's."""
        reader = self.reader
        ended = reader.length == 0 if isinstance(reader, body.LengthReader) else reader.parser is None
        return ended and not self.failed and not self.abandoned

    def _read_reader(self, size: int) -> bytes:
        try:
            data: bytes = super()._read_reader(size)
        except ParseException as error:
            raise refusal(error) or error from None
        return data


class Request(message.Request):
    """A request whose head has arrived, unless the client took too much time or room for it."""

    unreader: Unreader
    body: Body

    def parse(self, unreader: Unreader) -> bytes:
        """Parse the head without ever waiting for it."""
        head = unreader.buf.getvalue()
        if not HEAD_END.search(head):
            if len(head) < LONGEST_HEAD:
                raise Problem(408, f"The headers did not arrive within {unreader.seconds:g} s.")
            raise LimitRequestHeaders("head") if b"\n" in head else LimitRequestLine(len(head), LONGEST_HEAD)
        rest: bytes = super().parse(unreader)
        return rest

    def set_body_reader(self) -> None:
        """Ask for the body, where the client waits for that, only when the app reads it."""
        super().set_body_reader()
        self.body = Body(self.body.reader)
        self.unreader.continue_expected = self._expected_100_continue
        self._expected_100_continue = False

    def should_close(self) -> bool:
        """Say whether this is the connection's last request."""
        return not self.body.finished or bool(super().should_close())


class Parser(RequestParser):
    """Gives one request after the other."""

    mesg_class = Request
    unreader: Unreader

    def __init__(self, cfg: Config, sock: socket.socket, client: Any, seconds: float) -> None:
        """Read from the socket by our rules."""
        super().__init__(cfg, sock, client)
        self.unreader = Unreader(sock, seconds)


class Connection(TConn):
    """What gunicorn's main thread knows of a connection while no thread works for it."""

    parser: Parser

    def __init__(self, cfg: Config, sock: socket.socket, client: Any, server: Any, seconds: float) -> None:
        """Start with nothing received."""
        super().__init__(cfg, sock, client, server)
        self.parser = Parser(cfg, sock, client, seconds)
        # Keeps gunicorn from making a parser of its own, and from waiting for data in a thread.
        self.initialized = True
        self.head = bytearray()
        self.parting = False

    def receive(self) -> bool:
        """Take what has arrived; False: the client has left."""
        try:
            data = self.sock.recv(PIECE)
        except BlockingIOError:
            return True
        except OSError:
            return False
        if not self.parting:
            self.head += data
        return bool(data)

    @property
    def ready(self) -> bool:
        """Whether a thread can answer without waiting for the client's head: it is whole, or too long to be one."""
        return HEAD_END.search(self.head) is not None or len(self.head) >= LONGEST_HEAD

    def begin(self, deadline: float) -> None:
        """Give the head to the parser; the body may come until the deadline."""
        self.parser.unreader.unread(bytes(self.head))
        self.parser.unreader.deadline = deadline
        self.head.clear()

    def keep(self) -> None:
        """Take back what the client sent behind the request that was answered."""
        self.head += self.parser.unreader.take_buffered()

    def part(self) -> bool:
        """Tell the client that nothing follows. Closing at once would reset what it has not read; False: it left."""
        self.parting = True
        self.sock.setblocking(False)
        try:
            self.sock.shutdown(socket.SHUT_WR)
        except OSError:
            return False
        return True
