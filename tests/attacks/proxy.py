"""
A proxy before AWS, or before Slack, that does to a call what networks and vendors do.

It delays a call, loses it, loses the answer after the work was done, or answers by itself; or it changes an answer.
What it does to which call, `fault` says: a function from a call to a Fault, or None.
"""

import asyncio
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import parse_qs, urlsplit

from localslack import LoopThread

_ACTION = re.compile(rb"(?:^|&)Action=(\w+)")


@dataclass(frozen=True, slots=True)
class Call:
    """One HTTP request on its way."""

    method: str
    path: str
    body: bytes

    @property
    def action(self) -> str:
        """IAM's or STS's action, Slack's method, or for S3 its HTTP method."""
        if found := _ACTION.search(self.body):
            return found.group(1).decode()
        return urlsplit(self.path).path.rsplit("/", 1)[-1] if "/api/" in self.path else f"s3:{self.method}"

    def value(self, name: str) -> str:
        """A parameter, wherever it stands."""
        given = parse_qs(urlsplit(self.path).query) | parse_qs(self.body.decode("latin-1"))
        return given.get(name, [""])[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What becomes of one call; each part by itself, or several in this order."""

    wait_s: float = 0.0
    drop: bool = False
    """It never arrives, and the connection breaks."""
    status: int = 0
    """It never arrives, and this is answered, with `body`."""
    body: bytes = b""
    rewrite: Callable[[bytes], bytes] | None = None
    """It arrives; what comes back is changed."""
    answer_after_s: float = 0.0
    """It arrives, and the answer takes so long."""
    cut: bool = False
    """It arrives, and the connection breaks before the answer."""


THROTTLED = Fault(
    status=400,
    body=b"<ErrorResponse><Error><Type>Sender</Type><Code>Throttling</Code><Message>Rate exceeded</Message></Error>"
    b"<RequestId>0</RequestId></ErrorResponse>",
)
UNAVAILABLE = Fault(
    status=503,
    body=b"<ErrorResponse><Error><Type>Receiver</Type><Code>ServiceUnavailable</Code><Message>later</Message></Error>"
    b"<RequestId>0</RequestId></ErrorResponse>",
)


@dataclass
class Proxy:
    """Stands on a port of 127.0.0.1 before another one. Use it as a context manager."""

    upstream: str
    fault: Callable[[Call], Fault | None] = lambda _: None
    calls: list[Call] = field(default_factory=list)
    keeps: bool = True
    """Whether calls are kept in `calls`."""

    def __enter__(self) -> Self:
        """Listen."""
        self.forward_to(self.upstream)
        self._thread = LoopThread("proxy")
        self._server = self._thread.run(self._listen())
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    def __exit__(self, *_: object) -> None:
        """Stop listening, and break what is under way."""
        self._thread.ask(self._server.close)
        self._thread.close()

    def forward_to(self, upstream: str) -> None:
        """Say what it stands before."""
        self._upstream_port = urlsplit(upstream).port or 0

    async def _listen(self) -> asyncio.Server:
        return await asyncio.start_server(self._serve, "127.0.0.1", 0)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while await self._one(reader, writer):
                pass
        writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head, body = await _message(reader, writer)
        words = head.split(b"\r\n", 1)[0].decode("latin-1").split(" ")
        call = Call(words[0], words[1], body)
        if self.keeps:
            self.calls.append(call)
        fault = self.fault(call) or Fault()
        await asyncio.sleep(fault.wait_s)
        if fault.drop or reader.at_eof():  # whoever has given up and hung up has sent nothing
            return False
        if fault.status:
            writer.write(_answer(fault.status, fault.body))
            await writer.drain()
            return True
        answer = await self._forward(head, body, is_head=call.method == "HEAD")
        await asyncio.sleep(fault.answer_after_s)
        if fault.cut:
            return False
        writer.write(answer if fault.rewrite is None else _rewritten(answer, fault.rewrite))
        await writer.drain()
        return True

    async def _forward(self, head: bytes, body: bytes, *, is_head: bool) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._upstream_port)
        try:
            writer.write(head + body)
            await writer.drain()
            answered = await _message(reader, None, bodiless=is_head)
            while answered[0].startswith(b"HTTP/1.1 100"):  # to whoever expects it, this proxy has said so itself
                answered = await _message(reader, None, bodiless=is_head)
        finally:
            writer.close()
        return b"".join(answered)


async def _message(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter | None, *, bodiless: bool = False
) -> tuple[bytes, bytes]:
    """Read one HTTP message: its head and its body, as they came."""
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.lower().split(b"\r\n")
    if bodiless or re.match(rb"http/1\.\d (1\d\d|204|304)", lines[0]):
        return head, b""
    if writer is not None and b"expect: 100-continue" in lines:
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    length = next((int(line.split(b":")[1]) for line in lines if line.startswith(b"content-length:")), None)
    if length is not None:
        return head, await reader.readexactly(length)
    if not any(line.startswith(b"transfer-encoding:") and b"chunked" in line for line in lines):
        return head, b"" if writer is not None else await reader.read()
    chunks = b""
    while True:
        size = await reader.readuntil(b"\r\n")
        chunks += size + await reader.readexactly(int(size.split(b";")[0], 16) + 2)
        if int(size.split(b";")[0], 16) == 0:
            return head, chunks


def _answer(status: int, body: bytes) -> bytes:
    kind = "application/json" if body.startswith(b"{") else "text/xml"
    return f"HTTP/1.1 {status} x\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


def _rewritten(answer: bytes, rewrite: Callable[[bytes], bytes]) -> bytes:
    head, _, body = answer.partition(b"\r\n\r\n")
    return _answer(int(head.split(b" ")[1]), rewrite(body))
