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

from daypass.model.event import Detail
from daypass.model.fact import Fact
from daypass.model.network import whose
from daypass.ports import Ledger

EACH = timedelta(minutes=1)
_MOST_NETWORKS = 10_000
"""Networks that are told apart within a minute; an attacker has as many as they like."""

Make = Callable[[Mapping[str, Detail]], Fact]
"""Makes the fact of a try, or of several: what is given goes into its details."""


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


class Attempts:
    """Counts the tries of strangers, by name; any thread may use it."""

    def __init__(self) -> None:
        """Begin with none."""
        self._lock = threading.Lock()
        self._minutes: dict[str, _Minute] = {}

    def tell(self, name: str, make: Make, *, network: str, ledger: Ledger, now: datetime) -> None:
        """Write a try down with those that were counted before it; within a minute of the last entry count it."""
        with self._lock:
            last = self._minutes.get(name)
            counted = last or _Minute(written=now, make=make)
            counted.make = make
            counted.add(1, now, {network})
            if last is not None and now < last.written + EACH:
                return
            self._minutes[name] = _Minute(written=now, make=make)
        self._write(name, counted, ledger)

    def settle(self, *, ledger: Ledger, now: datetime, at_once: bool = False) -> None:
        """Write what was counted and nobody tried again for a minute; all of it when the process ends."""
        with self._lock:
            over = [name for name, one in self._minutes.items() if at_once or now >= one.written + EACH]
        for name in over:
            with self._lock:
                one = self._minutes.pop(name, None)
                if one is not None and one.count:
                    self._minutes[name] = _Minute(written=now, make=one.make)
            if one is not None and one.count:
                self._write(name, one, ledger)

    def _write(self, name: str, counted: _Minute, ledger: Ledger) -> None:
        written = False
        try:
            ledger.record(counted.make(counted.told()))
            written = True
        finally:
            if not written:  # it is counted still
                with self._lock:
                    now = self._minutes.setdefault(name, _Minute(written=counted.written, make=counted.make))
                    now.add(counted.count, counted.since or counted.written, counted.networks)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stranger:
    """Whoever comes without a login: from where, and where their tries are counted."""

    address: str
    attempts: Attempts

    @property
    def network(self) -> str:
        """Whoever is behind the address."""
        return whose(self.address)

    def tell(self, name: str, make: Make, *, ledger: Ledger, now: datetime) -> None:
        """Write a try of theirs down, or count it."""
        self.attempts.tell(name, make, network=self.network, ledger=ledger, now=now)
