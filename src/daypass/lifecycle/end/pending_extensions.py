"""
A request for more time is closed with the access that it would prolong.

Nobody can approve it any more (chain.must_go_on), so nobody is left with buttons that do nothing, or waits for it.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from daypass.model.errors import Conflict, Misconfigured, NotFound
from daypass.model.event import Detail, EntryKind, Event
from daypass.model.fact import Fact
from daypass.model.grant import Ending, Grant, Why
from daypass.model.request import Request, RequestState
from daypass.ports import Ledger


def closings(grant: Grant, ending: Ending, ledger: Ledger) -> list[Fact]:
    """
    What closes the requests for more time that wait beside an access that ends.

    A row that cannot be read never keeps access from ending: then they are closed within a minute (`close_orphans`).
    """
    try:
        return [_closing(one, ending, ending.at) for one in _waiting(grant, ledger)]
    except (NotFound, Misconfigured):
        return []


def close_orphans(*, ledger: Ledger, now: datetime) -> int:
    """Close what would prolong access that ended otherwise than by its time; returns how many."""
    count = 0
    for request in ledger.each_request(states=(RequestState.PENDING,)):
        ending = _ended_with(request, ledger)
        if ending is not None:
            with suppress(Conflict):  # somebody takes it back, or decides, at this very moment
                ledger.record(_closing(request, ending, now))
                count += 1
    return count


def _waiting(grant: Grant, ledger: Ledger) -> Iterator[Request]:
    """Those who may ask for more time are who has it and who asked for it."""
    for asker in {grant.principal, ledger.request(grant.chain).requestor}:
        for one in ledger.requests(requestor=asker, states=(RequestState.PENDING,)):
            if one.extends is not None and one.chain == grant.chain:
                yield one


def _ended_with(request: Request, ledger: Ledger) -> Ending | None:
    if request.extends is None:
        return None
    try:
        ending = ledger.grant(request.extends).ending
    except (NotFound, Misconfigured):
        return None
    return ending if ending is not None and ending.why is not Why.EXPIRED else None


def _closing(request: Request, ending: Ending, now: datetime) -> Fact:
    """What somebody wrote at the end stays where the access is."""
    details: dict[str, Detail] = {"why": ending.why.value, "extends": request.extends}
    event = Event(kind=EntryKind.REQUEST_CANCELLED, at=now, actor=ending.by, subject=request.id, details=details)
    return Fact(
        event=event, changes=(replace(request.decided(RequestState.CANCELLED), closed=replace(ending, note="")),)
    )
