"""
What anybody may send, and how long it may take: the limits of every address of ours, whoever answers there.

    an address                 2 KiB, and 2 KiB of query with 64 parameters
    a body                     64 KiB; 1 MiB for Slack, which sends whole views, once its head looks like Slack's
    where rules are sent       2 MiB, from whoever has a login that may send them
    of how many pieces         doors/bodies; no multipart, which nothing here takes
    all that are held          32 MiB of each of the three sizes; then whoever has been sending longest has 503
    for all of it to arrive    20 seconds
    of one visitor at a time   as many requests as an address may hold connections (wiring/connection_limits), then 429

What it costs to refuse a stranger is what it costs to refuse an empty request: all this is looked at before anything is
parsed. A body is counted while it is read and refused at the first byte too many; what a request says of its own length
is believed only when that is too much already. How many connections there may be, and how long a head may take, is the
listener's (wiring/listener).
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, HTTPConnection
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from daypass.doors import refusals
from daypass.doors.address import Networks, address_of
from daypass.doors.bodies import Body, NoRoom, Room, TooMuchHeld, too_many_pieces
from daypass.doors.refusals import Code
from daypass.doors.wire.problem import refusal
from daypass.model.errors import Unavailable
from daypass.model.network import whose

LARGEST_BODY = 64 * 1024
"""Bytes; a reason and a key, the longest texts there are, fit in many times over."""
LARGEST_OF_SLACK = 1024 * 1024
"""Bytes: a view of Slack's has up to 250,000 characters, and its body is a form in which they are escaped."""
LARGEST_RULES = 2 * 1024 * 1024
"""Bytes of JSON where rules are proposed or looked through: the largest text there may be, each line of it escaped."""
LONGEST_ADDRESS = 2 * 1024
"""Bytes, of the path and of the query; the longest there is, a page of a list or a ticket, has a tenth of that."""
MOST_PARAMETERS = 64
HELD = 32 * 1024 * 1024
"""Bytes of bodies of one size that are held together."""
BODY_S = 20.0
"""Seconds for a whole body."""

_RULES = ("/v1/rules/changes", "/v1/rules/lint")
_SLACK = "/slack/"


class VisitorRequests:
    """How many requests of each visitor are under way: behind a trusted proxy the connections are the proxy's."""

    def __init__(self, trusted: Networks, most: int) -> None:
        """Let each visitor have so many at a time, told apart by what trusted proxies say."""
        self._trusted, self._most = trusted, most
        self._under_way = Counter[str]()

    @contextmanager
    def one(self, scope: Scope) -> Iterator[bool]:
        """Count a request while it is under way; gives whether there is room for it."""
        visitor = whose(address_of(HTTPConnection(scope), self._trusted))
        self._under_way[visitor] += 1
        try:
            yield self._under_way[visitor] <= self._most
        finally:
            self._under_way[visitor] -= 1
            if not self._under_way[visitor]:
                del self._under_way[visitor]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bodies:
    """How long a body may take, and how many bytes of them are held at a time."""

    within_s: float = BODY_S
    held: int = HELD


BODIES = Bodies()


