"""
Decide on a request. Everything is asked again at the click: the rules, the approver's right, the request's state.

A click that changes nothing (the second one, the replayed one, the requestor's own, that of somebody who may no longer
decide) is refused with the reason, and the journal keeps that it was tried.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeVar

from daypass.lifecycle.approval.stages import (
    Ahead,
    Click,
    ClickEffect,
    GivenAlready,
    in_stead,
    must_decide_themselves,
    place,
    still_open,
    term_of,
    those_who_approved,
)
from daypass.lifecycle.approval.too_late import decided_already
from daypass.lifecycle.ceilings import room_to_have
from daypass.lifecycle.end.extensions import must_go_on
from daypass.lifecycle.end.permissions import Enders
from daypass.lifecycle.evaluation import must_be_read
from daypass.lifecycle.freezes.gate import must_not_be_frozen
from daypass.lifecycle.idempotency import approved_so, denied_so, must_say_no_other_reason
from daypass.lifecycle.judge import Judge, Judged
from daypass.lifecycle.parties import Parties
from daypass.lifecycle.retries import tries
from daypass.lifecycle.rule_changes.shadow import compare
from daypass.lifecycle.schedules.series import series_of
from daypass.model.decision import Allowed, RuleId
from daypass.model.errors import BadInput, Conflict, NotYours, Refusal, Unavailable
from daypass.model.event import Detail, EntryKind, Event
from daypass.model.fact import Change, Fact
from daypass.model.grant import Grant, GrantId
from daypass.model.principal import Principal, PrincipalId
from daypass.model.request import Approval, Ask, Request, RequestState
from daypass.ports import Directory, Ledger

T = TypeVar("T")


def approve(
    request_id: GrantId, *, by: PrincipalId, length: timedelta | None, judge: Judge, now: datetime
) -> Grant | None:
    """Allow a request by a click alone; see `approve_with`."""
    return approve_with(request_id, Click(by=by, length=length), judge=judge, now=now)


def approve_with(request_id: GrantId, click: Click, *, judge: Judge, now: datetime) -> Grant | None:
    """
    Allow a request, for the length of the click or for as long as was asked; the loop puts it into AWS.

    None while more people must allow it. Of several lengths that were chosen the shortest stands. The same approval by
    the same person again is answered as it was, and changes nothing. Raises TooLate when it was decided before
    otherwise, NotYours for who may not (now, or once more; field `second_factor` for want of the passkey), NotAllowed
    or BadInput when the rules of now do not allow it so.
    """
    judge, ledger = judge.at_once(), judge.ledger

    def again(request: Request) -> Grant | None:
        decided = request.state is RequestState.APPROVED and approved_so(request, click.by, click.length)
        return ledger.grant(request_id) if decided else None

    before = ledger.request(request_id)
    if before.state is RequestState.PENDING:
        with suppress(BadInput):  # the click itself says what is wrong with the term
            ask = before.ask.lasting(term_of(before, click.length, now))
            compare(request_id, ask, judge=judge, now=now)
    deciding = _Deciding(by=click.by, ledger=ledger, now=now)
    return deciding.settle(request_id, lambda request: _count(request, click, judge, now), again=again)


def _count(request: Request, click: Click, judge: Judge, now: datetime) -> Grant | None:
    """Let one click count on the request as it stands: an approval of several, or the last one."""
    people, ledger = judge.people, judge.ledger
    ask = request.ask.lasting(term_of(request, click.length, now))
    parties, approver = _sides(ask, click.by, people)
    freezes = must_not_be_frozen([approver], None, ledger, reader=click.by)
    judged = judge.judge(ask, now, parties=parties, becomes=request.id)
    must_decide_themselves(approver, people, now)
    beside = _standing(request, click.ahead, ledger)
    known = those_who_approved(request.approvals, people, now) | {approver.id: approver}
    must_be_read(judged.decision.approvers, known.values())
    try:
        placed = place(request, judged, click.approval(judged.decision.rule, now), people=known, now=now)
    except GivenAlready as before:
        if (before.given.by, before.given.length) == (click.by, click.length):
            return None
        raise
    step, stands = in_stead(placed, people, now), (freezes, judged.freezes)
    if step.after.stage is not None:
        ledger.record(replace(_endorsement(request, judged.decision, step, beside, now), stands=stands))
        return None
    judged = judged.counting(room_to_have(judged, ledger=ledger, now=now))
    grant = judged.grant(now)
    approved, *others = _approved(request, judged, step, (grant, *beside), now)
    ledger.record(replace(approved, stands=stands), *others)
    return grant


def deny(request_id: GrantId, *, by: PrincipalId, reason: str, enders: Enders, now: datetime) -> Request:
    """
    Turn a request down, with words for the requestor; it needs the ledger alone.

    Turned down again by the same person it is answered as before; with another reason it is refused, as the first one
    stands. Raises TooLate or NotYours.
    """
    given = Approval(by=by, at=now, rule=RuleId(""), note=reason.strip()).note

    def again(request: Request) -> Request | None:
        if request.approval is None or not denied_so(request, by):
            return None
        must_say_no_other_reason(request.approval.note, given, request.requestor)
        return request

    def turn_down(request: Request) -> Request:
        _must_be_for_others(request, by)
        if not enders.may_end_for_others(request, by, now):
            raise NotYours("You are not among those who may decide on this request.")
        denied = request.decided(RequestState.DENIED, Approval(by=by, at=now, rule=request.rule, note=reason.strip()))
        event = _event(EntryKind.REQUEST_DENIED, request, by, now, {"reason": reason.strip()})
        enders.ledger.record(Fact(event=event, changes=(denied,)))
        return denied

    return _Deciding(by=by, ledger=enders.ledger, now=now).settle(request_id, turn_down, again=again)


def _must_wait(request: Request) -> None:
    if request.state is not RequestState.PENDING:
        raise decided_already(request)


def _sides(ask: Ask, by: PrincipalId, directory: Directory) -> tuple[Parties, Principal]:
    """Those who ask and the one who decides, as they are now: different people, all in the house."""
    parties, approver = Parties.of(ask, directory), directory.principal(by)
    parties.refuse(approver)
    return parties, approver


def _must_be_for_others(request: Request, by: PrincipalId) -> None:
    """Turning down is for those who decide; whoever asked takes their request back instead, and that always works."""
    if by == request.requestor:
        raise NotYours("Nobody decides on their own request; take it back with `cancel`.")
    if by == request.principal:
        raise NotYours("This would be your own access; a colleague has to decide.")


def _standing(request: Request, ahead: Ahead | None, ledger: Ledger) -> tuple[Change, ...]:
    """What must stand at the moment of the approval: what it was given with, and what it prolongs."""
    given = (still_open(type(ahead), ahead.key, ledger),) if ahead else ()
    return (*given, must_go_on(request.extends, ledger)) if request.extends else given


def _approved(
    request: Request, judged: Judged, step: ClickEffect, changes: tuple[Grant, *tuple[Change, ...]], now: datetime
) -> tuple[Fact, ...]:
    """The last approval that was needed: the request is decided, and the grant exists, the first of the changes."""
    grant = changes[0]
    given = replace(request, approvals=(*request.approvals, step.approval), ticket=judged.decision.ticket)
    approved = given.decided(RequestState.APPROVED, step.approval)
    event = _event(
        EntryKind.REQUEST_APPROVED, request, step.approval.by, now, _told(step, grant, request) | {"with": step.others}
    )
    return Fact(event=event, changes=(approved, *changes, *judged.tallies)), *series_of(approved, grant, now)


def _endorsement(
    request: Request, decision: Allowed, step: ClickEffect, beside: tuple[Change, ...], now: datetime
) -> Fact:
    """One approval of several: the request still waits, perhaps for the people of the next stage."""
    stage = step.after.stage
    assert stage is not None  # noqa: S101 - asked by the caller
    moved = step.before.stage is None or stage.name != step.before.stage.name
    endorsed = replace(
        request.under(decision, stage),
        approvals=(*request.approvals, step.approval),
        stage_since=now if moved else request.stage_since,
    )
    told: dict[str, Detail] = {
        **_said(step),
        "length_s": int(step.approval.length.total_seconds()) if step.approval.length else None,
        "waits_in": stage.name,
        "lacking": step.after.lacking,
    }
    event = _event(EntryKind.REQUEST_ENDORSED, request, step.approval.by, now, told)
    return Fact(event=event, changes=(endorsed, *beside))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Deciding:
    """One person who decides at one moment. Every refusal of theirs is journalled."""

    by: PrincipalId
    ledger: Ledger
    now: datetime

    def settle(self, request_id: GrantId, decide: Callable[[Request], T], *, again: Callable[[Request], T | None]) -> T:
        """
        Let a click have its effect on the request as it stands, once more when somebody else was first and it waits.

        A click that decided it before is answered as it was then (`again`). Raises TooLate when it was decided
        otherwise, and Unavailable when too many click at once.
        """
        request = self.ledger.request(request_id)
        with self._refusals_journalled(request):
            for _ in tries():
                if (before := again(request)) is not None:
                    return before
                _must_wait(request)
                try:
                    return decide(request)
                except Conflict:
                    request = self.ledger.request(request_id)
            _must_wait(request)
        raise Unavailable("Too many people decide on this at this moment; click again.")

    @contextmanager
    def _refusals_journalled(self, request: Request) -> Iterator[None]:
        try:
            yield
        except Refusal as refusal:
            event = _event(EntryKind.REVIEW_REFUSED, request, self.by, self.now, {"because": refusal.sentence})
            self.ledger.record(Fact(event=event, told=False))
            raise


def _told(step: ClickEffect, grant: Grant, request: Request) -> dict[str, Detail]:
    """What the journal says of the last approval. The term of what recurs is its next window's, and not all of it."""
    seldom: dict[str, Detail] = {
        "recurs": str(request.recurs) if request.recurs else None,
        "starts": grant.term.starts.isoformat() if grant.term.starts else None,
    }
    return {
        **_said(step),
        **{name: value for name, value in seldom.items() if value is not None},
        "length_s": int(grant.term.length.total_seconds()) if grant.term.length else None,
        "until": grant.term.until.isoformat() if grant.term.until else None,
        "aws": grant.aws.arn if grant.aws else None,
    }


def _said(step: ClickEffect) -> dict[str, Detail]:
    """What the journal says of every approval."""
    approval = step.approval
    told: dict[str, Detail] = {
        "rule": approval.rule,
        "stage": approval.stage,
        "second_factor": approval.second_factor,
        "permit": approval.permit or None,
    }
    return told | ({"instead_of": step.stead} if step.stead else {})


def _event(kind: EntryKind, request: Request, by: PrincipalId, now: datetime, details: dict[str, Detail]) -> Event:
    return Event(kind=kind, at=now, actor=by, subject=request.id, details=details)
