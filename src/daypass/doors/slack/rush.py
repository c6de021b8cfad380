"""
A channel in which many ask at once: after so many messages the rest is collected and said in one, every ten minutes.

Kept in memory, each process for its own. What a process that dies had collected is in everybody's Home tab as before,
and its first reminder posts it.
"""

from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from daypass.model.grant import GrantId

MOST_CARDS = 10
"""Requests shown one by one in a channel within the window; those that are urgent are not held back by it."""
WINDOW = timedelta(minutes=10)


@dataclass(slots=True)
class _Pile:
    since: datetime
    subjects: dict[GrantId, None] = field(default_factory=dict)


class Rush:
    """What was posted lately in each channel, and what is collected for its next digest."""

    def __init__(self) -> None:
        """Begin with quiet channels."""
        self._posted: dict[str, deque[datetime]] = defaultdict(deque)
        self._piles: dict[str, _Pile] = {}

    def admits(self, channel: str, now: datetime, *, urgent: bool = False) -> bool:
        """Whether one more message may go out now; if so it counts from here on, also while it is on its way."""
        posted = self._posted[channel]
        while posted and posted[0] <= now - WINDOW:
            posted.popleft()
        if len(posted) >= MOST_CARDS and not urgent:
            return False
        posted.append(now)
        return True

    def posted(self, channel: str, subject: GrantId) -> None:
        """What was shown by itself need not be in a digest any more."""
        if pile := self._piles.get(channel):
            pile.subjects.pop(subject, None)

    def unposted(self, channel: str) -> None:
        """A message that was admitted did not go out."""
        if posted := self._posted[channel]:
            posted.pop()

    def collect(self, channel: str, subject: GrantId, now: datetime) -> None:
        """Keep a request for the next digest, once."""
        self._piles.setdefault(channel, _Pile(since=now)).subjects[subject] = None

    def ripe(self, now: datetime) -> list[tuple[str, Sequence[GrantId]]]:
        """The channels whose digest is due, with what belongs into it."""
        return [(channel, list(pile.subjects)) for channel, pile in self._piles.items() if now - pile.since >= WINDOW]

    def told(self, channel: str, subjects: Sequence[GrantId], now: datetime) -> None:
        """These were in a digest; what came meanwhile waits for the next one."""
        pile = self._piles.pop(channel)
        for subject in pile.subjects:
            if subject not in subjects:
                self.collect(channel, subject, now)

    def forget(self, channel: str) -> None:
        """The channel is gone."""
        self._posted.pop(channel, None)
        self._piles.pop(channel, None)
