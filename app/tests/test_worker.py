import json
import re
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from conftest import KEY, with_key
from crud_api.connections import Connection
from flask import Flask
from gunicorn_worker import PATIENCE, Answer, Served, serving

ITEM = b'{"name":"lamp"}'
HEAD = b"GET /readyz HTTP/1.1\r\nHost: x\r\n"
GET = HEAD + b"\r\n"
LAST = HEAD + b"Connection: close\r\n\r\n"
POST = f"POST /items HTTP/1.1\r\nHost: x\r\nX-Key: {KEY}\r\nContent-Type: application/json\r\n".encode()
SHORT = 0.5


def value(app: Flask, name: str, **labels: str) -> float | None:
    found: float | None = app.extensions["crud_api"].metrics.registry.get_sample_value(name, labels)
    return found


def read_one(client: socket.socket) -> bytes:
    """Read one response, of a connection that stays."""
    received = b""
    while b"\r\n\r\n" not in received:
        received += client.recv(65536)
    head, _, body = received.partition(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
    while len(body) < length:
        body += client.recv(65536)
    return head + b"\r\n\r\n" + body


def wait_until_nobody_is_connected(served: Served) -> None:
    deadline = time.monotonic() + PATIENCE
    while served.worker.nr_conns:
        assert time.monotonic() < deadline, "a connection stays"
        time.sleep(0.01)


@pytest.fixture
def served(app: Flask) -> Iterator[Served]:
    with serving(app) as served:
        yield served


@pytest.fixture
def hasty(make_app: Callable[..., Flask]) -> Iterator[Served]:
    """A server that drops clients soon."""
    with serving(make_app(request_seconds=SHORT)) as served:
        yield served


def test_a_head_may_come_in_any_pieces_and_requests_follow_each_other(served: Served) -> None:
    client = served.connect()
    for _ in range(2):
        for byte in GET:
            client.sendall(bytes([byte]))
        assert b"200 OK" in read_one(client)


def test_requests_sent_at_once_are_answered_one_after_the_other(served: Served) -> None:
    post = POST + b"Content-Length: %d\r\n\r\n%s" % (len(ITEM), ITEM)
    client = served.connect(post + GET + HEAD[:9])
    client.sendall(LAST[9:])
    received = b"".join(iter(lambda: client.recv(65536), b""))
    assert re.findall(rb"HTTP/1.1 (\d+)", received) == [b"201", b"200", b"200"]


@pytest.mark.parametrize(
    "body", [b"Content-Length: 15\r\n\r\n" + ITEM, b"Transfer-Encoding: chunked\r\n\r\nf\r\n" + ITEM + b"\r\n0\r\n\r\n"]
)
def test_a_connection_is_kept_when_the_body_was_read(served: Served, body: bytes) -> None:
    client = served.connect(POST + body)
    answer = read_one(client)
    assert b" 201 " in answer
    assert b"Connection: keep-alive" in answer


@pytest.mark.parametrize(
    ("request_head", "status"),
    [
        (b"POST /items HTTP/1.1\r\nHost: x\r\nContent-Length: 50000\r\n\r\n", 401),
        (b"DELETE /items/a HTTP/1.1\r\nHost: x\r\n\r\n", 401),
        (POST + b"Content-Length: 70000\r\n\r\n", 413),
        (POST + b"Expect: 100-continue\r\nContent-Length: 70000\r\n\r\n", 413),
        (POST.replace(b"/json", b"/xml") + b"Content-Length: 20\r\n\r\n", 415),
        (b"GET /readyz HTTP/1.1\r\nHost: x\r\nContent-Length: 20\r\n\r\n", 200),
    ],
)
def test_what_needs_no_body_is_answered_at_once_and_ends_the_connection(
    served: Served, request_head: bytes, status: int
) -> None:
    answer = served.answer(request_head)
    assert (answer.status, answer.headers["Connection"]) == (status, "close")


@pytest.mark.parametrize(
    "keys",
    [b"", b"X-Key: wrong\r\n", b"X-Key: %s\r\nX-Key: %s\r\n", b"X-Key: " + b"x" * 8000 + b"\r\n", b"X-Key: \xfc%s\r\n"],
    ids=["missing", "wrong", "doubled", "long", "not ASCII"],
)
def test_whoever_has_no_key_is_not_listened_to(served: Served, keys: bytes) -> None:
    head = b"POST /items HTTP/1.1\r\nHost: x\r\nContent-Length: 50000\r\n" + keys.replace(b"%s", KEY.encode())
    answer = served.answer(head + b"\r\n")
    assert (answer.status, answer.headers["Connection"]) == (401, "close")


def test_a_client_that_is_still_sending_gets_its_answer(served: Served) -> None:
    client = served.connect(POST + b"Content-Length: 10000000\r\n\r\n")
    for _ in range(100):
        client.sendall(bytes(100_000))
    assert Answer.read(client).status == 413


def test_a_body_is_asked_for_when_it_is_read(served: Served) -> None:
    client = served.connect(POST + b"Connection: close\r\nExpect: 100-continue\r\nContent-Length: 15\r\n\r\n")
    assert client.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
    client.sendall(ITEM)
    assert Answer.read(client).status == 201


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"nonsense\r\n\r\n", 400),
        (b"GET /\n\n", 400),
        (b"GET / HTTP/9.9\r\n\r\n", 505),
        (b"get / HTTP/1.1\r\n\r\n", 400),
        (b"GET /\xff HTTP/1.1\r\n\r\n", 400),
        (HEAD + b"X-Key secret\r\n\r\n", 400),
        (HEAD + b"X Key: secret\r\n\r\n", 400),
        (HEAD + b"A: b\r\n c\r\n\r\n", 400),
        (HEAD + b"Content-Length: -1\r\n\r\n", 400),
        (HEAD + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
        (HEAD + b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
        (HEAD + b"Transfer-Encoding: secret\r\n\r\n", 501),
        (HEAD + b"Expect: secret\r\n\r\n", 417),
        (b"GET /" + b"x" * 5000 + b" HTTP/1.1\r\n\r\n", 414),
        (b"GET /" + b"x" * 40000, 414),
        (HEAD + b"A: b\r\n" * 101 + b"\r\n", 431),
        (HEAD + b"A: " + b"x" * 40000, 431),
    ],
)
def test_what_is_no_request_is_refused_as_a_problem_counted_and_logged(
    app: Flask, served: Served, sent: bytes, status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = served.answer(sent)
    assert (answer.status, answer.json["status"], answer.headers["Connection"]) == (status, status, "close")
    assert answer.headers["Content-Type"] == "application/problem+json"
    labels = {"method": "OTHER", "route": "unmatched", "status": str(status)}
    assert value(app, "http_requests_total", **labels) == 1
    output = capsys.readouterr().out
    (line,) = [json.loads(line) for line in output.splitlines() if line.startswith('{"time"') and "request_id" in line]
    assert (line["status"], line["route"], line["request_id"]) == (status, None, answer.headers["X-Request-ID"])
    assert b"secret" not in answer.body
    assert "secret" not in output


@pytest.mark.parametrize("chunk", [b"x\r\n", b"5;\r\r\n", b"1\r\naa\r\n", b"1\r\na\r\n0\r\nb c\r\n\r\n"])
def test_a_body_that_is_no_chunks_is_400(served: Served, chunk: bytes) -> None:
    answer = served.answer(POST + b"Transfer-Encoding: chunked\r\n\r\n" + chunk)
    assert (answer.status, answer.headers["Connection"]) == (400, "close")


@pytest.mark.parametrize("body", [b"Content-Length: 15\r\n\r\n{}", b"Transfer-Encoding: chunked\r\n\r\n5\r\n{}"])
def test_a_body_that_ends_early_is_400(served: Served, body: bytes) -> None:
    client = served.connect(POST + body)
    client.shutdown(socket.SHUT_WR)
    assert Answer.read(client).status == 400


@pytest.mark.parametrize(
    ("sent", "status", "route"),
    [(HEAD, 408, "unmatched"), (POST + b"Content-Length: 15\r\n\r\n{", 408, "/items")],
)
def test_a_client_that_stalls_is_told_so_and_dropped(hasty: Served, sent: bytes, status: int, route: str) -> None:
    answer = hasty.answer(sent)
    assert (answer.status, answer.headers["Connection"]) == (status, "close")
    assert f"within {SHORT} s" in answer.json["detail"]
    method = "POST" if route == "/items" else "OTHER"
    app: Flask = hasty.worker.wsgi
    assert value(app, "http_requests_total", method=method, route=route, status="408") == 1


def test_a_client_that_says_nothing_is_dropped_without_a_word(hasty: Served) -> None:
    assert hasty.connect().recv(1) == b""


@pytest.mark.parametrize("sent", [HEAD + b"A: ", POST + b"Content-Length: 10000\r\n\r\n"])
def test_a_byte_now_and_then_does_not_extend_the_time(hasty: Served, sent: bytes) -> None:
    client = hasty.connect(sent)
    client.settimeout(SHORT / 10)
    dripped = 0
    while dripped < 10000:
        try:
            client.sendall(b"x")
            dripped += 1
            if client.recv(100):
                break
        except TimeoutError:
            continue
    assert dripped < 100


def test_a_client_that_does_not_take_its_answer_is_dropped(hasty: Served) -> None:
    app: Flask = hasty.worker.wsgi
    app.add_url_rule("/large", view_func=lambda: b"x" * 50_000_000)
    client = hasty.connect(LAST.replace(b"/readyz", b"/large"))
    client.recv(1)
    wait_until_nobody_is_connected(hasty)
    assert len(b"".join(iter(lambda: client.recv(65536), b""))) < 50_000_000


def test_stalled_and_idle_clients_in_any_number_cost_no_thread(served: Served) -> None:
    kept = [served.connect(GET) for _ in range(100)]
    assert all(b"200 OK" in read_one(client) for client in kept)
    for _ in range(100):
        served.connect(HEAD)
    assert served.answer(LAST).status == 200


def test_with_fewer_stalled_bodies_than_threads_nobody_notices(served: Served) -> None:
    stalled = [served.connect(POST + b"Content-Length: 15\r\n\r\n") for _ in range(3)]
    assert served.answer(LAST).status == 200
    for client in stalled:
        client.setblocking(False)
        with pytest.raises(BlockingIOError):
            client.recv(1)
        client.setblocking(True)
        client.sendall(ITEM)
        assert b" 201 " in read_one(client)


def test_more_stalled_bodies_than_threads_are_dropped_in_one_go(hasty: Served) -> None:
    heads = [hasty.connect(HEAD) for _ in range(200)]
    bodies = [hasty.connect(POST + b"Content-Length: 15\r\n\r\n") for _ in range(200)]
    assert hasty.answer(LAST).status == 200
    with ThreadPoolExecutor(20) as pool:
        assert {answer.status for answer in pool.map(Answer.read, heads + bodies)} == {408}


def test_a_client_that_resets_is_forgotten(served: Served) -> None:
    for sent in (b"", HEAD, GET, POST + b"Content-Length: 15\r\n\r\n{"):
        client = served.connect(sent)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        client.close()
    assert served.answer(LAST).status == 200
    wait_until_nobody_is_connected(served)


def test_an_error_behind_the_app_is_a_500(served: Served, caplog: pytest.LogCaptureFixture) -> None:
    app: Flask = served.worker.wsgi
    app.add_url_rule("/broken", view_func=lambda: ("", {"X-Broken": "\x01"}))
    answer = served.answer(LAST.replace(b"/readyz", b"/broken"))
    assert (answer.status, answer.json["detail"]) == (500, "The server failed; its log has the reason.")
    assert b"X-Broken" not in answer.body


def test_a_process_on_its_way_out_closes_what_it_kept(app: Flask, served: Served) -> None:
    client = served.connect(GET)
    assert b"Connection: keep-alive" in read_one(client)
    app.extensions["crud_api"].readiness.stop()
    client.sendall(GET)
    assert b"Connection: close" in read_one(client)
    assert client.recv(1) == b""


def test_what_is_gone_before_it_was_seen_is_no_error(served: Served) -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        nobody.setblocking(False)
        served.worker.accept(nobody)
    ours, theirs = socket.socketpair()
    theirs.close()
    served.worker.handle_error(None, ours, None, RuntimeError())
    connection = Connection(served.worker.cfg, ours, None, None, 1)
    assert not connection.receive()
    ours.close()


def test_a_socket_that_was_readable_for_nothing_goes_on_waiting(served: Served) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        assert Connection(served.worker.cfg, ours, None, None, 1).receive()


def test_what_a_client_does_not_take_is_not_kept_for_it(make_app: Callable[..., Flask]) -> None:
    app = make_app(resource="configs", request_seconds=SHORT)
    filler = with_key(app)
    for number in range(16):
        filler.put(f"/configs/{number}", json={"value": "x" * 60_000})
    with serving(app) as served, socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.connect(("127.0.0.1", served.port))
        client.sendall(b"GET /configs HTTP/1.1\r\nHost: x\r\n\r\n")
        assert client.recv(1)
        wait_until_nobody_is_connected(served)
        client.settimeout(PATIENCE)
        received = sum(map(len, iter(lambda: client.recv(65536), b"")))
    assert received < 500_000
