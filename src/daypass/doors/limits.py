"""
What anybody may send, and how long it may take: the limits of every address of ours, whoever answers there.

    before a login is known    64 KiB; 1 MiB for Slack, which sends whole views
    after it                   2 MiB where rules are sent
    for all of it to arrive    20 seconds
    of one visitor at a time   as many requests as an address may hold connections (wiring/crowding), then 429

A body is counted while it is read and refused at the first byte too many; what a request says of its own length is
believed only when that is too much already. How many connections there may be, and how long a head may take, is the
listener's (wiring/listener).
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from daypass.doors.address import Networks, visitor_address
from daypass.doors.refusals import Code
from daypass.doors.wire.problem import refusal
from daypass.model.network import whose

LARGEST_BODY = 64 * 1024
"""Bytes; a reason and a key, the longest texts there are, fit in many times over."""
LARGEST_OF_SLACK = 1024 * 1024
"""Bytes: a view of Slack's has up to 250,000 characters, and its body is a form in which they are escaped."""
LARGEST_RULES = 2 * 1024 * 1024
"""Bytes of JSON where rules are proposed or looked through: the largest text there may be, each line of it escaped."""
BODY_S = 20.0
"""Seconds for a whole body."""

_RULES = ("/v1/rules/changes", "/v1/rules/lint")
_SLACK = "/slack/"


class Crowd:
    """How many requests of each visitor are under way: behind a trusted proxy the connections are the proxy's."""

    def __init__(self, trusted: Networks, most: int) -> None:
        """Let each visitor have so many at a time, told apart by what trusted proxies say."""
        self._trusted, self._most = trusted, most
        self._under_way = Counter[str]()

    @contextmanager
    def one(self, scope: Scope) -> Iterator[bool]:
        """Count a request while it is under way; gives whether there is room for it."""
        peer, forwarded = scope.get("client"), Headers(scope=scope).getlist("x-forwarded-for")
        visitor = whose(visitor_address(peer[0] if peer else None, forwarded, self._trusted))
        self._under_way[visitor] += 1
        try:
            yield self._under_way[visitor] <= self._most
        finally:
            self._under_way[visitor] -= 1
            if not self._under_way[visitor]:
                del self._under_way[visitor]


class Limits:
    """Reads a body whole, up to its limit, before anybody sees the request."""

    def __init__(
        self, app: ASGIApp, *, known: Callable[[Headers], bool], crowd: Crowd | None = None, body_s: float = BODY_S
    ) -> None:
        """`known` says whether the headers have a login of ours; it may wait for a database."""
        self._app = app
        self._crowd = crowd
        self._known = known
        self._body_s = body_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as ASGI asks."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if self._crowd is None:
            await self._limited(scope, receive, send)
            return
        with self._crowd.one(scope) as has_room:
            await (self._limited if has_room else _too_many())(scope, receive, send)

    async def _limited(self, scope: Scope, receive: Receive, send: Send) -> None:
        most = await self._most(scope)
        try:
            async with asyncio.timeout(self._body_s):
                body = None if _told_length(scope) > most else await _read(receive, most)
        except TimeoutError:
            await _too_slow(self._body_s)(scope, receive, send)
            return
        except ClientDisconnect:  # or its chunks are none; the server would call silence a fault of ours
            await _broken()(scope, receive, send)
            return
        if body is None:
            await _too_large(most)(scope, receive, send)
            return
        await self._app(scope, _replaying(body, receive), send)

    async def _most(self, scope: Scope) -> int:
        """How many bytes this request may have."""
        if scope["path"].startswith(_SLACK):
            return LARGEST_OF_SLACK
        if scope["path"] in _RULES and await run_in_threadpool(self._known, Headers(scope=scope)):
            return LARGEST_RULES
        return LARGEST_BODY


async def _read(receive: Receive, most: int) -> bytes | None:
    """Read the body, or None when it is too long. Raises ClientDisconnect when whoever sent it has gone."""
    body, more = bytearray(), True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            raise ClientDisconnect
        body += message.get("body", b"")
        if len(body) > most:
            return None
        more = message.get("more_body", False)
    return bytes(body)


def _replaying(body: bytes, receive: Receive) -> Receive:
    given = False

    async def replay() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay


def _told_length(scope: Scope) -> int:
    told = Headers(scope=scope).get("content-length", "0")
    return int(told) if told.isascii() and told.isdigit() and len(told) <= len("999999999999") else 0


def _too_many() -> JSONResponse:
    sentence = "Too many requests from your address are under way; wait a second and send it again."
    return refusal(HTTPStatus.TOO_MANY_REQUESTS, sentence, code=Code.SLOW_DOWN, headers={"Retry-After": "1"})


def _broken() -> JSONResponse:
    sentence = "The request broke off before it was whole; send it again."
    return refusal(HTTPStatus.BAD_REQUEST, sentence, code=Code.BAD_REQUEST, headers={"Connection": "close"})


def _too_large(most: int) -> JSONResponse:
    sentence = f"That is more than a request can be here; send less than {most // 1024} KiB."
    return refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, sentence, code=Code.TOO_LARGE)


def _too_slow(seconds: float) -> JSONResponse:
    """The connection is closed with it, as the rest may come yet."""
    sentence = f"The request did not arrive whole within {seconds:.0f} seconds; send it again."
    return refusal(HTTPStatus.REQUEST_TIMEOUT, sentence, code=Code.TOO_SLOW, headers={"Connection": "close"})
