"""
Decide on a request. Everything is asked again at the click: the rules, the approver's right, the request's state.

A click that changes nothing (the second one, the replayed one, the requestor's own, that of somebody who may no longer
decide) is refused with the reason, and the journal keeps that it was tried.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from daypass.lifecycle.weighing import as_ask, bound, deciders, weigh
from daypass.model.decision import Approvers
from daypass.model.errors import Conflict, NotYours, Refusal, TooLate
from daypass.model.event import Detail, Event, Kind
from daypass.model.fact import Fact
from daypass.model.grant import Grant, GrantId
from daypass.model.principal import Principal, PrincipalId
from daypass.model.request import Approval, Request, RequestState
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
) -> Grant:
    """
    Allow a request, for `length` or for as long as was asked; the loop puts it into AWS.

    Raises TooLate when it was decided before, NotYours for who may not, NotAllowed or BadInput when the rules of now do
    not allow it (for so long).
    """
    request = ledger.request(request_id)
    with _refusals_journalled(request, by, ledger, now), _first_come(request, ledger):
        approver, requestor = _parties(request, by, directory)
        term = request.term if length is None else request.term.cut_to(length)
        ask = as_ask(request, term)
        weighed = weigh(ask, requestor, grant_id=request.id, rules=rules, provisioner=provisioner, now=now)
        _must_include(weighed.decision.approvers, approver)
        approval = Approval(by=by, at=now, rule=weighed.decision.rule, length=length)
        grant = bound(weighed.draft, now)
        ledger.record(
            Fact(
                event=_event(Kind.REQUEST_APPROVED, request, by, now, _told(approval, grant)),
                changes=(request.decided(RequestState.APPROVED, approval), grant),
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
        approver, requestor = _parties(request, by, directory)
        _must_include(deciders(request, requestor, rules=rules, now=now), approver)
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


def _parties(request: Request, by: PrincipalId, directory: Directory) -> tuple[Principal, Principal]:
    """The approver and the requestor as they are now: two people, both in the house."""
    if request.state is not RequestState.PENDING:
        raise TooLate(outcome(request))
    if by == request.requestor:
        raise NotYours("Nobody decides on their own request; a colleague has to.")
    approver, requestor = directory.principal(by), directory.principal(request.requestor)
    if approver.aws and requestor.aws and approver.aws.arn == requestor.aws.arn:
        raise NotYours("You and the requestor are the same person in AWS; a colleague has to decide.")
    return approver, requestor


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
        "rule": approval.rule,
        "length_s": int(grant.term.length.total_seconds()) if grant.term.length else None,
        "until": grant.term.until.isoformat() if grant.term.until else None,
        "aws": grant.aws.arn if grant.aws else None,
    }


def _event(kind: Kind, request: Request, by: PrincipalId, now: datetime, details: dict[str, Detail]) -> Event:
    return Event(kind=kind, at=now, actor=by, subject=request.id, details=details)
