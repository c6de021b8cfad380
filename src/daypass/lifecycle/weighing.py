"""
Ask the one question behind asking, approving and taking away: what the rules say now, and who may decide.

Every verb asks it afresh. What was true when a request was filed, or what a message in Slack shows, decides nothing.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from daypass.model.decision import Allowed, Approvers, Denied, Question
from daypass.model.errors import BadInput, NotAllowed
from daypass.model.grant import Grant, GrantId
from daypass.model.lease import Term
from daypass.model.principal import Principal
from daypass.model.request import Ask, Request
from daypass.ports import Provisioner, Rehearsal
from daypass.rules.decide import decide
from daypass.rules.document import RuleBook


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """An ask the rules allow: under which rule, for what term, as which grant, with what in AWS."""

    decision: Allowed
    term: Term
    draft: Grant
    rehearsal: Rehearsal


def weigh(  # noqa: PLR0913 - an ask, the two who judge it, and the moment
    ask: Ask, principal: Principal, *, grant_id: GrantId, rules: RuleBook, provisioner: Provisioner, now: datetime
) -> Weighed:
    """
    Judge an ask by the rules and rehearse its provisioning. Raises NotAllowed or BadInput.

    Nothing is written anywhere. The term is the ask's own, or the deciding rule's default.
    """
    decision = judge(ask, principal, rules=rules, now=now)
    term = ask.term or Term(length=decision.default)
    draft = Grant(
        id=grant_id,
        principal=principal.id,
        entitlement=ask.entitlement,
        delivery=ask.delivery,
        term=term,
        approved_at=now,
        aws=principal.aws,
        extends=ask.extends,
    )
    rehearsal = provisioner.rehearse(draft.leased(term.lease(now)))
    return Weighed(decision=decision, term=term, draft=draft, rehearsal=rehearsal)


def judge(ask: Ask, principal: Principal, *, rules: RuleBook, now: datetime) -> Allowed:
    """Ask the rules alone. Raises NotAllowed, or BadInput for a term that would be over already."""
    if not principal.active:
        raise NotAllowed(f"{principal.name} is deactivated in Slack and cannot have anything.")
    match decide(rules, _question(ask, principal, now)):
        case Denied(sentence=sentence, field=field):
            raise NotAllowed(sentence, field=field)
        case allowed:
            return allowed


def deciders(request: Request, requestor: Principal, *, rules: RuleBook | None, now: datetime) -> Approvers:
    """
    Who may turn this request down or take its grant away: the deciders under the rules of now.

    When the rules of now do not allow it at all, or cannot be read (None), those who were asked at the time may still
    say no: a slip in the rules must never stand in the way of taking access away.
    """
    if rules is None:
        return request.approvers
    try:
        return judge(as_ask(request), requestor, rules=rules, now=now).approvers
    except (NotAllowed, BadInput):
        return request.approvers


def as_ask(request: Request, term: Term | None = None) -> Ask:
    """Put a request to the rules again, perhaps with the length an approver chose."""
    return Ask(
        requestor=request.requestor,
        entitlement=request.entitlement,
        term=term or request.term,
        delivery=request.delivery,
        reason=request.reason,
        extends=request.extends,
    )


def bound(draft: Grant, now: datetime) -> Grant:
    """The grant as it is committed at an approval: its clock has not begun."""
    return replace(draft, approved_at=now, lease=None)


def _question(ask: Ask, principal: Principal, now: datetime) -> Question:
    return Question(
        principal=principal,
        entitlement=ask.entitlement,
        length=ask.term.lease(now).length if ask.term else None,
        delivery=ask.delivery,
        reason=ask.reason.strip(),
    )
