"""
Who is told when something in the local Slack changes.

Browsers and tests both wait for the same announcements, so nothing here polls: a
follower gets a queue, and `until` asks its question again after each announcement.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

T = TypeVar("T")


class Subject(StrEnum):
    """What changed, in the words of the browser client."""

    MESSAGES = "messages"
    MODAL = "modal"
    HOME = "home"
    WIRE = "wire"
    PEOPLE = "people"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that changed; `place` is a channel id, `person` whose screen it concerns."""

    subject: Subject
    place: str = ""
    person: str = ""


class Changes:
    """The announcements of one local Slack; used on its event loop only."""

    def __init__(self) -> None:
        self._followers: set[asyncio.Queue[Change]] = set()

    def announce(self, change: Change) -> None:
        """Tell every follower."""
        for follower in self._followers:
            follower.put_nowait(change)

    @contextmanager
    def follow(self) -> Iterator[asyncio.Queue[Change]]:
        """Give a queue of the changes announced from now on."""
        queue: asyncio.Queue[Change] = asyncio.Queue()
        self._followers.add(queue)
        try:
            yield queue
        finally:
            self._followers.discard(queue)

    async def until(self, question: Callable[[], T | None], *, within: float) -> T:
        """
        Ask until the answer is neither None nor False nor empty, for at most `within` seconds.

        Raises TimeoutError when the time is up.
        """
        with self.follow() as queue:
            async with asyncio.timeout(within):
                while not (answer := question()):
                    await queue.get()
                return answer
