"""
Bodies while they are held: how many bytes of them there may be at a time, and of how many pieces one may be made.

A body is counted while it arrives and until its request is answered. When there is no room for more, the one that has
been arriving for longest gives way: an honest one is whole within milliseconds, and one that a stranger leaves
unfinished so keeps nobody out.
"""

import asyncio
import re

from starlette.requests import ClientDisconnect
from starlette.types import Receive

MOST_PIECES = 200
"""Values, names and brackets of JSON outside its texts; what has most, a passkey's proof, has about 30."""
MOST_FIELDS = 20
"""Of a form; RFC 8693 has ten."""

_SIGNS = b",:[{"
_TEXT = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)


class TooMuchHeld(Exception):
    """More came than there may be."""


class NoRoom(Exception):
    """It gave way to others, as too much is held."""


class Body:
    """One body, as far as it has arrived."""

    def __init__(self) -> None:
        """Begin with none of it."""
        self.content = b""
        self.counted = 0
        self.gave_way = False
        self.limit: asyncio.Timeout | None = None


class Room:
    """So many bytes of bodies may be held together, on one event loop."""

    def __init__(self, most: int) -> None:
        """Begin empty."""
        self._most = most
        self._held = 0
        self._arriving: dict[Body, None] = {}

    @property
    def held(self) -> int:
        """How many bytes are held now."""
        return self._held

    async def read(self, body: Body, receive: Receive, *, longest: int, within_s: float) -> None:
        """
        Read it whole. Whoever calls this gives it back in the end, also when it raises.

        Raises TooLong, NoRoom, TimeoutError, or ClientDisconnect when whoever sent it has gone.
        """
        try:
            async with asyncio.timeout(within_s) as body.limit:
                self._arriving[body] = None
                body.content = await self._pieces(body, receive, longest)
        except TimeoutError:
            if body.gave_way:
                raise NoRoom from None
            raise
        finally:
            self._arriving.pop(body, None)

    def give_back(self, body: Body) -> None:
        """Count it no more."""
        self._held -= body.counted
        body.counted = 0

    async def _pieces(self, body: Body, receive: Receive, longest: int) -> bytes:
        arrived, more = bytearray(), True
        while more:
            message = await receive()
            if message["type"] != "http.request":
                raise ClientDisconnect
            piece = message.get("body", b"")
            if len(arrived) + len(piece) > longest:
                raise TooMuchHeld
            self._take(body, len(piece))
            arrived += piece
            more = message.get("more_body", False)
        return bytes(arrived)

    def _take(self, body: Body, size: int) -> None:
        while not body.gave_way and self._held + size > self._most and self._arriving:
            self._let_go(next(iter(self._arriving)))
        if body.gave_way or self._held + size > self._most:
            raise NoRoom
        self._held += size
        body.counted += size

    def _let_go(self, oldest: Body) -> None:
        del self._arriving[oldest]
        self.give_back(oldest)
        oldest.gave_way = True
        if oldest.limit is not None:
            oldest.limit.reschedule(asyncio.get_running_loop().time())


def too_many_pieces(body: bytes, content_type: str) -> bool:
    """
    Whether to read it would cost more than its bytes do.

    Looked at without reading it, in microseconds: each value, name and field is an object of Python's, and a complaint.
    """
    if "urlencoded" in content_type and _count(body, b"&;") >= MOST_FIELDS:
        return True
    if _count(body, _SIGNS) <= MOST_PIECES:
        return False
    if body.count(b'"') - body.count(b'\\"') > MOST_PIECES:  # so few texts there are, then, to be taken out
        return True
    return _count(_TEXT.sub(b"", body), _SIGNS) > MOST_PIECES


def _count(text: bytes, signs: bytes) -> int:
    return len(text) - len(text.translate(None, signs))