class BodyLimit:
    """Reads a body whole, up to its limit, before anybody sees the request."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        may_send_rules: Callable[[Headers], bool],
        may_be_slacks: Callable[[Headers], bool] = lambda _: True,
        crowd: VisitorRequests | None = None,
        bodies: Bodies = BODIES,
    ) -> None:
        """
        Lay them around an application.

        `may_send_rules` says whether the headers have a login that may; it may wait for a database, and raise
        Unavailable. `may_be_slacks` says whether a head is one that Slack could have sent; only then a body is read.
        """
        self._app = app
        self._crowd = crowd
        self._may_send_rules, self._may_be_slacks = may_send_rules, may_be_slacks
        self._body_s = bodies.within_s
        self._rooms = {size: Room(bodies.held) for size in (LARGEST_BODY, LARGEST_OF_SLACK, LARGEST_RULES)}

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
        if (refused := self._by_its_head(scope)) is not None:
            await refused(scope, receive, send)
            return
        try:
            most = await self._most(scope)
        except Unavailable as error:
            await _cannot_tell(error)(scope, receive, send)
            return
        room, body = self._rooms[most], Body()
        try:
            refused = await self._by_its_body(scope, receive, room, body, most)
            if refused is not None:
                await refused(scope, receive, send)
            else:
                await self._app(scope, _replaying(body.content, receive), send)
        finally:
            room.give_back(body)

    def _by_its_head(self, scope: Scope) -> Response | None:
        """Refuse what is not worth reading on."""
        query: bytes = scope.get("query_string", b"")
        too_long = max(len(query), len(scope["path"])) > LONGEST_ADDRESS
        if too_long or query.count(b"&") >= MOST_PARAMETERS:
            return _too_long()
        if "multipart" in _content_type(scope):
            return _no_parts()
        if _is_to_slack(scope) and not self._may_be_slacks(Headers(scope=scope)):
            return Response(status_code=HTTPStatus.UNAUTHORIZED)
        return None

    async def _by_its_body(self, scope: Scope, receive: Receive, room: Room, body: Body, most: int) -> Response | None:
        """Read the body; what comes back is why it is refused."""
        if _told_length(scope) > most:
            return _too_large(most)
        try:
            await room.read(body, receive, longest=most, within_s=self._body_s)
        except (TooMuchHeld, NoRoom, TimeoutError, ClientDisconnect) as error:
            return _unread(error, most, self._body_s)
        # Slack's is read only once its signature is verified.
        if most != LARGEST_OF_SLACK and too_many_pieces(body.content, _content_type(scope)):
            return _too_many_pieces()
        return None

    async def _most(self, scope: Scope) -> int:
        """How many bytes this request may have. Raises Unavailable when that cannot be told."""
        if _is_to_slack(scope):
            return LARGEST_OF_SLACK
        if scope["path"] in _RULES and await run_in_threadpool(self._may_send_rules, Headers(scope=scope)):
            return LARGEST_RULES
        return LARGEST_BODY


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


def _content_type(scope: Scope) -> str:
    return Headers(scope=scope).get("content-type", "").lower()


def _is_to_slack(scope: Scope) -> bool:
    return bool(scope["method"] == "POST" and scope["path"].startswith(_SLACK))


def _unread(error: Exception, most: int, within_s: float) -> JSONResponse:
    match error:
        case TooMuchHeld():
            return _too_large(most)
        case NoRoom():
            return _no_room()
        case TimeoutError():
            return _too_slow(within_s)
        case _:  # whoever sent it has gone, or its chunks are none; the server would call silence a fault of ours
            return _broken()


def _too_many() -> JSONResponse:
    sentence = "Too many requests from your address are under way; wait a second and send it again."
    return refusal(HTTPStatus.TOO_MANY_REQUESTS, sentence, code=Code.SLOW_DOWN, headers={"Retry-After": "1"})


def _broken() -> JSONResponse:
    sentence = "The request broke off before it was whole; send it again."
    return refusal(HTTPStatus.BAD_REQUEST, sentence, code=Code.BAD_REQUEST)


def _too_large(most: int) -> JSONResponse:
    sentence = f"That is more than a request can be here; send less than {most // 1024} KiB."
    return refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, sentence, code=Code.TOO_LARGE)


def _too_long() -> JSONResponse:
    sentence = f"The address is too long; at most {LONGEST_ADDRESS // 1024} KiB and {MOST_PARAMETERS} parameters."
    return refusal(HTTPStatus.REQUEST_URI_TOO_LONG, sentence, code=Code.TOO_LARGE)


def _no_parts() -> JSONResponse:
    sentence = (
        "Nothing here takes multipart/form-data. Send JSON, as application/json; to /v1/token an urlencoded form."
    )
    return refusal(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, sentence, code=Code.BAD_TYPE)


def _too_many_pieces() -> JSONResponse:
    sentence = "The body has more names and values than any request here can have; send fewer."
    return refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, sentence, code=Code.TOO_LARGE)


def _no_room() -> JSONResponse:
    sentence = "Too much is being sent to Daypass at the moment; wait a few seconds and send it again."
    headers = {"Retry-After": "5"}
    return refusal(HTTPStatus.SERVICE_UNAVAILABLE, sentence, code=Code.UNAVAILABLE, headers=headers)


def _cannot_tell(error: Unavailable) -> JSONResponse:
    sentence, headers = refusals.sentence(error), {"Retry-After": "5"}
    return refusal(refusals.status(error), sentence, code=refusals.code(error), headers=headers)


def _too_slow(seconds: float) -> JSONResponse:
    sentence = f"The request did not arrive whole within {seconds:.0f} seconds; send it again."
    return refusal(HTTPStatus.REQUEST_TIMEOUT, sentence, code=Code.TOO_SLOW)
