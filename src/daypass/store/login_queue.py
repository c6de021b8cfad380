"""
Who gives way when one more command line begins to log in, and so many wait already.

Anybody may begin, and people need minutes to confirm. So a flood pushes out its own: of a network the oldest makes
room, of all the oldest of whichever site, and in it of whichever network, has most. Who began less than two minutes ago
is pushed out only for somebody whose network or site has fewer waiting; else the newcomer is told to come again.

A network is an IPv4 address or an IPv6 /64, a site the /48 around it: what one customer is given.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from daypass.model.errors import TooOften
from daypass.model.network import site_of

MOST_WAITING, MOST_OF_A_SITE, MOST_OF_A_NETWORK = 1000, 200, 50
"""Anybody may ask for a code; so many unconfirmed ones are kept at a time."""
YOUNG = timedelta(minutes=2)
"""So long a person has to confirm, whoever else begins."""


class PendingLogin(NamedTuple):
    """A login that nobody has confirmed."""

    device_hash: str
    network: str
    asked_at: datetime


def gives_way(line: Sequence[PendingLogin], network: str, now: datetime) -> PendingLogin | None:
    """Choose who makes room for one more of a network; `line` is oldest first. Raises TooOften when nobody may."""
    mine = [one for one in line if one.network == network]
    near = [one for one in line if site_of(one.network) == site_of(network)]
    if len(mine) >= MOST_OF_A_NETWORK:
        return _oldest(mine, now)
    if len(near) >= MOST_OF_A_SITE:
        network_with_most = _fullest(near, lambda one: one.network)
        return _oldest(network_with_most, now, at_any_age=len(network_with_most) > len(mine) + 1)
    if len(line) >= MOST_WAITING:
        site = _fullest(line, lambda one: site_of(one.network))
        return _oldest(_fullest(site, lambda one: one.network), now, at_any_age=len(site) > len(near) + 1)
    return None


def _fullest(line: Sequence[PendingLogin], group: Callable[[PendingLogin], str]) -> Sequence[PendingLogin]:
    """Those of the group that has most; of groups that have as many, the one whose oldest is the oldest."""
    sizes = Counter(map(group, line))
    biggest = max(line, key=lambda one: sizes[group(one)])
    return [one for one in line if group(one) == group(biggest)]


def _oldest(some: Sequence[PendingLogin], now: datetime, *, at_any_age: bool = False) -> PendingLogin:
    """The first of them, if its person has had time to confirm or that does not matter."""
    first = some[0]
    left = first.asked_at + YOUNG - now
    if at_any_age or left <= timedelta(0):
        return first
    raise TooOften(
        f"Too many logins were begun within {int(YOUNG.total_seconds() // 60)} minutes, and nobody has confirmed them. "
        f"Try again in {_seconds(left)} seconds.",
        wait_s=_seconds(left),
    )


def _seconds(left: timedelta) -> int:
    return int(left.total_seconds()) + 1
