"""The beginning and the end of a series: what its approval leaves behind, and opening no more windows of it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from daypass.lifecycle.end.end_early import ending_event
from daypass.lifecycle.retries import overtaken
from daypass.model.errors import NotFound, TooLate
from daypass.model.event import Detail, EntryKind, Event
from daypass.model.fact import Fact
from daypass.model.grant import Ending, Grant, GrantState, Why
from daypass.model.principal import DAYPASS, PrincipalId
from daypass.model.record import Validity
from daypass.model.request import Approval, Request, RequestState
from daypass.model.schedule import Schedule
from daypass.ports import Ledger


def series_of(request: Request, draft: Grant, now: datetime) -> tuple[Fact, ...]:
    """What the approval of a request that recurs leaves behind, beside its first grant."""
    if request.recurs is None:
        return ()
    series = Schedule(id=request.id, principal=request.principal, at=now, opened_until=_begins(draft, now))
    event = Event(kind=EntryKind.SERIES_OPENED, at=now, actor=DAYPASS, subject=request.id)
    return (Fact(event=event, changes=(series,), told=False),)


def _begins(draft: Grant, now: datetime) -> datetime:
    """From when on windows are still to be opened: after the one that the first grant is."""
    return (draft.term.starts or now) + timedelta(seconds=1)


def end_series(request: Request, *, by: PrincipalId, ledger: Ledger, now: datetime, note: str = "") -> Schedule:
    """
    Open no more windows, whoever says so: what was filed or approved for one that has not begun ends with it.

    Raises NotFound where there is no series, TooLate when it is over.
    """

    def once() -> Schedule:
        series = ledger.find(Schedule, request.series or request.id)
        if series.state is not Validity.OPEN:
            raise TooLate("No more windows of this were to open anyway.")
        closed = replace(series, state=Validity.CLOSED)
        details: dict[str, Detail] = {"because": note} if note else {}
        event = Event(kind=EntryKind.SERIES_CLOSED, at=now, actor=by, subject=series.id, details=details)
        ledger.record(Fact(event=event, changes=(closed,)), *_to_come(closed, request, event, ledger))
        return closed

    return overtaken(once)


def _to_come(series: Schedule, request: Request, closing: Event, ledger: Ledger) -> Iterator[Fact]:
    """What ends the windows that were approved, or wait, and have not begun: nothing opens once this is written."""
    by, now, note = closing.actor, closing.at, str(closing.details.get("because", ""))
    ahead = {
        one.id: one
        for one in ledger.grants(principal=series.principal, states=(GrantState.APPROVED,))
        if one.term.starts is not None and now < one.term.starts
    }
    sides = {request.requestor, request.principal}
    ending = Ending(why=Why.DONE if by in sides else Why.REVOKED, by=by, at=now, note=note)
    for one in ledger.requests(ids=ahead):
        if series.id in {one.id, one.series}:
            grant = ahead[one.id]
            yield Fact(event=ending_event(grant, ending), changes=(grant.ending_now(ending),))
    for one in ledger.requests(requestor=request.requestor, states=(RequestState.PENDING,)):
        if one.series == series.id:
            yield _turned_down(one, by, note, now, withdrawn=by in sides)


def _turned_down(waiting: Request, by: PrincipalId, note: str, now: datetime, *, withdrawn: bool) -> Fact:
    if withdrawn:
        event = Event(kind=EntryKind.REQUEST_CANCELLED, at=now, actor=by, subject=waiting.id)
        closed = Ending(why=Why.DONE, by=by, at=now) if by != waiting.requestor else None
        return Fact(event=event, changes=(replace(waiting.decided(RequestState.CANCELLED), closed=closed),))
    approval = Approval(by=by, at=now, rule=waiting.rule, note=note)
    event = Event(kind=EntryKind.REQUEST_DENIED, at=now, actor=by, subject=waiting.id, details={"reason": note})
    return Fact(event=event, changes=(waiting.decided(RequestState.DENIED, approval),))


def end_series_if_any(request: Request, *, by: PrincipalId, ledger: Ledger, now: datetime, note: str = "") -> bool:
    """End the series that a request or a window belongs to. False when there is none that is open."""
    if request.recurs is None and request.series is None:
        return False
    try:
        end_series(request, by=by, ledger=ledger, now=now, note=note)
    except (NotFound, TooLate):
        return False
    return True
