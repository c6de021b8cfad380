"""
Decide on a request. Everything is asked again at the click: the rules, the approver's right, the request's state.

A click that changes nothing (the second one, the replayed one, the requestor's own, that of somebody who may no longer
decide) is refused with the reason, and the journal keeps that it was tried.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from daypass.lifecycle.parties import Parties, as_known
from daypass.lifecycle.progress import Progress, progress
from daypass.lifecycle.weighing import as_ask, bound, deciders, weigh
from daypass.model.decision import Allowed, Approvers
from daypass.model.errors import Conflict, NotFound, NotYours, Refusal, TooLate
from daypass.model.event import Detail, Event, Kind
from daypass.model.fact import Fact
from daypass.model.grant import Grant, GrantId
from daypass.model.lease import Term
from daypass.model.principal import Principal, PrincipalId
from daypass.model.request import Approval, Ask, Request, RequestState
from daypass.ports import Directory, Ledger, Provisioner
from daypass.rules.document import RuleBook


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
    permit: GrantId | None = None,
) -> Grant | None:
    """
    Allow a request, for `length` or for as long as was asked; the loop puts it into AWS.

    `second_factor` says that the approver's passkey was asked and said so too; `permit` that this is an approval given
    in advance. None while more people must allow it. Of several lengths that were chosen the shortest stands. Raises
    TooLate when it was decided before, NotYours for who may not (now, or once more; field `second_factor` for want of
    the passkey), NotAllowed or BadInput when the rules of now do not allow it (for so long).
    """
    request = ledger.request(request_id)
    with _refusals_journalled(request, by, ledger, now), _first_come(request, ledger):
        _must_wait(request)
        ask = as_ask(request, _shortest(request, length))
        parties, approver = _sides(ask, by, directory)
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
        approval = Approval(
            by=by,
            at=now,
            rule=weighed.decision.rule,
            length=length,
            second_factor=second_factor,
            permit=permit or "",
        )
        people = _as_known(request.approvals, directory) | {approver.id: approver}
        step = _step(request, weighed.decision, approval, people=people, parties=parties.all, now=now)
        if step.after.stage is not None:
            ledger.record(_endorsement(request, weighed.decision, step, now))
            return None
        grant = bound(weighed.draft, now)
        told = _told(step.approval, grant) | {"with": step.others}
        approved = replace(request, approvals=(*request.approvals, step.approval), ticket=weighed.decision.ticket)
        ledger.record(
            Fact(
                event=_event(Kind.REQUEST_APPROVED, request, by, now, told),
                changes=(approved.decided(RequestState.APPROVED, step.approval), grant),
            )
        )
    return grant


def deny(  # noqa: PLR0913 - who decides what and why, its three collaborators, and the moment
    request_id: GrantId,
    *,
    by: PrincipalId,
    reason: str,
    rules: RuleBook | None,
    directory: Directory,
    ledger: Ledger,
    now: datetime,
) -> Request:
    """Turn a request down, with words for the requestor. Raises TooLate or NotYours."""
    request = ledger.request(request_id)
    with _refusals_journalled(request, by, ledger, now), _first_come(request, ledger):
        _must_wait(request)
        approver = _opponent(request, by, directory)
        _must_include(deciders(request, rules=rules, directory=directory, ledger=ledger, now=now), approver)
        denied = request.decided(RequestState.DENIED, Approval(by=by, at=now, rule=request.rule, note=reason.strip()))
        event = _event(Kind.REQUEST_DENIED, request, by, now, {"reason": reason.strip()})
        ledger.record(Fact(event=event, changes=(denied,)))
    return denied


def outcome(request: Request) -> str:
    """Say in a sentence what became of a request."""
    approval = request.approval
    match request.state:
        case RequestState.PENDING:
            return "It waits for a decision."
        case RequestState.CANCELLED:
            return "It was cancelled by the one who asked."
        case RequestState.LAPSED:
            return "Nobody decided in time, so it lapsed; ask again."
        case RequestState.APPROVED | RequestState.DENIED:
            who = f"<@{approval.by}>" if approval and approval.by.startswith(("U", "W")) else "a rule"
            return f"It was {request.state} by {who} already."


def _must_wait(request: Request) -> None:
    if request.state is not RequestState.PENDING:
        raise TooLate(outcome(request))


def _sides(ask: Ask, by: PrincipalId, directory: Directory) -> tuple[Parties, Principal]:
    """Those who ask and the one who decides, as they are now: different people, all in the house."""
    parties, approver = Parties.of(ask, directory), directory.principal(by)
    parties.refuse(approver)
    return parties, approver


def _opponent(request: Request, by: PrincipalId, directory: Directory) -> Principal:
    """The one who says no, who is none of those who ask; whether these are still in the house does not matter."""
    approver = directory.principal(by)
    ask = as_ask(request)
    sides = {one: as_known(one, directory) for one in (ask.requestor, request.principal)}
    Parties(asker=sides[ask.requestor], principal=sides[request.principal]).refuse(approver)
    return approver


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """What one click does to an approval: the click itself, placed in its stage, and where things stand after it."""

    approval: Approval
    before: Progress
    after: Progress

    @property
    def others(self) -> tuple[str, ...]:
        """Who approved before, of those who count."""
        return tuple(one.by for one in self.before.counted)


def _step(  # noqa: PLR0913 - a click, what it is judged by, and the moment
    request: Request,
    decision: Allowed,
    approval: Approval,
    *,
    people: Mapping[PrincipalId, Principal],
    parties: tuple[Principal, ...],
    now: datetime,
) -> _Step:
    """Place a click in the stage that waits. Raises NotYours when it would not count there."""
    before = progress(decision, request.approvals, people=people, parties=parties)
    approver = people[approval.by]
    if decision.second_factor and not approval.second_factor:
        _must_include(decision.approvers, approver)
        raise NotYours("The rule wants your passkey with this approval.", field="second_factor")
    if before.stage is None:  # the rules changed since, and what was given is enough: the click is one of those who may
        _must_include(decision.approvers, approver)
        return _Step(approval=approval, before=before, after=before)
    _must_be_new(approver, before, people)
    _must_include(before.stage.open_to(now - request.waiting_since), approver)
    placed = replace(approval, stage=before.stage.name)
    # What does not count any more is left out, so that a click of now never fills a stage before one of then.
    after = progress(decision, (*before.counted, placed), people=people, parties=parties)
    if placed not in after.counted:
        raise NotYours("Your approval does not count here; somebody else has to give it.")
    return _Step(approval=placed, before=before, after=after)


def _endorsement(request: Request, decision: Allowed, step: _Step, now: datetime) -> Fact:
    """One approval of several: the request still waits, perhaps for the people of the next stage."""
    stage = step.after.stage
    assert stage is not None  # noqa: S101 - asked by the caller
    moved = step.before.stage is None or stage.name != step.before.stage.name
    endorsed = replace(
        request,
        approvals=(*request.approvals, step.approval),
        stages=decision.stages,
        waits_in=stage.name,
        approvers=decision.approvers,
        rule=decision.rule,
        longest=decision.longest,
        second_factor=decision.second_factor,
        channel=decision.channel,
        ticket=decision.ticket,
        stage_since=now if moved else request.stage_since,
    )
    told: dict[str, Detail] = {
        **_said(step.approval),
        "length_s": int(step.approval.length.total_seconds()) if step.approval.length else None,
        "waits_in": stage.name,
        "lacking": step.after.lacking,
    }
    event = _event(Kind.REQUEST_ENDORSED, request, step.approval.by, now, told)
    return Fact(event=event, changes=(endorsed,))


def _shortest(request: Request, length: timedelta | None) -> Term:
    """The term as it was asked, or with the shortest length that any of the approvers chose."""
    chosen = [one.length for one in request.approvals if one.length is not None]
    chosen += [] if length is None else [length]
    if not chosen:
        return request.term
    return request.term.cut_to(min(chosen))


def _as_known(approvals: Sequence[Approval], directory: Directory) -> dict[PrincipalId, Principal]:
    """Those who approved, as the directory has them now; who has left it is not among them."""
    known = {}
    for approval in approvals:
        with suppress(NotFound):
            known[approval.by] = directory.principal(approval.by)
    return known


def _must_be_new(approver: Principal, before: Progress, people: Mapping[PrincipalId, Principal]) -> None:
    if any(approver.is_also(people[one.by]) for one in before.counted):
        raise NotYours("You have approved this already; it waits for somebody else.")


def _must_include(approvers: Approvers, approver: Principal) -> None:
    if not approvers.include(approver):
        raise NotYours("You are not among those who may decide on this request.")


@contextmanager
def _first_come(request: Request, ledger: Ledger) -> Iterator[None]:
    """Whoever commits second is told what the first one decided."""
    try:
        yield
    except Conflict:
        raise TooLate(outcome(ledger.request(request.id))) from None


@contextmanager
def _refusals_journalled(request: Request, by: PrincipalId, ledger: Ledger, now: datetime) -> Iterator[None]:
    try:
        yield
    except Refusal as refusal:
        event = _event(Kind.REVIEW_REFUSED, request, by, now, {"because": refusal.sentence})
        ledger.record(Fact(event=event, told=False))
        raise


def _told(approval: Approval, grant: Grant) -> dict[str, Detail]:
    return {
        **_said(approval),
        "length_s": int(grant.term.length.total_seconds()) if grant.term.length else None,
        "until": grant.term.until.isoformat() if grant.term.until else None,
        "aws": grant.aws.arn if grant.aws else None,
    }


def _said(approval: Approval) -> dict[str, Detail]:
    """What the journal says of every approval."""
    return {
        "rule": approval.rule,
        "stage": approval.stage,
        "second_factor": approval.second_factor,
        "permit": approval.permit or None,
    }


def _event(kind: Kind, request: Request, by: PrincipalId, now: datetime, details: dict[str, Detail]) -> Event:
    return Event(kind=kind, at=now, actor=by, subject=request.id, details=details)
