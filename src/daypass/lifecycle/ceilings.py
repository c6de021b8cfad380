"""
How much one person may have waiting, and have, at a time: the document's `limits`, or more where the rule says so.

    requests that wait   count against whoever filed them
    live grants          count against whoever has them, and only those that they asked for themselves: what others file
                         for somebody uses up no room of theirs
    broken glass         counts within an hour against whoever breaks it, and with nothing else
    requests             count within an hour against whoever files them, also those that were taken back: each has
                         asked people, and stands in the journal

Break glass, more time for what runs, and the windows of what recurs are never counted with the rest. Of two asks at the
same moment, each of which would be the last one, one is written first; see counting.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import takewhile

from daypass.lifecycle.counts import guard
from daypass.lifecycle.judge import Judged
from daypass.model.errors import NotAllowed
from daypass.model.grant import Grant, GrantState
from daypass.model.length import words_for_length
from daypass.model.principal import Principal, PrincipalId
from daypass.model.record import Tally
from daypass.model.request import Ask, Request, RequestState
from daypass.ports import Ledger

_HOUR = timedelta(hours=1)
_LIVE = (GrantState.APPROVED, GrantState.ACTIVE)


def room_to_wait(judged: Judged, *, ledger: Ledger, now: datetime) -> tuple[Tally, ...]:
    """What must be written with a request that will wait. Raises NotAllowed when too many wait already."""
    parties, most = judged.parties, judged.limits
    if _is_exempt(judged.ask):
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


def room_to_have(judged: Judged, *, ledger: Ledger, now: datetime) -> tuple[Tally, ...]:
    """What must be written with a grant that is given now. Raises NotAllowed when its holder has too many already."""
    parties, most = judged.parties, judged.limits
    if _is_exempt(judged.ask) or parties.asker.id != parties.principal.id:
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


def room_to_file(judged: Judged, *, ledger: Ledger, now: datetime) -> tuple[Tally, ...]:
    """What must be written with any request. Raises NotAllowed when they filed too many within an hour."""
    parties, most = judged.parties, judged.limits
    if _is_exempt(judged.ask):
        return ()
    accounts, tallies = _accounts(parties.asker, ledger, now)
    filed = _within_an_hour(accounts, _counts, ledger, now)
    if len(filed) >= most.filed:
        again = words_for_length(filed[-most.filed] + _HOUR - now)
        raise NotAllowed(
            f"{parties.asker.name} filed {len(filed)} requests within an hour, and {most.filed} is the most, also of "
            f"those that were taken back. Try again in {again}."
        )
    return tallies


def glass_to_break(judged: Judged, *, ledger: Ledger, now: datetime) -> tuple[Tally, ...]:
    """What must be written with glass that is broken. Raises NotAllowed when they broke it too often within an hour."""
    parties, most = judged.parties, judged.limits
    if not judged.ask.urgent:
        return ()
    accounts, tallies = _accounts(parties.asker, ledger, now)
    broken = _within_an_hour(accounts, lambda one: one.urgent, ledger, now)
    if len(broken) >= most.urgent:
        again = words_for_length(broken[-most.urgent] + _HOUR - now)
        raise NotAllowed(
            f"{parties.asker.name} has used emergency access {len(broken)} times within an hour, and {most.urgent} is "
            f"the most. Ask in the ordinary way, use a sealed code, or try again in {again}."
        )
    return tallies


def _within_an_hour(
    accounts: Sequence[PrincipalId], counts: Callable[[Request], bool], ledger: Ledger, now: datetime
) -> list[datetime]:
    """When one person filed what counts within the last hour, oldest first."""
    every = (one for each in accounts for one in _since(now - _HOUR, each, ledger))
    return sorted(one.filed_at for one in every if counts(one))


def _since(moment: datetime, requestor: PrincipalId, ledger: Ledger) -> Iterator[Request]:
    return takewhile(lambda one: one.filed_at > moment, ledger.each_request(requestor=requestor))


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
