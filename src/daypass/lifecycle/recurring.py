"""The beginning and the end of a series: what its approval leaves behind, and opening no more windows of it."""

from dataclasses import replace
from datetime import datetime, timedelta

from daypass.model.errors import NotFound, TooLate
from daypass.model.event import Event, Kind
from daypass.model.fact import Fact
from daypass.model.grant import Grant
from daypass.model.kept import Series, Standing
from daypass.model.principal import DAYPASS, PrincipalId
from daypass.model.request import Request
from daypass.ports import Ledger


def series_of(request: Request, draft: Grant, now: datetime) -> tuple[Fact, ...]:
    """What the approval of a request that recurs leaves behind, beside its first grant."""
    if request.recurs is None:
        return ()
    series = Series(id=request.id, principal=request.principal, at=now, opened_until=_begins(draft, now))
    event = Event(kind=Kind.SERIES_OPENED, at=now, actor=DAYPASS, subject=request.id)
    return (Fact(event=event, changes=(series,), told=False),)


def _begins(draft: Grant, now: datetime) -> datetime:
    """From when on windows are still to be opened: after the one that the first grant is."""
    return (draft.term.starts or now) + timedelta(seconds=1)


def end_series(request: Request, *, by: PrincipalId, ledger: Ledger, now: datetime) -> Series:
    """Open no more windows, whoever says so. Raises NotFound where there is no series, TooLate when it is over."""
    series = ledger.find(Series, request.series or request.id)
    if series.state is not Standing.OPEN:
        raise TooLate("No more windows of this were to open anyway.")
    closed = replace(series, state=Standing.CLOSED)
    event = Event(kind=Kind.SERIES_CLOSED, at=now, actor=by, subject=series.id)
    ledger.record(Fact(event=event, changes=(closed,)))
    return closed


def end_series_if_any(request: Request, *, by: PrincipalId, ledger: Ledger, now: datetime) -> bool:
    """End the series that a request or a window belongs to. False when there is none that is open."""
    if request.recurs is None and request.series is None:
        return False
    try:
        end_series(request, by=by, ledger=ledger, now=now)
    except (NotFound, TooLate):
        return False
    return True
