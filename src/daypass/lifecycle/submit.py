"""Ask for access. The answer is a request that waits for a colleague, one approved at once, or a refusal."""

from dataclasses import dataclass
from datetime import datetime

from daypass.lifecycle.weighing import Weighed, bound, weigh
from daypass.model.decision import Allowed
from daypass.model.errors import BadInput, Conflict, NotFound, Refusal
from daypass.model.event import Detail, Event, Kind
from daypass.model.fact import Fact
from daypass.model.grant import GrantId, grant_id_for, new_grant_id
from daypass.model.principal import DAYPASS
from daypass.model.request import Approval, Ask, Request, RequestState
from daypass.ports import Directory, Ledger, Provisioner, Rehearsal
from daypass.rules.document import RuleBook


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What asking would do: who decides, under which rule, and what AWS would be given."""

    decision: Allowed
    request: Request
    rehearsal: Rehearsal


def submit(  # noqa: PLR0913 - an ask, its four collaborators, and the moment
    ask: Ask, *, rules: RuleBook, directory: Directory, provisioner: Provisioner, ledger: Ledger, now: datetime
) -> Request:
    """
    File a request: judged by the rules, known to fit into AWS, written down before anybody is asked.

    An ask whose key was filed before is that request, as it stands now: a replayed or repeated delivery changes
    nothing. Raises NotAllowed, BadInput or NotFound; the refusal of a well-formed ask is journalled.
    """
    grant_id = grant_id_for(f"{ask.requestor} {ask.key}") if ask.key else new_grant_id()
    if ask.key and (filed := _filed(grant_id, ask, ledger)) is not None:
        return filed
    try:
        principal = directory.principal(ask.requestor)
        weighed = weigh(ask, principal, grant_id=grant_id, rules=rules, provisioner=provisioner, now=now)
    except Refusal as refusal:
        ledger.record(_refused(ask, grant_id, refusal, now))
        raise
    request = _request(ask, weighed, now)
    try:
        ledger.record(*_facts(request, weighed, now))
    except Conflict:
        return _filed(grant_id, ask, ledger) or request
    return request


def preview(ask: Ask, *, rules: RuleBook, directory: Directory, provisioner: Provisioner, now: datetime) -> Preview:
    """Say what `submit` would do, and do nothing. Raises what `submit` would raise."""
    principal = directory.principal(ask.requestor)
    weighed = weigh(ask, principal, grant_id=new_grant_id(), rules=rules, provisioner=provisioner, now=now)
    return Preview(decision=weighed.decision, request=_request(ask, weighed, now), rehearsal=weighed.rehearsal)


def _filed(grant_id: GrantId, ask: Ask, ledger: Ledger) -> Request | None:
    """The request that this very ask became before. Raises BadInput when the key was used for something else."""
    try:
        filed = ledger.request(grant_id)
    except NotFound:
        return None
    if (filed.requestor, filed.entitlement, filed.delivery) != (ask.requestor, ask.entitlement, ask.delivery):
        raise BadInput("This key was used for another request already; use a new one.")
    return filed


def _request(ask: Ask, weighed: Weighed, now: datetime) -> Request:
    request = Request(
        id=weighed.draft.id,
        requestor=ask.requestor,
        entitlement=ask.entitlement,
        term=weighed.term,
        delivery=ask.delivery,
        reason=ask.reason.strip(),
        filed_at=now,
        rule=weighed.decision.rule,
        longest=weighed.decision.longest,
        approvers=weighed.decision.approvers,
        stages=weighed.decision.stages,
        waits_in=weighed.decision.stages[0].name if weighed.decision.stages else "",
        extends=ask.extends,
    )
    if not weighed.decision.at_once:
        return request
    return request.decided(RequestState.APPROVED, Approval(by=DAYPASS, at=now, rule=weighed.decision.rule))


def _facts(request: Request, weighed: Weighed, now: datetime) -> list[Fact]:
    filed = Event(kind=Kind.REQUEST_FILED, at=now, actor=request.requestor, subject=request.id, details=_told(request))
    if not weighed.decision.at_once:
        return [Fact(event=filed, changes=(request,))]
    approved = Event(
        kind=Kind.REQUEST_APPROVED, at=now, actor=DAYPASS, subject=request.id, details={"rule": weighed.decision.rule}
    )
    return [
        Fact(event=filed, changes=(request, bound(weighed.draft, now)), told=False),
        Fact(event=approved),
    ]


def _told(request: Request) -> dict[str, Detail]:
    return {
        "entitlement": str(request.entitlement),
        "delivery": request.delivery.value,
        "reason": request.reason,
        "rule": request.rule,
        "length_s": int(request.term.length.total_seconds()) if request.term.length else None,
        "until": request.term.until.isoformat() if request.term.until else None,
        "extends": request.extends,
    }


def _refused(ask: Ask, grant_id: GrantId, refusal: Refusal, now: datetime) -> Fact:
    details: dict[str, Detail] = {
        "entitlement": str(ask.entitlement),
        "delivery": ask.delivery.value,
        "reason": ask.reason,
        "because": refusal.sentence,
    }
    event = Event(kind=Kind.REQUEST_REFUSED, at=now, actor=ask.requestor, subject=grant_id, details=details)
    return Fact(event=event, told=False)
