"""
A channel in which many ask at once: after so many messages the rest is collected, counted at once, and listed soon.

    first one held     a line in the channel, changed in place: “+5 more are waiting”
    half a minute on   one message that lists them, with who asks, for what and why

What somebody approved or denied takes no room any more; what was cancelled does, or one could fill a channel for ever.

Kept in memory, each process for its own. What a process that dies had collected is in everybody's Home tab as before,
and its first reminder posts it.
"""

from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from daypass.model.grant import GrantId
from daypass.ports import Message

MOST_CARDS = 10
"""Requests shown one by one in a channel within the window, unless a setting says otherwise; urgent ones always are."""
WINDOW = timedelta(minutes=10)
SOON = timedelta(seconds=30)
"""How long what is held is only counted, so that what comes together is listed together."""


@dataclass(slots=True)
class Pile:
    """What is held in one channel, and the line that counts it."""

    since: datetime
    subjects: dict[GrantId, None] = field(default_factory=dict)
    line: Message | None = None
    said: int = 0
    """How many the line says."""


class FloodControl:
    """What was posted lately in each channel, and what is collected for its next list."""

    def __init__(self, most: int = MOST_CARDS) -> None:
        """Begin with quiet channels, each with room for so many messages."""
        self._most = most
        self._posted: dict[str, deque[tuple[datetime, GrantId]]] = defaultdict(deque)
        self._piles: dict[str, Pile] = {}

    def admits(self, channel: str, subject: GrantId, now: datetime, *, urgent: bool = False) -> bool:
        """Whether one more message may go out now; if so it counts from here on, also while it is on its way."""
        posted = self._posted[channel]
        while posted and posted[0][0] <= now - WINDOW:
            posted.popleft()
        if len(posted) >= self._most and not urgent:
            return False
        posted.append((now, subject))
        return True

    def decided(self, subject: GrantId) -> None:
        """Somebody decided on it: its message takes no room any more."""
        for channel, posted in self._posted.items():
            self._posted[channel] = deque(one for one in posted if one[1] != subject)

    def posted(self, channel: str, subject: GrantId) -> None:
        """What was shown by itself need not be in a list any more."""
        if pile := self._piles.get(channel):
            pile.subjects.pop(subject, None)

    def unposted(self, channel: str, subject: GrantId) -> None:
        """A message that was admitted did not go out."""
        self._posted[channel] = deque(one for one in self._posted[channel] if one[1] != subject)

    def collect(self, channel: str, subject: GrantId, now: datetime) -> None:
        """Keep a request for the next list, once."""
        self._piles.setdefault(channel, Pile(since=now)).subjects[subject] = None

    def holds(self, channel: str, subject: GrantId) -> bool:
        """Whether a request waits for the next list."""
        return channel in self._piles and subject in self._piles[channel].subjects

    def uncounted(self) -> list[tuple[str, Pile]]:
        """The channels whose line does not say, or not truly, how many are held."""
        return [(channel, pile) for channel, pile in self._piles.items() if pile.said != len(pile.subjects)]

    def ripe(self, now: datetime) -> list[tuple[str, Sequence[GrantId]]]:
        """The channels whose list is due, with what belongs into it."""
        return [(channel, list(pile.subjects)) for channel, pile in self._piles.items() if now - pile.since >= SOON]

    def told(self, channel: str, subjects: Sequence[GrantId], now: datetime) -> Message | None:
        """These were listed; what came meanwhile waits for the next list. Gives the line that counted them."""
        pile = self._piles.pop(channel)
        for subject in pile.subjects:
            if subject not in subjects:
                self.collect(channel, subject, now)
        return pile.line

    def forget(self, channel: str) -> None:
        """The channel is gone."""
        self._posted.pop(channel, None)
        self._piles.pop(channel, None)
