"""Facts that could not be found out, for the operator's log: each at most once a minute, and without a secret."""

import threading
from collections.abc import Callable

import structlog

from daypass.model.errors import DaypassError

QUIET_S = 60.0
_MOST = 1000

log = structlog.get_logger()


class Warnings:
    """Tells the log what the rules had to judge without."""

    def __init__(self, *, clock: Callable[[], float]) -> None:
        """Take the seconds that only grow, by which a fact stays quiet once it was told."""
        self._clock = clock
        self._guard = threading.Lock()
        self._told: dict[str, float] = {}

    def tell(self, fact: str, why: Exception | str) -> None:
        """Log a fact and why it is lacking, unless it was logged within the minute."""
        if self._is_due(fact):
            log.warning("directory.fact_left_out", fact=fact, because=_words(why))

    def _is_due(self, fact: str) -> bool:
        now = self._clock()
        with self._guard:
            if now - self._told.get(fact, float("-inf")) < QUIET_S:
                return False
            if len(self._told) >= _MOST:
                self._told.clear()
            self._told[fact] = now
            return True


def _words(why: Exception | str) -> str:
    """Say why; an error that is not ours by its kind alone, as its words may hold a secret."""
    match why:
        case str():
            return why
        case DaypassError():
            return why.report
        case _:
            return type(why).__name__
