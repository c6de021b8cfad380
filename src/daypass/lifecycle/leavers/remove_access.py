"""
Take away all that somebody has who left, and stop the bots that only they answered for.

    theirs                                         what becomes of it
    live grants, and those of their bots           end (so do the links to them)
    requests that wait, and those of their bots    are cancelled
    schedules                                      open no more windows
    approvals in advance, given by or to them      do not count any more
    logins, and those of their agents              end
    absence, break-glass codes, passkeys,
    one-time addresses                             are closed
    approvals they gave for what has not begun     are judged again when it begins (reconcile/start_check.py)

It may be repeated, and may be cut off anywhere: the next time does the rest.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from daypass.lifecycle import login
from daypass.lifecycle.cancel import cancel_for
from daypass.lifecycle.counts import guard
from daypass.lifecycle.end.end_early import finish
from daypass.lifecycle.preapprovals import of_somebody
from daypass.lifecycle.schedules.series import end_series
from daypass.model.absence import Absence
from daypass.model.bot import Bot
from daypass.model.break_glass import SealedCode
from daypass.model.errors import Conflict, NotFound, TooLate
from daypass.model.event import Detail, EntryKind, Event
from daypass.model.fact import Change, Fact
from daypass.model.grant import Ending, GrantState, Why
from daypass.model.passkey import OneTimeLink, Passkey
from daypass.model.principal import DAYPASS, PrincipalId
from daypass.model.record import Validity
from daypass.model.request import RequestState
from daypass.model.schedule import Schedule
from daypass.ports import Ledger, Logins

_LIVE = (GrantState.APPROVED, GrantState.ACTIVE)
_OPEN = (Validity.OPEN,)


def take_away(who: PrincipalId, *, ledger: Ledger, logins: Logins, now: datetime) -> Mapping[str, int]:
    """End it all; returns how much there was of each sort, for the journal."""
    theirs = [who, *(robot.id for robot in ledger.all(Bot, owner=who, states=_OPEN))]
    return {
        "grants": sum(_end_grants(one, who, ledger, now) for one in theirs),
        "requests": _cancel(frozenset(theirs), ledger, now),
        "schedules": sum(_end_series(one, ledger, now) for one in theirs),
        "preapprovals": _close_permits(who, ledger, now),
        "logins": login.end_all(by=who, actor=DAYPASS, logins=logins, ledger=ledger, now=now),
        "other": _close_absence(who, ledger, now) + _close_rest(who, ledger, now),
    }


def _end_grants(one: PrincipalId, who: PrincipalId, ledger: Ledger, now: datetime) -> int:
    note = "" if one == who else f"{who}, who answered for it, left."
    count = 0
    for grant in ledger.grants(principal=one, states=_LIVE):
        with suppress(TooLate):
            finish(grant.id, Ending(why=Why.LEFT, by=DAYPASS, at=now, note=note), ledger=ledger)
            count += 1
    return count


def _cancel(theirs: frozenset[PrincipalId], ledger: Ledger, now: datetime) -> int:
    count = 0
    for request in ledger.requests(states=(RequestState.PENDING,)):
        if not theirs.isdisjoint({request.requestor, request.principal}):
            with suppress(TooLate):
                cancel_for(request, by=DAYPASS, ledger=ledger, now=now)
                count += 1
    return count


def _end_series(one: PrincipalId, ledger: Ledger, now: datetime) -> int:
    count = 0
    for series in ledger.all(Schedule, owner=one, states=_OPEN):
        with suppress(TooLate, Conflict):
            end_series(ledger.request(series.id), by=DAYPASS, ledger=ledger, now=now)
            count += 1
    return count


def _close_permits(who: PrincipalId, ledger: Ledger, now: datetime) -> int:
    count = 0
    for permit in of_somebody(who, ledger=ledger, states=_OPEN):
        event = Event(
            kind=EntryKind.PERMIT_WITHDRAWN,
            at=now,
            actor=DAYPASS,
            subject=permit.id,
            details={"to": permit.principal, "by": permit.by, "because": f"{who} left"},
        )
        with suppress(Conflict):
            ledger.record(Fact(event=event, changes=(replace(permit, state=Validity.CLOSED),)))
            count += 1
    return count


def _close_absence(who: PrincipalId, ledger: Ledger, now: datetime) -> int:
    """End an absence, and with it what a delegate decides in their stead: the delegate is told."""
    with suppress(NotFound, Conflict):
        absence = ledger.find(Absence, who)
        if absence.state is Validity.OPEN:
            told: dict[str, Detail] = {"principal": who, "delegate": absence.delegate, "because": "left"}
            event = Event(kind=EntryKind.ABSENCE_ENDED, at=now, actor=DAYPASS, details=told)
            lets_decide = absence.delegate is not None and now < absence.until
            ledger.record(Fact(event=event, changes=(replace(absence, state=Validity.CLOSED),), told=lets_decide))
            return 1
    return 0


def _close_rest(who: PrincipalId, ledger: Ledger, now: datetime) -> int:
    """Close what only they could have used. One commit: the entry that says why is the departure's own."""
    rest: list[Change] = []
    rest += [replace(one, state=Validity.CLOSED) for one in ledger.all(SealedCode, owner=who, states=_OPEN)]
    rest += [replace(one, state=Validity.CLOSED) for one in ledger.all(Passkey, owner=who, states=_OPEN)]
    rest += [replace(one, state=Validity.CLOSED) for one in ledger.all(OneTimeLink, owner=who, states=_OPEN)]
    if any(isinstance(one, Passkey) for one in rest):
        rest += [replace(guard(who, ledger=ledger, now=now), passkeys=0)]
    if rest:
        event = Event(
            kind=EntryKind.LEAVER_CLOSED, at=now, actor=DAYPASS, details={"principal": who, "count": len(rest)}
        )
        with suppress(Conflict):
            ledger.record(Fact(event=event, changes=tuple(rest), told=False))
    return len(rest)
