"""
Answers kept for a short time, asked for once however many threads want them.

An answer's age counts from the moment it was asked for, not from when it arrived: a person removed from a group while
Slack was thinking is seen to be removed once that time is over.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from daypass.model.errors import NotFound, Unavailable
from daypass.ports.asker import by_a_chore

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

_GOES_ON = 10
_MOST = 100_000
"""Keys, so that an organization fits; beyond that the one that was wanted longest ago is forgotten."""
_MOST_NOTHING = 2_000
"""Keys by which there is nothing; beyond that the oldest is forgotten."""


@dataclass(slots=True)
class _Slot(Generic[V]):
    """One key: its answer, once there is one, and the lock of whoever fetches it."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    asked_at: float = 0.0
    answer: list[V] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ages:
    """How old an answer may be, in seconds."""

    fresh_s: float
    stale_s: float = 0.0
    """While nobody answers."""
    unhurried_s: float = 0.0
    """For a chore (slack_budget), which goes on with what is known until it is ten times as old."""
    nothing_s: float = 0.0
    """Of the answer that there is nothing by a key."""


class TtlCache(Generic[K, V]):
    """
    Keeps what `fetch` says of a key for as long as `ages` say, by `clock` (seconds that only grow).

    Failures are never kept; that there is nothing by a key is an answer.
    """

    def __init__(self, fetch: Callable[[K], V], ages: Ages, *, clock: Callable[[], float]) -> None:
        self._fetch = fetch
        self._fresh_s = ages.fresh_s
        self._stale_s = ages.stale_s
        self._unhurried_s = max(ages.fresh_s, ages.unhurried_s)
        self._clock = clock
        self._guard = threading.Lock()
        self._slots: OrderedDict[K, _Slot[V]] = OrderedDict()
        self._nothing_s = ages.nothing_s
        self._nothing: OrderedDict[K, tuple[float, NotFound]] = OrderedDict()

    def get(self, key: K) -> V:
        """Give the answer, asking for it when none is fresh. Raises whatever `fetch` raises."""
        slot = self._slot(key)
        fresh_s = self._unhurried_s if by_a_chore() else self._fresh_s
        with slot.lock:
            if not (slot.answer and self._clock() - slot.asked_at < fresh_s):
                self._refuse_nothing(key)
                self._ask(key, slot)
            return slot.answer[0]

    def _ask(self, key: K, slot: _Slot[V]) -> None:
        asked_at = self._clock()
        stale_s = _GOES_ON * self._unhurried_s if by_a_chore() else self._stale_s
        try:
            slot.answer = [self._fetch(key)]
        except Unavailable:
            if not (slot.answer and asked_at - slot.asked_at < stale_s):
                raise
        except NotFound as nothing:
            self._keep_nothing(key, asked_at, nothing)
            raise
        else:
            slot.asked_at = asked_at

    def _keep_nothing(self, key: K, asked_at: float, nothing: NotFound) -> None:
        """Keep it apart from the answers, so that made-up keys push out nothing but each other."""
        if not self._nothing_s:
            return
        with self._guard:
            self._slots.pop(key, None)
            self._nothing[key] = asked_at, nothing
            self._nothing.move_to_end(key)
            if len(self._nothing) > _MOST_NOTHING:
                self._nothing.popitem(last=False)

    def _refuse_nothing(self, key: K) -> None:
        with self._guard:
            at, nothing = self._nothing.get(key, (0.0, None))
        if nothing is not None and self._clock() - at < self._nothing_s:
            raise NotFound(nothing.sentence, field=nothing.field)

    def _slot(self, key: K) -> _Slot[V]:
        with self._guard:
            slot = self._slots.setdefault(key, _Slot())
            self._slots.move_to_end(key)
            if len(self._slots) > _MOST:
                self._slots.popitem(last=False)
            return slot
