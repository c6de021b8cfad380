"""Withdraw a request before anybody decided: by the one who asked, or by time."""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from daypass.lifecycle.approval.too_late import decided_already
from daypass.lifecycle.idempotency import series_ended_by
from daypass.lifecycle.retries import overtaken
from daypass.lifecycle.schedules.series import end_series
from daypass.model.errors import NotYours, TooLate
from daypass.model.event import EntryKind, Event
from daypass.model.fact import Fact
from daypass.model.grant import Ending, GrantId, Why
from daypass.model.principal import DAYPASS, PrincipalId
from daypass.model.request import Request, RequestState
from daypass.ports import Ledger


def cancel(request_id: GrantId, *, by: PrincipalId, ledger: Ledger, now: datetime) -> Request:
    """
    Take back one's own request; of one that recurs and was approved, open no more windows, which who has them may too.

    Raises NotYours for somebody else's and TooLate for a decided one, with the way to end what it became.
    """
    request = ledger.request(request_id)
    goes_on = request.state is RequestState.APPROVED and request.recurs is not None
    if by != request.requestor and not (goes_on and by == request.principal):
        raise NotYours("Only the one who asked can cancel a request; those who decide can deny it.")
    if goes_on:
        _end_series(request, by, ledger, now)
        return request
    if request.state is RequestState.CANCELLED and request.closed is None:  # by the one who asked, who says it again
        return request
    if request.state is RequestState.APPROVED:
        raise decided_already(request, "What it became is ended with `done`.")
    return _leave(request, RequestState.CANCELLED, _event(EntryKind.REQUEST_CANCELLED, request, by, now), ledger=ledger)


def _end_series(request: Request, by: PrincipalId, ledger: Ledger, now: datetime) -> None:
    try:
        end_series(request, by=by, ledger=ledger, now=now)
    except TooLate:
        if not series_ended_by(request, by, ledger):
            raise


def cancel_for(request: Request, *, by: PrincipalId, ledger: Ledger, now: datetime) -> Request:
    """Withdraw somebody's request in their stead, as they left. Raises TooLate for a decided one."""
    closed = Ending(why=Why.LEFT, by=by, at=now)
    leaving = replace(_event(EntryKind.REQUEST_CANCELLED, request, by, now), details={"why": closed.why.value})
    return _leave(request, RequestState.CANCELLED, leaving, ledger=ledger, closed=closed)


def lapse(*, ledger: Ledger, after: timedelta, now: datetime) -> int:
    """Close the requests that nobody decided in time; returns how many. One decided at the last moment stays so."""
    count = 0
    for request in ledger.lapsed(filed_before=now - after):
        with suppress(TooLate):
            _lapse(request, ledger, now)
            count += 1
    return count


def _lapse(request: Request, ledger: Ledger, now: datetime) -> Request:
    return _leave(request, RequestState.LAPSED, _event(EntryKind.REQUEST_LAPSED, request, DAYPASS, now), ledger=ledger)


def _leave(
    request: Request, state: RequestState, leaving: Event, *, ledger: Ledger, closed: Ending | None = None
) -> Request:
    """Others may move it while it waits: one more has allowed it, or was asked. It is taken back all the same."""

    def once() -> Request:
        waiting = ledger.request(request.id)
        if waiting.state is not RequestState.PENDING:
            raise decided_already(waiting)
        left = replace(waiting.decided(state), closed=closed)
        ledger.record(Fact(event=leaving, changes=(left,)))
        return left

    return overtaken(once)


def _event(kind: EntryKind, request: Request, by: PrincipalId, now: datetime) -> Event:
    return Event(kind=kind, at=now, actor=by, subject=request.id)
