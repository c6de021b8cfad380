"""What each listener is still to be told, and how far it is behind."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from daypass.model.event import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """An outbox line: an event that people are to be told of."""

    id: int
    event: Event
    attempts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """How far a listener is behind."""

    lines: int
    since: datetime | None
    """When the oldest of what it has not been told happened; None when it has been told everything."""


class Outbox(Protocol):
    """
    What one listener is still to be told. Written by Ledger.record alone, in the commit of the state it tells of.

    Each listener has lines of its own: one that is slow or gone holds up no other.
    """

    def claim(self, *, now: datetime, hold: timedelta, limit: int) -> list[Notice]:
        """Take the oldest line of each subject that nobody holds: lines of one subject are told in their order."""
        ...

    def sent(self, notice_id: int) -> None:
        """Cross a line out."""
        ...

    def delay(self, notice_id: int, *, until: datetime, error: str) -> None:
        """Try a line again later."""
        ...

    def forget(self, *, before: datetime) -> int:
        """Cross out what was to be told before then, where this listener is not set up; returns how many lines."""
        ...

    def backlog(self) -> Backlog:
        """Count what is to be told, and since when the oldest of it is."""
        ...
