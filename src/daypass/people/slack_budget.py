"""
How much of Slack's allowance chores may use, so that somebody who clicks is never refused because of one.

Slack allows an app so many calls of each method a minute (docs.slack.dev/apis/web-api/rate-limits: tier 2 about 20,
tier 3 about 50, tier 4 about 100) and refuses whoever comes after that. Chores spend a fifth of it at most, two
replicas two fifths; nothing once most of it is used, and they never wait for Slack. What a chore is refused here it
does in a later round, or by what was known before if that is not too old (kept).

No one person spends more than six tenths, whatever they name: there is always some left for the others. That is enough
for a rule that looks fifty people up. The last fifth is for whoever has used less than a fifth by themselves, so that
two who name whom they like do not leave the others without. All who came without a login are one person here.
"""

import threading
from collections import defaultdict, deque
from collections.abc import Callable
from typing import NamedTuple

from daypass.model.errors import Throttled
from daypass.model.principal import PrincipalId
from daypass.ports.asker import asker, by_a_chore

ALLOWED = {"users.info": 100, "users.lookupByEmail": 50, "users.list": 20, "usergroups.list": 20}
"""Calls a minute, by Slack's tiers."""
_OTHERS = 20
CHORES_SHARE = 0.2
A_PERSONS_SHARE = 0.6
LAST_SHARE = 0.2
"""So much of the allowance is left to those who have used less than that by themselves; a click takes a call or two."""
PEOPLE_FIRST = 0.7
"""Chores call nothing once so much of the allowance was used, by whomever."""
_MINUTE_S = 60.0


class _Call(NamedTuple):
    at: float
    by_chore: bool
    by: PrincipalId | None


class Budget:
    """Counts the calls of the last minute. Safe to share between threads."""

    def __init__(self, *, clock: Callable[[], float]) -> None:
        """Begin with the whole allowance; `clock` gives seconds that only grow."""
        self._clock = clock
        self._guard = threading.Lock()
        self._calls: defaultdict[str, deque[_Call]] = defaultdict(deque)

    def spend(self, method: str) -> None:
        """Count a call that is about to be made. Raises Throttled for a chore, and for one who takes too much."""
        chore, by, now, allowed = by_a_chore(), asker(), self._clock(), ALLOWED.get(method, _OTHERS)
        with self._guard:
            calls = self._calls[method]
            while calls and now - calls[0].at >= _MINUTE_S:
                calls.popleft()
            of_chores = sum(call.by_chore for call in calls)
            if chore and (of_chores >= allowed * CHORES_SHARE or len(calls) >= allowed * PEOPLE_FIRST):
                raise Throttled(f"What is left of Slack's allowance for {method} this minute is kept for people.")
            theirs = [call.at for call in calls if by is not None and call.by == by]
            if len(theirs) >= allowed * A_PERSONS_SHARE:
                raise Throttled(_too_many(len(theirs), _MINUTE_S - (now - theirs[0])))
            too_many = len(calls) - round(allowed * (1 - LAST_SHARE))
            if len(theirs) >= allowed * LAST_SHARE and too_many >= 0:
                raise Throttled(_the_last(len(theirs), _MINUTE_S - (now - calls[too_many].at)))
            calls.append(_Call(now, chore, by))


def _too_many(calls: int, left_s: float) -> str:
    return f"You made Daypass ask Slack {calls} times within a minute, the most for one person. Wait {left_s:.0f} s."


def _the_last(calls: int, left_s: float) -> str:
    return f"Daypass may make few more calls to Slack this minute, and made {calls} for you. Wait {left_s:.0f} s."
