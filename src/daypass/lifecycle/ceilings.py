"""
How much one person may have waiting, and have, at a time: the document's `limits`, or more where the rule says so.

    requests that wait   count against whoever filed them
    live grants          count against whoever has them, and only those that they asked for themselves: what others file
                         for somebody uses up no room of theirs

Break glass, more time for what runs, and the windows of what recurs are never counted and never refused by this. Of two
asks at the same moment, each of which would be the last one, one is written first; see counting.
"""

from datetime import datetime

from daypass.lifecycle.counting import guard
from daypass.lifecycle.parties import Parties
from daypass.model.errors import NotAllowed
from daypass.model.grant import Grant, GrantState
from daypass.model.kept import Tally
from daypass.model.principal import Principal, PrincipalId
from daypass.model.request import Ask, Request, RequestState
from daypass.ports import Ledger
from daypass.rules.rule import Limits

_LIVE = (GrantState.APPROVED, GrantState.ACTIVE)


def room_to_wait(ask: Ask, parties: Parties, *, most: Limits, ledger: Ledger, now: datetime) -> tuple[Tally, ...]:
    """What must be written with a request that will wait. Raises NotAllowed when too many wait already."""
    if _is_exempt(ask):
        return ()
    accounts, tallies = _accounts(parties.asker, ledger, now)
    waiting = [one for each in accounts for one in ledger.requests(requestor=each, states=[RequestState.PENDING])]
    number = sum(_counts(one) for one in waiting)
    if number >= most.pending:
        raise NotAllowed(
            f"{parties.asker.name} has {number} requests waiting, and {most.pending} is the most at a time. "
            "Take one back with `cancel`, or wait for a decision."
        )
    return tallies


def room_to_have(ask: Ask, parties: Parties, *, most: Limits, ledger: Ledger, now: datetime) -> tuple[Tally, ...]:
    """What must be written with a grant that is given now. Raises NotAllowed when its holder has too many already."""
    if _is_exempt(ask) or parties.asker.id != parties.principal.id:
        return ()
    accounts, tallies = _accounts(parties.principal, ledger, now)
    live = {one.id for each in accounts for one in ledger.grants(principal=each, states=_LIVE) if not _over(one, now)}
    asked = (one for one in ledger.requests(ids=live) if one.requestor in accounts)
    number = sum(_counts(one) for one in asked)
    if number >= most.live:
        raise NotAllowed(
            f"{parties.principal.name} has {number} live grants, and {most.live} is the most at a time. "
            "End one with `done`."
        )
    return tallies


def _accounts(person: Principal, ledger: Ledger, now: datetime) -> tuple[list[PrincipalId], tuple[Tally, ...]]:
    """The ids of one person, and their guard rows, read before anything is counted."""
    accounts = sorted({person.id, *person.same_as})
    return accounts, tuple(guard(one, ledger=ledger, now=now) for one in accounts)


def _is_exempt(ask: Ask) -> bool:
    return ask.urgent or ask.extends is not None or ask.series is not None


def _counts(request: Request) -> bool:
    return not request.urgent and request.extends is None and request.series is None


def _over(grant: Grant, now: datetime) -> bool:
    return grant.lease is not None and now >= grant.lease.ends
