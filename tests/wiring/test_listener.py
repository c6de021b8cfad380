"""What strangers may hold open and send to any port of ours, and for how long; tried with a listener of its own."""

import asyncio
import gc
import socket
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.types import Receive, Scope, Send

from daypass.doors.limits import LARGEST_BODY, LARGEST_OF_SLACK, LARGEST_RULES, Bodies, BodyLimit
from daypass.wiring.listener import Timeouts, listen
from tests.servers.process import free_port, listening

LOGIN = "Bearer somebodys"
BODY_S, HEAD_S, UNREAD_S, PATIENCE_S = 1.0, 2.0, 1.0, 30.0
SILENT, UNFINISHED, KEPT = 1000, 200, 200


STREAM = 8 * 1024 * 1024
_STREAMS: list[str] = []
"""What becomes of the streams."""
_SERVED: list[BodyLimit] = []
"""What the listener serves."""


async def _pieces() -> AsyncIterator[bytes]:
    _STREAMS.append("began")
    try:
        for _ in range(STREAM // 65_536):
            yield b"x" * 65_536
    finally:
        _STREAMS.append("over")


async def _counting(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer how many bytes came, or with many bytes."""
    if scope["type"] == "http" and scope["path"] == "/whole":
        await PlainTextResponse("x" * STREAM)(scope, receive, send)
    elif scope["type"] == "http" and scope["path"] == "/stream":
        await StreamingResponse(_pieces())(scope, receive, send)
    elif scope["type"] == "http":
        body = await Request(scope, receive).body()
        await PlainTextResponse(str(len(body)))(scope, receive, send)


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """The port of a listener that knows one login and gives a head two seconds and a body one."""
    found, stop, loop = free_port(), asyncio.Event(), asyncio.new_event_loop()
    app = BodyLimit(
        _counting, may_send_rules=lambda headers: headers.get("authorization") == LOGIN, bodies=Bodies(within_s=BODY_S)
    )
    _SERVED[:] = [app]
    running = threading.Thread(
        target=lambda: loop.run_until_complete(
            listen(app, "127.0.0.1", found, stop, waits=Timeouts(head_s=HEAD_S, unread_s=UNREAD_S))
        )
    )
    running.start()
    while not listening(found):
        time.sleep(0.02)
    yield found
    loop.call_soon_threadsafe(stop.set)
    running.join()
    loop.close()


def _open(port: int, sent: bytes = b"") -> socket.socket:
    opened = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S)
    opened.sendall(sent)
    return opened


def _read(opened: socket.socket) -> str:
    """All that comes until the other side closes."""
    got = b""
    while piece := opened.recv(65_536):
        got += piece
    return got.decode()


def _answer(port: int, sent: bytes) -> str:
    """What is answered, until the other side closes."""
    with _open(port, sent) as opened:
        return _read(opened)


def _post(path: str, size: int, *more: str, length: int | None = None) -> bytes:
    head = [f"POST {path} HTTP/1.1", "Host: daypass", f"Content-Length: {size if length is None else length}"]
    return "\r\n".join([*head, "Connection: close", *more, "", ""]).encode() + b"x" * size


@pytest.mark.usefixtures("port")
def test_garbage_collection_passes_over_what_a_process_begins_with():
    """Looking through all of it stops every thread, and everybody who waits to be acknowledged."""
    looked_through = {id(one) for one in gc.get_objects()}

    assert {id(one) for one in _SERVED}.isdisjoint(looked_through)


@pytest.mark.parametrize(
    "chunks",
    [
        b"hello\r\n",
        b"-5\r\nhello\r\n0\r\n\r\n",
        b"fffffffffffffffff\r\n{}\r\n0\r\n\r\n",
        b"2;" + b"a" * 100_000 + b"\r\n{}\r\n0\r\n\r\n",
        b"0\r\n" + b"a: b\r\n" * 20_000 + b"\r\n",
    ],
    ids=["no size", "a negative size", "a size beyond all", "a long extension", "many trailers"],
)
def test_a_body_in_chunks_that_are_none_is_the_senders_mistake(port: int, chunks: bytes):
    """400 and not 500, and the connection closes."""
    head = b"POST /v1/requests HTTP/1.1\r\nHost: daypass\r\nTransfer-Encoding: chunked\r\n\r\n"
    answer = _answer(port, head + chunks)

    assert answer.startswith("HTTP/1.1 400 ")
    assert '"code":"bad_request"' in answer


def test_a_request_with_two_lengths_is_the_last_of_its_connection(port: int):
    """A proxy may believe the other length: what it would take for a second request is never read as one."""
    head = b"POST /v1/requests HTTP/1.1\r\nHost: daypass\r\nContent-Length: 54\r\nTransfer-Encoding: chunked\r\n\r\n"
    answer = _answer(port, head + b"5\r\nhello\r\n0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: daypass\r\n\r\n")

    assert answer.endswith("\r\n\r\n5")
    assert answer.count("HTTP/1.1") == 1


@pytest.mark.parametrize(
    ("path", "most"), [("/v1/requests", LARGEST_BODY), ("/healthz", LARGEST_BODY), ("/slack/events", LARGEST_OF_SLACK)]
)
def test_a_body_has_a_limit_at_every_address(port: int, path: str, most: int):
    """The last byte that is allowed is read, and one more is refused, whether it was announced or came in chunks."""
    whole, announced = _answer(port, _post(path, most)), _answer(port, _post(path, 0, length=most + 1))
    chunk = b"%x\r\n%s\r\n" % (most + 1, b"x" * (most + 1))
    head = f"POST {path} HTTP/1.1\r\nHost: daypass\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n".encode()
    chunked = _answer(port, head + chunk + b"0\r\n\r\n")

    assert whole.endswith(f"\r\n\r\n{most}")
    assert [one.split(" ", 2)[1] for one in (announced, chunked)] == ["413", "413"]
    assert f"send less than {most // 1024} KiB" in announced


@pytest.mark.parametrize(("more", "most"), [((), LARGEST_BODY), ((f"Authorization: {LOGIN}",), LARGEST_RULES)])
def test_rules_are_read_from_whoever_is_logged_in(port: int, more: tuple[str, ...], most: int):
    """A stranger has no more room there than elsewhere."""
    whole, one_more = (_answer(port, _post("/v1/rules/lint", size, *more)) for size in (most, most + 1))

    assert (whole.split(" ", 2)[1], one_more.split(" ", 2)[1]) == ("200", "413")


def test_a_body_that_does_not_arrive_is_given_up(port: int):
    """With a sentence, and the connection is closed."""
    answer = _answer(port, _post("/v1/requests", 3, length=100))

    assert answer.startswith("HTTP/1.1 408 ")
    assert "did not arrive whole" in answer


@pytest.mark.parametrize(
    ("path", "kind", "sent", "length", "status", "closes"),
    [
        ("/v1/requests", "application/json", b"{}", 2, 200, False),
        ("/v1/requests", "application/json", b"[" * 300, 300, 413, False),
        ("/v1/requests", "application/json", b"{}", LARGEST_BODY + 1, 413, True),
        ("/v1/requests", "application/json", b"{", 2, 408, True),
        ("/v1/requests", "multipart/form-data", b"{}", 2, 415, True),
        ("/v1/requests?" + "a" * 3000, "application/json", b"{}", 2, 414, True),
    ],
    ids=["taken", "read and refused", "too long", "too slow", "not read", "a long address"],
)
def test_whoever_is_answered_unread_is_told_that_the_connection_closes(port, path, kind, sent, length, status, closes):
    """A client that keeps its connections sent its next request into one that was about to close."""
    head = f"POST {path} HTTP/1.1\r\nHost: daypass\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\r\n"
    answer = _answer(port, head.encode() + sent).lower()

    assert answer.startswith(f"http/1.1 {status} ")
    assert ("\r\nconnection: close\r\n" in answer) == closes


def test_a_head_that_does_not_arrive_is_given_up(port: int):
    """Half of one, none at all, and none after an answer: each connection is closed within seconds."""
    kept = b"GET /healthz HTTP/1.1\r\nHost: daypass\r\n\r\n"
    with ExitStack() as stack:
        opened = [stack.enter_context(_open(port, sent)) for sent in (b"", b"GET / HTTP/1.1\r\nHost: d", kept)]
        answers = [_read(one) for one in opened]

    assert [answer.partition("\r\n")[0] for answer in answers] == ["", "", "HTTP/1.1 200 OK"]


def test_a_head_that_is_too_long_is_refused(port: int):
    """Before it is whole."""
    assert _answer(port, b"GET / HTTP/1.1\r\nX: " + b"x" * 100_000).startswith("HTTP/1.1 431 ")


def test_a_crowd_of_strangers_keeps_nobody_out(port: int):
    """A thousand silent connections, two hundred unfinished bodies, two hundred kept alive."""
    kept = b"GET /healthz HTTP/1.1\r\nHost: daypass\r\n\r\n"
    with ExitStack() as stack:
        for number in range(SILENT + UNFINISHED + KEPT):
            sent = b"" if number < SILENT else _post("/v1/requests", 3, length=100) if number < SILENT + KEPT else kept
            stack.enter_context(_open(port, sent))
        began = time.monotonic()
        answer = _answer(port, _post("/healthz", 2))
        took = time.monotonic() - began

    assert answer.endswith("\r\n\r\n2")
    assert took < PATIENCE_S / 3


def _asked(port: int, path: str) -> socket.socket:
    """A connection with a small window that asks for much."""
    asking = socket.socket()
    asking.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    asking.settimeout(PATIENCE_S)
    asking.connect(("127.0.0.1", port))
    asking.sendall(f"GET {path} HTTP/1.1\r\nHost: daypass\r\nConnection: close\r\n\r\n".encode())
    return asking


def _is_held(opened: socket.socket) -> bool:
    """Whether the other side still knows of it; asked without reading, which would be progress."""
    try:
        opened.send(b"\n")
    except OSError:
        return False
    return True


@pytest.mark.parametrize("path", ["/whole", "/stream"])
def test_an_answer_that_nobody_reads_is_given_up(port: int, path: str):
    """Such connections were held for ever, and could be collected until there was room for nobody else."""
    _STREAMS.clear()
    with _asked(port, path) as unread:
        until = time.monotonic() + PATIENCE_S
        while _is_held(unread) or (path == "/stream" and "over" not in _STREAMS):
            assert time.monotonic() < until, f"held for {PATIENCE_S} s; {_STREAMS}"
            time.sleep(0.1)

    assert _STREAMS == [] or _STREAMS[-1] == "over"


def test_a_long_answer_that_is_read_slowly_comes_whole(port: int):
    """An export of the journal over a bad line takes many times as long as nobody may take nothing."""
    began, got = time.monotonic(), 0
    with _asked(port, "/stream") as reading:
        while piece := reading.recv(65_536):
            got += len(piece)
            if time.monotonic() - began < 3 * UNREAD_S:
                time.sleep(UNREAD_S / 10)

    assert time.monotonic() - began > 2 * UNREAD_S
    assert got > STREAM
