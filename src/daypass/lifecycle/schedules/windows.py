"""
Access that recurs: every weekday from nine to ten, for two weeks.

The first window is the request's own grant. Each later one is a request of its own, filed shortly before it opens and
judged like any other: by the rules of that moment. The approvals of the series are clicks on each of its windows, made
in advance, and count as long as who gave them may still decide. What the rules do not allow any more is not opened.
"""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from daypass.lifecycle.approval.decide import approve_with
from daypass.lifecycle.approval.stages import Click
from daypass.lifecycle.judge import Judge
from daypass.lifecycle.schedules.series import end_series
from daypass.lifecycle.submit import submit
from daypass.model.errors import Conflict, Refusal, TooLate, Unavailable
from daypass.model.event import Detail, EntryKind, Event
from daypass.model.fact import Fact
from daypass.model.principal import DAYPASS
from daypass.model.record import Validity
from daypass.model.request import Request, RequestState
from daypass.model.schedule import Schedule
from daypass.model.windows import Window, windows

AHEAD = timedelta(minutes=2)
"""How long before a window its request is filed, so that it is in AWS in time."""

log = structlog.get_logger()


def open_windows(*, judge: Judge, now: datetime) -> int:
    """
    File a request for every window that opens within two minutes; returns for how many.

    Two workers, or one that died half-way, file the same one once. A window that was missed altogether is left out.
    """
    judge, ledger, opened = judge.at_once(), judge.ledger, 0
    for series in ledger.all(Schedule, states=[Validity.OPEN]):
        request = ledger.request(series.id)
        if request.delivery not in judge.deliveries:
            continue
        try:
            opened += _open(series, request, judge, now)
        except Unavailable as error:  # what its rule looks at is down: the others are opened, and this one soon
            log.warning("series.window_waits", grant=series.id, because=error.sentence)
    return opened


def _open(series: Schedule, request: Request, judge: Judge, now: datetime) -> bool:
    ledger = judge.ledger
    assert request.recurs is not None  # noqa: S101 - a series is made for such a request alone
    ahead = [window for window in windows(request.recurs) if window.starts >= series.opened_until]
    window = next((each for each in ahead if each.ends > now), None)
    if window is None:
        with suppress(Conflict, TooLate):
            end_series(request, by=DAYPASS, ledger=ledger, now=now)
        return False
    if window.starts > now + AHEAD:
        return False
    try:
        became = _file(series, request, window, judge, now)
    except Conflict:  # it was taken back, or another worker opens it, at this very moment
        return False
    refused = "because" in became
    latest = ledger.find(Schedule, series.id)
    if latest.state is not Validity.OPEN or latest.opened_until > window.starts:  # ended or moved meanwhile
        return False
    moved = replace(latest, opened_until=window.starts + timedelta(seconds=1))
    told: dict[str, Detail] = {"starts": window.starts.isoformat(), **became}
    event = Event(kind=EntryKind.SERIES_MOVED, at=now, actor=DAYPASS, subject=series.id, details=told)
    with suppress(Conflict):  # another worker moved it first
        ledger.record(Fact(event=event, changes=(moved,), told=refused))
    return True


def _file(series: Schedule, first: Request, window: Window, judge: Judge, now: datetime) -> dict[str, Detail]:
    """File one window's request and let the series' approvals count on it; returns what became of it."""
    ask = replace(
        first.ask,
        wish=replace(first.ask.wish, term=window.term, recurs=None),
        series=series.id,
        key=f"series {series.id} {window.starts.isoformat()}",
    )
    try:
        request = submit(ask, judge=judge, now=now)
    except Refusal as refusal:
        log.warning("series.window_refused", grant=series.id, because=refusal.sentence)
        return {"because": refusal.sentence}
    for approval in first.approvals:
        if judge.ledger.request(request.id).state is not RequestState.PENDING:
            break
        with suppress(Refusal):
            click = Click(by=approval.by, second_factor=approval.second_factor, ahead=series)
            approve_with(request.id, click, judge=judge, now=now)
    return {"window": f"{request.id} {judge.ledger.request(request.id).state}"}
