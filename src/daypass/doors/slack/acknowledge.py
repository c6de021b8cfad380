"""
Acknowledge first, work after.

Slack counts the seconds to each acknowledgement, and many people may click at once. The work behind a click takes the
processor ten times as long as its acknowledgement, so that it would hold up those of the others: it begins when
nothing that has arrived is unanswered and nothing has arrived for a moment, one after the other, so that what arrives
then finds most of it still waiting. None of it waits for long.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_QUIET_S = 0.02
"""For how long nothing may arrive: about what ten acknowledgements take."""
_APART_S = 0.005
"""Between two that begin."""
_LONGEST_S = 0.5
"""How long work waits at most, however much arrives."""


class Arrivals:
    """What has arrived and is not answered yet. Use it on one event loop."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._unanswered = 0
        self._last = 0.0
        self._none = asyncio.Event()
        self._none.set()
        self._next = asyncio.Lock()

    @contextmanager
    def one(self) -> Iterator[None]:
        """Count one from its arrival to its answer."""
        self._unanswered += 1
        self._last = asyncio.get_running_loop().time()
        self._none.clear()
        try:
            yield
        finally:
            self._unanswered -= 1
            if not self._unanswered:
                self._none.set()

    async def answered(self) -> None:
        """Wait until all of them are answered and it is quiet; but not for long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_LONGEST_S), self._next:
                while (left := self._last + _QUIET_S - asyncio.get_running_loop().time()) > 0:
                    await asyncio.sleep(left)
                    await self._none.wait()
                await asyncio.sleep(_APART_S)
