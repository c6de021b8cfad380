"""
No thread ends unseen: one that ends before it was told to, ends the process, and each says when it was last round.

A worker whose thread is gone looks well from outside: it answers, and nothing moves. So the process ends with a code
other than zero, for whoever supervises it to start another; what it was at is in the database, as after a power cut.
"""

import os
import threading
from collections.abc import Callable, Mapping
from types import MappingProxyType

import structlog
from prometheus_client import Gauge

log = structlog.get_logger()

FAILED = 70
"""The exit code: EX_SOFTWARE of sysexits.h."""
SECONDS: Mapping[str, float] = MappingProxyType(
    {"loop": 60, "fold": 300, "chores": 900, "clock": 300, "scrub": 300, "hook": 300, "outbox": 120, "socket": 120}
)
"""How long a round of each may take; a chore may read a whole AWS account."""
_AGE = Gauge("daypass_round_age_seconds", "Since a background thread was last round.", ["thread"])


class ThreadWatch:
    """Knows of every background thread and task of this process."""

    def __init__(self, monotonic: Callable[[], float], *, end: Callable[[int], object] = os._exit) -> None:
        """Take the clock that ages are told by, and what ends the process."""
        self._monotonic = monotonic
        self._end = end
        self._rounds: dict[str, float] = {}

    def round(self, name: str) -> None:
        """Hear that a thread is round once more; the first time, that there is one."""
        self._rounds[name] = self._monotonic()
        _AGE.labels(name).set_function(lambda: self._monotonic() - self._rounds[name])

    def thread(self, name: str, work: Callable[[], object], stop: threading.Event) -> threading.Thread:
        """Make a thread that may not end before `stop` is set."""
        self.round(name)

        def body() -> None:
            try:
                work()
            except BaseException as error:  # noqa: BLE001 - whatever it is, nobody else would see it
                self.ended(name, error)
            else:
                if not stop.is_set():
                    self.ended(name, None)

        return threading.Thread(target=body, name=name)

    def ended(self, name: str, error: BaseException | None) -> None:
        """End the process, because this ended and should not have."""
        log.critical("a background thread ended; the process ends too", thread=name, exc_info=error)
        self._end(FAILED)

    def faults(self) -> dict[str, str]:
        """Say of each thread what is wrong with it; an empty text when nothing is."""
        now = self._monotonic()
        return {name: _fault(now - at, SECONDS[name]) for name, at in self._rounds.items()}


def _fault(age_s: float, most_s: float) -> str:
    return f"has not come round for {age_s:.0f} s; it should within {most_s:.0f} s" if age_s > most_s else ""
