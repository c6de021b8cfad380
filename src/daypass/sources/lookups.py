"""
Several things looked up at once, each waited for a short time only.

Somebody has clicked and waits: a tracker that is slow today must not hold them up. Each look-up is waited for two
seconds, all of one question together five. One that is given up goes on behind and fills its cache, so that the next
click finds the answer. Each sort of thing has threads of its own, so that one slow place cannot keep the others from
being asked.
"""

import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from daypass.sources.warnings import Warnings

PATIENCE_S = 2.0
_WHOLE = 2.5
"""All look-ups of one question together may take so many times as long as one."""

_AT_ONCE = 8

K = TypeVar("K")
V = TypeVar("V")


class Sort(StrEnum):
    """The places that are asked."""

    PEOPLE = "people"
    GROUPS = "groups"
    SCHEDULES = "schedules"
    BUCKETS = "buckets"
    TICKETS = "tickets"


@dataclass(frozen=True, slots=True, kw_only=True)
class StartedLookup(Generic[V]):
    """A look-up on its way."""

    fact: str
    """What is looked up, as the log says it."""
    answer: "Future[V]"
    until: float


class LookupThreads:
    """The threads that look things up, for all questions."""

    def __init__(self, left_out: Warnings, *, patience_s: float = PATIENCE_S) -> None:
        """Take whom to tell of what was not found out, and how long each look-up is waited for."""
        self.left_out = left_out
        self.patience_s = patience_s
        self.threads = {sort: ThreadPoolExecutor(_AT_ONCE, thread_name_prefix=f"ask-{sort}") for sort in Sort}

    def search(self) -> "Search":
        """Begin to look things up for one question."""
        return Search(self)


class Search:
    """The look-ups of one question."""

    def __init__(self, lookups: LookupThreads) -> None:
        """Take the threads; the time of the whole begins now."""
        self._by = lookups
        self._ends = time.monotonic() + _WHOLE * lookups.patience_s

    def begin(self, sort: Sort, fact: str, ask: Callable[[K], V], keys: Iterable[K]) -> dict[K, StartedLookup[V]]:
        """Begin to look up each key; `fact`, with the key in place of {}, is what the log says of it."""
        until = min(self._ends, time.monotonic() + self._by.patience_s)
        submit = self._by.threads[sort].submit
        return {
            # In a copy of this thread's context: what a chore looks up is looked up by a chore there too.
            key: StartedLookup(fact=fact.format(key), answer=submit(copy_context().run, ask, key), until=until)
            for key in keys
        }

    def found(self, begun: Mapping[K, StartedLookup[V]]) -> dict[K, V]:
        """Wait for what has begun. What failed, or took too long, is left out and logged. Raises nothing."""
        answers: dict[K, V] = {}
        for key, one in begun.items():
            try:
                answers[key] = one.answer.result(timeout=max(0.0, one.until - time.monotonic()))
            except TimeoutError:
                one.answer.cancel()
                self._by.left_out.tell(one.fact, f"There was no answer within {self._by.patience_s:g} seconds.")
            except Exception as error:  # noqa: BLE001 - whatever it is, the rules judge without this one fact
                self._by.left_out.tell(one.fact, error)
        return answers
