"""
What is done to the replicas, one trouble after the other, drawn by a seed; and when each was so.

An AWS that is slow, loses calls or answers, throttles, hangs; a replica killed, frozen, or with a fast clock; a
database that crashes or whose connections are cut; a log that nobody takes any more.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random

from tests.attacks.proxy import THROTTLED, UNAVAILABLE, Call, Fault
from tests.soak.chaos.replicas import Replicas, wait_until

AWS = frozenset({"AWS slow", "AWS loses calls", "AWS throttles", "AWS hangs"})
"""While one of these lasts AWS does not answer as it should, and an early end may wait for it."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """One trouble, in Unix seconds."""

    kind: str
    begun: float
    over: float

    def touches(self, begun: float, over: float) -> bool:
        """Whether it was so at any moment between these two."""
        return self.begun <= over and begun <= self.over


class Troubles:
    """Makes trouble until a deadline, then lets everything be well."""

    def __init__(self, replicas: Replicas, dice: Random) -> None:
        self._replicas, self._dice = replicas, dice
        self._lock = threading.Lock()
        self.past: list[Trouble] = []
        self.deaths: list[str] = []
        self._ways: dict[str, Callable[[], None]] = {
            "AWS slow": lambda: self._aws(0.5, 3, lambda _: self._maybe(0.5, Fault(wait_s=self._up_to(2.0)))),
            "AWS loses calls": lambda: self._aws(4, 8, lambda _: self._maybe(0.4, Fault(drop=True), Fault(cut=True))),
            "AWS throttles": lambda: self._aws(4, 8, lambda _: self._maybe(0.5, THROTTLED, UNAVAILABLE)),
            "AWS hangs": lambda: self._aws(6, 10, lambda _: self._maybe(0.3, Fault(wait_s=self._up_to(45.0)))),
            "SIGKILL": self._kill,
            "SIGSTOP": self._freeze,
            "database crash": self._crash,
            "connections cut": self._cut,
            "fast clock": self._clock,
            "log unread": self._log,
        }

    def make(self, for_s: float) -> None:
        """Draw one after the other; each kind once before any comes again."""
        deadline = time.monotonic() + for_s
        left: list[str] = []
        while time.monotonic() < deadline:
            time.sleep(self._dice.uniform(4, 7))
            left = left or self._dice.sample(sorted(self._ways), len(self._ways))
            kind = left.pop()
            with self._noted(kind):
                self._ways[kind]()
                self._start_what_ended(kind)

    def between(self, begun: float, over: float) -> list[Trouble]:
        """The troubles that touch this stretch."""
        return [one for one in self.past if one.touches(begun, over)]

    @contextmanager
    def _noted(self, kind: str) -> Iterator[None]:
        begun = time.time()
        try:
            yield
        finally:
            self.past.append(Trouble(kind, begun, time.time()))

    def _start_what_ended(self, kind: str) -> None:
        """Start what ended by itself, as a supervisor would, and note it."""
        for one in self._replicas.replicas:
            if one.process is not None and (code := one.process.poll()) is not None:
                self.deaths.append(f"replica {one.number} ended with {code} after: {kind}")
                one.start()
                wait_until(one.answers, within_s=180)

    def _aws(self, least_s: float, most_s: float, fault: Callable[[Call], Fault | None]) -> None:
        self._replicas.proxy.fault = fault
        time.sleep(self._dice.uniform(least_s + 4, most_s + 4))
        self._replicas.proxy.fault = lambda _: None

    def _kill(self) -> None:
        which = self._dice.choice(self._replicas.replicas)
        which.kill()
        time.sleep(self._dice.uniform(0.5, 4))
        which.start()
        wait_until(which.answers, within_s=180)

    def _freeze(self) -> None:
        which = self._dice.choice(self._replicas.replicas)
        which.freeze()
        time.sleep(self._dice.choice((3, 12, 36)))
        which.thaw()

    def _crash(self) -> None:
        self._replicas.crash_database()

    def _cut(self) -> None:
        for _ in range(4):
            self._replicas.cut_connections()
            time.sleep(self._dice.uniform(0.2, 1.5))

    def _clock(self) -> None:
        self._replicas.set_clock(self._dice.choice((60, 480, 3600)))
        time.sleep(self._dice.uniform(12, 20))
        self._replicas.set_clock(0)
        time.sleep(3)

    def _log(self) -> None:
        """The reader of a replica's log is gone for a while, and then there is another."""
        which = self._dice.choice(self._replicas.replicas)
        which.lose_reader()
        time.sleep(self._dice.uniform(8, 12))
        which.read_log()
        time.sleep(1)

    def _maybe(self, share: float, *faults: Fault) -> Fault | None:
        with self._lock:
            return self._dice.choice(faults) if self._dice.random() < share else None

    def _up_to(self, most_s: float) -> float:
        with self._lock:
            return self._dice.uniform(0.1, most_s)
