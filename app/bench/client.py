"""A load generator that costs little: prepared requests on kept connections, and responses that are only measured."""

import socket

PATIENCE = 60


class Client:
    """Some connections, each with one request under way at a time."""

    def __init__(self, port: int, connections: int) -> None:
        """Connect."""
        self._sockets = [socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) for _ in range(connections)]
        for connection in self._sockets:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def run(self, request: bytes, rounds: int, status: str = "2") -> bytes:
        """Send the request on every connection, as often as there are rounds; return the last answer.

        The status of each must begin like this one.
        """
        answer = b""
        for _ in range(rounds):
            for connection in self._sockets:
                connection.sendall(request)
            for connection in self._sockets:
                answer = _receive(connection, status)
        return answer

    def close(self) -> None:
        """Disconnect."""
        for connection in self._sockets:
            connection.close()


def _receive(connection: socket.socket, status: str) -> bytes:
    received = b""
    while True:
        part = connection.recv(65536)
        received += part
        head, end, body = received.partition(b"\r\n\r\n")
        if end and len(body) == int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]):
            break
        if not part:
            raise ConnectionError("the server closed a connection that it should keep")
    if not received[9:].startswith(status.encode()):
        raise ValueError(f"the server answered {received[:200]!r}")
    return received
