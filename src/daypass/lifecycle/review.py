"""
Decide on a request. Everything is asked again at the click: the rules, the approver's right, the request's state.

A click that changes nothing (the second one, the replayed one, the requestor's own, that of somebody who may no longer
decide) is refused with the reason, and the journal keeps that it was tried.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar

from daypass.lifecycle.asked import Asked
from daypass.lifecycle.ceilings import room_to_have
from daypass.lifecycle.chain import must_go_on
from daypass.lifecycle.click import (
    Ahead,
    GivenAlready,
    Step,
    in_stead,
    must_decide_themselves,
    place,
    still_open,
    term_of,
    those_who_approved,
)
from daypass.lifecycle.decided import decided_already
from daypass.lifecycle.enders import may_end_for_others
from daypass.lifecycle.frozen import must_not_be_frozen
from daypass.lifecycle.parties import Parties
from daypass.lifecycle.recurring import series_of
from daypass.lifecycle.repeated import approved_so, denied_so, must_say_no_other_reason
from daypass.lifecycle.ruling.shadow import compare
from daypass.lifecycle.tries import tries
from daypass.lifecycle.weighing import Weighed, as_ask, bound, must_be_read, weigh
from daypass.model.decision import Allowed, RuleId
from daypass.model.errors import BadInput, Conflict, NotYours, Refusal, Unavailable
from daypass.model.event import Detail, Event, Kind
from daypass.model.fact import Change, Fact
from daypass.model.grant import Grant, GrantId
from daypass.model.principal import Principal, PrincipalId
from daypass.model.request import Approval, Ask, Request, RequestState
from daypass.ports import Directory, Ledger, Provisioner
from daypass.rules.document import RuleBook

T = TypeVar("T")


def approve(  # noqa: PLR0913 - who decides what, its four collaborators, and the moment
    request_id: GrantId,
    *,
    by: PrincipalId,
    length: timedelta | None,
    rules: RuleBook,
    directory: Directory,
    provisioner: Provisioner,
    ledger: Ledger,
    now: datetime,
    second_factor: bool = False,
    ahead: Ahead | None = None,
) -> Grant | None:
    """
    Allow a request, for `length` or for as long as was asked; the loop puts it into AWS.

    `second_factor` says that the approver's passkey was asked and said so too; `ahead` is what it was approved with in
    advance, and must still stand. None while more people must allow it. Of several lengths that were chosen the
    shortest stands. The same approval by the same person again is answered as it was, and changes nothing. Raises
    TooLate when it was decided before otherwise, NotYours for who may not (now, or once more; field
    `second_factor` for want of the passkey), NotAllowed or BadInput when the rules of now do not allow it so.
    """

    def again(request: Request) -> Grant | None:
        decided = request.state is RequestState.APPROVED and approved_so(request, by, length)
        return ledger.grant(request_id) if decided else None

    def click(request: Request) -> Grant | None:
        ask = as_ask(request, term_of(request, length, now))
        parties, approver = _sides(ask, by, directory)
        freezes = must_not_be_frozen([approver], None, ledger, reader=by)
        weighed = weigh(
            ask,
            parties,
            grant_id=request.id,
            rules=rules,
            directory=directory,
            provisioner=provisioner,
            ledger=ledger,
            now=now,
        )
        stands = (freezes, weighed.freezes)
        given = Approval(
            by=by,
            at=now,
            rule=weighed.decision.rule,
            length=length,
            second_factor=second_factor,
            permit=ahead.id if ahead else "",
        )
        must_decide_themselves(approver, directory, now)
        beside = _standing(request, ahead, ledger)
        people = those_who_approved(request.approvals, directory, now) | {approver.id: approver}
        must_be_read(weighed.decision.approvers, people.values())
        try:
            placed = place(request, weighed.decision, given, people=people, parties=parties.all, now=now)
        except GivenAlready as before:
            if (before.given.by, before.given.length) == (by, length):
                return None
            raise
        step = in_stead(placed, directory, now)
        if step.after.stage is not None:
            ledger.record(replace(_endorsement(request, weighed.decision, step, beside, now), stands=stands))
            return None
        most = rules.limits_under(weighed.decision.rule)
        room = room_to_have(ask, parties, most=most, ledger=ledger, now=now)
        grant, weighed = bound(weighed.draft, now), weighed.with_tallies(room)
        approved, *others = _approved(request, weighed, step, (grant, *beside), now)
        ledger.record(replace(approved, stands=stands), *others)
        return grant

    before = ledger.request(request_id)
    if before.state is RequestState.PENDING:
        with suppress(BadInput):  # the click itself says what is wrong with the term
            ask = as_ask(before, term_of(before, length, now))
            compare(request_id, ask, rules=rules, directory=directory, ledger=ledger, now=now)
    return _settle(click, request_id, by=by, again=again, ledger=ledger, now=now)


def deny(  # noqa: PLR0913 - who decides what and why, what else can be asked, the ledger, and the moment
    request_id: GrantId, *, by: PrincipalId, reason: str, asked: Asked, ledger: Ledger, now: datetime
) -> Request:
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

    def click(request: Request) -> Request:
        _must_be_for_others(request, by)
        if not may_end_for_others(request, by, asked=asked, cabinet=ledger, now=now):
            raise NotYours("You are not among those who may decide on this request.")
        denied = request.decided(RequestState.DENIED, Approval(by=by, at=now, rule=request.rule, note=reason.strip()))
        event = _event(Kind.REQUEST_DENIED, request, by, now, {"reason": reason.strip()})
        ledger.record(Fact(event=event, changes=(denied,)))
        return denied

    return _settle(click, request_id, by=by, again=again, ledger=ledger, now=now)


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
    request: Request, weighed: Weighed, step: Step, changes: tuple[Grant, *tuple[Change, ...]], now: datetime
) -> tuple[Fact, ...]:
    """The last approval that was needed: the request is decided, and the grant exists, the first of the changes."""
    grant = changes[0]
    given = replace(request, approvals=(*request.approvals, step.approval), ticket=weighed.decision.ticket)
    approved = given.decided(RequestState.APPROVED, step.approval)
    event = _event(
        Kind.REQUEST_APPROVED, request, step.approval.by, now, _told(step, grant, request) | {"with": step.others}
    )
    return Fact(event=event, changes=(approved, *changes, *weighed.matter.tallies)), *series_of(approved, grant, now)


def _endorsement(request: Request, decision: Allowed, step: Step, beside: tuple[Change, ...], now: datetime) -> Fact:
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
    event = _event(Kind.REQUEST_ENDORSED, request, step.approval.by, now, told)
    return Fact(event=event, changes=(endorsed, *beside))


def _settle(  # noqa: PLR0913 - a click, whose it is, what it was before, the ledger, and the moment
    click: Callable[[Request], T],
    request_id: GrantId,
    *,
    by: PrincipalId,
    again: Callable[[Request], T | None],
    ledger: Ledger,
    now: datetime,
) -> T:
    """
    Let a click have its effect on the request as it stands, once more when somebody else was first and it still waits.

    A click that decided it before is answered as it was then (`again`). Raises TooLate when it was decided otherwise,
    and Unavailable when too many click at once.
    """
    request = ledger.request(request_id)
    with _refusals_journalled(request, by, ledger, now):
        for _ in tries():
            if (before := again(request)) is not None:
                return before
            _must_wait(request)
            try:
                return click(request)
            except Conflict:
                request = ledger.request(request_id)
        _must_wait(request)
    raise Unavailable("Too many people decide on this at this moment; click again.")


@contextmanager
def _refusals_journalled(request: Request, by: PrincipalId, ledger: Ledger, now: datetime) -> Iterator[None]:
    try:
        yield
    except Refusal as refusal:
        event = _event(Kind.REVIEW_REFUSED, request, by, now, {"because": refusal.sentence})
        ledger.record(Fact(event=event, told=False))
        raise


def _told(step: Step, grant: Grant, request: Request) -> dict[str, Detail]:
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


def _said(step: Step) -> dict[str, Detail]:
    """What the journal says of every approval."""
    approval = step.approval
    told: dict[str, Detail] = {
        "rule": approval.rule,
        "stage": approval.stage,
        "second_factor": approval.second_factor,
        "permit": approval.permit or None,
    }
    return told | ({"instead_of": step.stead} if step.stead else {})


def _event(kind: Kind, request: Request, by: PrincipalId, now: datetime, details: dict[str, Detail]) -> Event:
    return Event(kind=kind, at=now, actor=by, subject=request.id, details=details)
