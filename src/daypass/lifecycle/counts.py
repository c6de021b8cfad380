"""
How many live grants somebody has, where the rules ask for it; and the guard of every other number of theirs.

Of two decisions that count at the same moment, each of which would be the last one allowed, one is written first. Both
carry the person's tally as they read it before they counted; the other one's has moved by then, and it counts again.

So whatever must hold over several rows of one person (at most ten passkeys, one sheet of codes, a first passkey only
once) is decided with `guard` read first and written beside.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from daypass.model.errors import NotFound
from daypass.model.grant import Grant, GrantId, GrantState
from daypass.model.principal import Principal, PrincipalId
from daypass.model.record import Tally
from daypass.ports import Ledger

_LIVE = (GrantState.APPROVED, GrantState.ACTIVE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """A number, and what must be written with whatever was decided by it."""

    number: int
    tallies: tuple[Tally, ...]


def count(
    person: Principal, *, extends: GrantId | None, itself: GrantId | None = None, ledger: Ledger, now: datetime
) -> Count:
    """
    Count what somebody has in any of their accounts, what begins later included.

    Grants that prolong one another are one, and one that is asked to go on does not stand in its own way;
    nor does one that is judged again before it begins (`itself`).
    """
    accounts = sorted({person.id, *person.same_as})
    tallies = tuple(guard(one, ledger=ledger, now=now) for one in accounts)  # read before the grants are: see above
    live = [grant for one in accounts for grant in _live(one, ledger, now)]
    prolonged = {extends, itself, *(grant.extends for grant in live)}
    return Count(number=sum(grant.id not in prolonged for grant in live), tallies=tallies)


def guard(one: PrincipalId, *, ledger: Ledger, now: datetime) -> Tally:
    """
    Read the row that every commit over several rows of one person writes. Read it before those rows.

    Of two such commits at the same moment the second raises Conflict.
    """
    try:
        return ledger.find(Tally, one)
    except NotFound:
        return Tally(principal=one, at=now)


def _live(one: PrincipalId, ledger: Ledger, now: datetime) -> Iterator[Grant]:
    """Yield what has not ended; what AWS ends by its date has, whether it was cleaned up or not."""
    for grant in ledger.grants(principal=one, states=_LIVE):
        if grant.lease is None or now < grant.lease.ends:
            yield grant
