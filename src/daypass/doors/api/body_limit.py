"""How much a request to the API may be. What is more is refused before it is read to its end."""

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from daypass.doors.api.answers import too_large

LARGEST_BODY = 64 * 1024
"""Bytes of JSON; a reason and a key, the longest texts there are, fit in many times over."""
LARGEST_RULES = 2 * 1024 * 1024
"""Bytes of JSON where rules are proposed or looked through: the largest text there may be, each line of it escaped."""

_RULES = ("/v1/rules/changes", "/v1/rules/lint")


class BodyLimit:
    """Reads a body whole, up to the limit, before the API sees the request."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as ASGI asks."""
        if scope["type"] != "http" or not scope["path"].startswith("/v1/"):
            await self._app(scope, receive, send)
            return
        most = LARGEST_RULES if scope["path"] in _RULES else LARGEST_BODY
        body = None if _told_length(scope) > most else await _read(receive, most)
        if body is None:
            await too_large(most)(scope, receive, send)
            return
        await self._app(scope, _replaying(body, receive), send)


async def _read(receive: Receive, most: int) -> bytes | None:
    """Read the body, or None when it is too long."""
    body, more = bytearray(), True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            break  # the client has gone
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
