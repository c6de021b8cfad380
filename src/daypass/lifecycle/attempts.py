"""
What strangers do over and over, and how little of it is written down.

Whoever has nothing but an address can try a thing as often as they like, from as many networks as they can get. So the
first try is in the journal at once, and those that follow within a minute are counted: one entry a minute tells how
many there were, from how many networks, and since when. That holds for all networks together.

The counts are this process's. Whoever kills it takes those of the last minute along, and what is counted is never what
gives something: that is written before it is given.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from daypass.model.errors import DaypassError
from daypass.model.event import Detail
from daypass.model.fact import Fact
from daypass.model.network import whose
from daypass.ports import Ledger

EACH = timedelta(minutes=1)
_MOST_NETWORKS = 10_000
"""Networks that are counted within a minute; an attacker has as many as they like."""
_MOST_APART = 20
"""Networks of which each has an entry of its own, where it matters who came; the others share one."""

Make = Callable[[Mapping[str, Detail]], Fact]
"""Makes the fact of a try, or of several: what is given goes into its details."""
Write = Callable[[Mapping[str, Detail]], None]
"""Writes the fact of a try that gives something, before it is given."""


@dataclass(slots=True)
class _Minute:
    """What was counted since the last entry."""

    written: datetime
    make: Make
    count: int = 0
    since: datetime | None = None
    networks: set[str] = field(default_factory=set)

    def add(self, count: int, since: datetime, networks: set[str]) -> None:
        self.count += count
        self.since = min(self.since or since, since)
        if len(self.networks) < _MOST_NETWORKS:
            self.networks |= networks

    def told(self) -> Mapping[str, Detail]:
        """How many there were; nothing of a single one, which the entry itself is."""
        if self.count <= 1 or self.since is None:
            return {}
        details: dict[str, Detail] = {
            "count": self.count,
            "networks": len(self.networks),
            "since": self.since.isoformat(),
        }
        return details


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One thing that somebody tried."""

    name: str
    """What it is counted under."""
    make: Make
    write: Write | None = None
    """What writes it instead; what that refuses was no try."""
    apart: bool = False
    """Whether each network has an entry of its own."""


class Attempts:
    """Counts the tries of strangers, by name; any thread may use it."""

    def __init__(self) -> None:
        """Begin with none."""
        self._lock = threading.Lock()
        self._minutes: dict[str, _Minute] = {}

    def tell(self, one: Attempt, *, network: str, ledger: Ledger, now: datetime) -> None:
        """Write a try down with those that were counted before it; within a minute of the last entry count it."""
        name, make, write = one.name, one.make, one.write
        with self._lock:
            if one.apart:
                name = self._own(name, network)
            last = self._minutes.get(name)
            counted = last or _Minute(written=now, make=make)
            counted.make = make
            counted.add(1, now, {network})
            if last is not None and now < last.written + EACH:
                return
            self._minutes[name] = _Minute(written=now, make=make)
        self._write(name, counted, write or (lambda more: ledger.record(make(more))), keeps=write is None)

    def settle(self, *, ledger: Ledger, now: datetime, at_once: bool = False) -> None:
        """Write what was counted and nobody tried again for a minute; all of it when the process ends."""
        with self._lock:
            over = [name for name, one in self._minutes.items() if at_once or now >= one.written + EACH]
        failed: DaypassError | None = None
        for name in over:
            with self._lock:
                one = self._minutes.pop(name, None)
                if one is not None and one.count:
                    self._minutes[name] = _Minute(written=now, make=one.make)
            if one is not None and one.count:
                try:
                    self._write(name, one, self._recording(one, ledger))
                except DaypassError as error:  # the others are written all the same
                    failed = error
        if failed is not None:
            raise failed

    def _own(self, name: str, network: str) -> str:
        """The name of a network's own tries, while there are not too many such."""
        own, begins = f"{name} {network}", f"{name} "
        few = sum(one.startswith(begins) for one in self._minutes) < _MOST_APART
        return own if own in self._minutes or few else name

    @staticmethod
    def _recording(one: _Minute, ledger: Ledger) -> Write:
        return lambda more: ledger.record(one.make(more))

    def _write(self, name: str, counted: _Minute, write: Write, *, keeps: bool = True) -> None:
        """Write them; those that could not be written are counted still, but for one whose own writing was refused."""
        written = False
        try:
            write(counted.told())
            written = True
        finally:
            if not written:
                with self._lock:
                    now = self._minutes.setdefault(name, _Minute(written=counted.written, make=counted.make))
                    if left := counted.count - (0 if keeps else 1):
                        now.add(left, counted.since or counted.written, counted.networks)
                    elif now.count == 0:
                        del self._minutes[name]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stranger:
    """Whoever comes without a login: from where, and where their tries are counted."""

    address: str
    attempts: Attempts

    @property
    def network(self) -> str:
        """Whoever is behind the address."""
        return whose(self.address)

    def tell(self, one: Attempt, *, ledger: Ledger, now: datetime) -> None:
        """Write a try of theirs down, or count it; see Attempts.tell."""
        self.attempts.tell(one, network=self.network, ledger=ledger, now=now)
