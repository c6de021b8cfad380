"""
Judge a grant again when it begins: the rules of now, the people of now, and the approvals that it was given.

Whether an approval counts is asked of the rules and of the directory as they are now: somebody who has left, who was
taken out of the group, or who has come to the asking side gave it for nothing. Only absences are left as they were at
the click: an approver who is on holiday today was there when they approved, and their delegate acted for them.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from daypass.lifecycle.approval.stages import progress
from daypass.lifecycle.end.permissions import whose
from daypass.lifecycle.evaluation import must_be_read
from daypass.lifecycle.freezes.gate import must_not_be_frozen
from daypass.lifecycle.judge import Judge
from daypass.lifecycle.leavers.notice import is_leaving
from daypass.lifecycle.parties import Parties
from daypass.model.decision import Allowed, Circumstances, Denied
from daypass.model.errors import NotAllowed, NotFound, Unavailable
from daypass.model.freeze import Freezes
from daypass.model.grant import Grant
from daypass.model.principal import Away, Principal, PrincipalId
from daypass.model.request import Approval, Request
from daypass.model.text import Person, listed, text_of
from daypass.resources.registry import kind_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Clearing:
    """Asks the judge again for what is about to begin (ports.Clearance)."""

    judge: Judge

    def must_not_be_frozen(self, grant: Grant) -> Freezes:
        """Raise NotAllowed when it is frozen by now: asks nobody but the ledger, whatever else is down."""
        request = self.judge.ledger.request(grant.id)
        ids = (request.requestor, request.principal)
        people = [self.judge.people.last_known(one) or one for one in ids]
        return must_not_be_frozen(people, grant.entitlement.resource, self.judge.ledger)

    def must_not_be_leaving(self, grant: Grant) -> None:
        """Raise Unavailable while a departure of its people is noticed and not settled: asks nobody but the ledger."""
        for one in whose(self.judge.ledger.request(grant.id), self.judge.ledger):
            if is_leaving(one, self.judge.ledger):
                raise Unavailable(
                    text_of("Slack says that ", Person(one), " has left. It begins only if that turns out to be wrong.")
                )

    def may_begin(self, grant: Grant, now: datetime) -> None:
        """Check that the rules, the people and the approvals of now allow a grant. Raises as ports.Clearance says."""
        request = self.judge.ledger.request(grant.id)
        ask = request.ask.lasting(grant.term)
        parties = Parties.of(ask, self.judge.people)
        must_not_be_frozen(parties.all, ask.wish.entitlement.resource, self.judge.ledger)
        seen = self.judge.evaluate(ask, now, parties=parties, itself=grant.id)
        decision = seen.given(_as_at_the_click(seen.around, request.approvals)).decide()
        known = seen.complete
        if isinstance(decision, Denied):
            known = known and not decision.lacking
            raise NotAllowed(decision.sentence, field=decision.field) if known else _not_known()
        if not self._is_approved(request, decision, parties):
            raise _no_longer(request) if known else _not_known()
        if kind_of(grant.entitlement.resource).assumed:  # what it can do may have changed since
            self.judge.rehearse(grant.leased(grant.term.lease(now)), decision, seen)

    def _is_approved(self, request: Request, decision: Allowed, parties: Parties) -> bool:
        people = self._approvers(request.approvals)
        must_be_read(decision.approvers, people.values())
        counted = progress(decision, request.approvals, people=people, parties=parties.all, since=request.filed_at)
        return counted.stage is None

    def _approvers(self, approvals: tuple[Approval, ...]) -> dict[PrincipalId, Principal]:
        """Those who approved, as the directory has them now. Raises Unavailable."""
        found = {}
        for one in {approval.by for approval in approvals}:
            try:
                found[one] = self.judge.people.principal(one)
            except NotFound:
                continue
        return found


def _as_at_the_click(around: Circumstances, approvals: tuple[Approval, ...]) -> Circumstances:
    """The people as they are now, but for who was there and who acted for whom: that is as it was at each click."""
    people = dict(around.people)
    for approval in approvals:
        if approval.by in people:
            people[approval.by] = replace(people[approval.by], away=None)
    for approval in approvals:
        for one in approval.instead_of:
            if one in people:
                people[one] = replace(people[one], away=Away(delegate=approval.by))
    return replace(around, people=people)


def _no_longer(request: Request) -> NotAllowed:
    people = dict.fromkeys(one.by for one in request.approvals)
    names = listed(tuple(people)) or "a rule"
    why = ", which does not count any more under the rules and people of now. Ask again."
    return NotAllowed(text_of("It was approved by ", names, why), field="person")


def _not_known() -> Unavailable:
    return Unavailable("Not everything that the rules look at could be found out, so it has not begun yet.")
