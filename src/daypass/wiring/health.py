"""What keeps this process from doing its work, in words, for /healthz."""

import time
from threading import Lock

from daypass.model.errors import DaypassError
from daypass.store.database import Database
from daypass.wiring.build import Daypass
from daypass.wiring.watch import ThreadWatch

_EVERY_S = 5.0
"""How often a write is tried, however often somebody asks."""


class Writes:
    """Whether the database takes writes, tried at most every five seconds."""

    def __init__(self, database: Database) -> None:
        """Take the database."""
        self._database = database
        self._tried: float | None = None
        self._fault = ""
        self._lock = Lock()

    def fault(self) -> str:
        """Say what is wrong; an empty text when nothing is."""
        with self._lock:
            if self._tried is None or time.monotonic() > self._tried + _EVERY_S:
                self._fault = self._try()
                self._tried = time.monotonic()
            return self._fault

    def _try(self) -> str:
        try:
            self._database.must_take_writes()
        except DaypassError as error:
            return f"takes no writes: {error.sentence}"
        return ""


def faults(house: Daypass, watch: ThreadWatch, writes: Writes) -> dict[str, str]:
    """Say of each part what is wrong with it; an empty text when nothing is."""
    found = {"writes": writes.fault(), "clock": _clock(house)}
    return found | {f"thread {name}": fault for name, fault in watch.faults().items()}


def _clock(house: Daypass) -> str:
    try:
        house.clock.must_be_right()
    except DaypassError as error:
        return error.sentence
    return ""
