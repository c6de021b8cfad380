"""
The one judge: what the rules of now say of an ask, who may decide on it, and who may see it.

Every verb asks it again. What was true when a request was filed, or what a message in Slack shows, decides nothing.

    rules        the rules in force, read at each question
    people       who is who
    facts        on-call, tickets, tags: what rules look at besides
    ledger       what was granted before, and what is frozen
    deliveries   how access is put into AWS: rehearsed here, never carried out
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

import structlog

from daypass.lifecycle.bounded_lookups import PATIENCE_S, Soon, T, owners_of
from daypass.lifecycle.counts import count
from daypass.lifecycle.end.permissions import Enders, approved, asked_then, includes
from daypass.lifecycle.evaluation import Evaluation, question_of
from daypass.lifecycle.freezes.gate import must_not_be_frozen
from daypass.lifecycle.inventory import Inventory
from daypass.lifecycle.parties import Parties
from daypass.model.break_glass import GlassReview
from daypass.model.decision import Allowed, Approvers, Denied
from daypass.model.errors import BadInput, DaypassError, NotAllowed, NotFound, RulesUnreadable
from daypass.model.freeze import Freezes
from daypass.model.grant import Delivery, Grant, GrantId, new_grant_id
from daypass.model.lease import Term
from daypass.model.principal import Principal, PrincipalId
from daypass.model.record import Tally
from daypass.model.request import Ask, Request
from daypass.model.resource import Resource
from daypass.ports import Directory, DryRun, Facts, Ledger, Provisioner
from daypass.resources.registry import must_fit
from daypass.rules.evaluate.needs import needs
from daypass.rules.load.read import RuleBook
from daypass.rules.rule.rule import GrantLimits

_SILENT = "Who is who cannot be looked up now; it will be tried again."

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """An ask that the rules allow: what they decide, the grant it would become, and what AWS would be given."""

    ask: Ask
    decision: Allowed
    draft: Grant
    dry_run: DryRun
    evaluation: Evaluation
    parties: Parties
    tallies: tuple[Tally, ...]
    """What was counted, and must be written with whatever is given by this: each once, as it was when read first."""
    freezes: Freezes
    """Which freezes stood, and must still stand and no others when anything is given by this."""

    @property
    def limits(self) -> GrantLimits:
        """How much one person may have and ask for under the rule that decides."""
        return self.evaluation.rules.limits_under(self.decision.rule)

    def grant(self, now: datetime) -> Grant:
        """The grant as it is committed at an approval: its clock has not begun."""
        return replace(self.draft, approved_at=now, lease=None)

    def counting(self, more: tuple[Tally, ...]) -> "Judged":
        """With what was counted besides."""
        every = {one.principal: one for one in (*more, *self.tallies)}
        return replace(self, tallies=tuple(every.values()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """Answers by the rules, the people and the facts of the moment it is asked at."""

    rules: Callable[[], RuleBook]
    """Raises RulesUnreadable, and then nothing is allowed."""
    people: Directory
    facts: Facts
    ledger: Ledger
    deliveries: Mapping[Delivery, Provisioner]
    inventory: Inventory | None = None
    """Says whether what is asked for is there; without one that is not looked at."""
    soon: Soon = field(default_factory=lambda: answering_within(PATIENCE_S), repr=False)
    """For look-ups that may not hold up anybody who sees or ends something."""

    @property
    def enders(self) -> Enders:
        """Who may end something: all that a verb is given which only takes access away (ADR 0027)."""
        return Enders(ledger=self.ledger, lookups=self)

    def under(self, rules: RuleBook) -> "Judge":
        """The same judge under these rules: those of a moment, read once for a whole verb, or proposed ones."""
        return replace(self, rules=lambda: rules)

    def at_once(self) -> "Judge":
        """The same judge under the rules of this moment, read once. Raises RulesUnreadable."""
        return self.under(self.rules())

    def judge(
        self,
        ask: Ask,
        now: datetime,
        *,
        parties: Parties | None = None,
        becomes: GrantId | None = None,
        reader: PrincipalId | None = None,
    ) -> Judged:
        """
        Judge an ask by the rules and rehearse its provisioning. Raises NotAllowed, BadInput or Unavailable.

        Nothing is written anywhere. The term is the ask's own, or the deciding rule's default. `parties` are those who
        were just looked up; `becomes` is the request that this already is; `reader` is the person who asks, where they
        read what is refused.
        """
        parties = parties or Parties.of(ask, self.people)
        freezes = must_not_be_frozen(parties.all, ask.wish.entitlement.resource, self.ledger, reader=reader)
        evaluation = self.evaluate(ask, now, parties=parties)
        decision = evaluation.allowed()
        term = ask.wish.term or Term(length=decision.default)
        draft = Grant(
            id=becomes or new_grant_id(),
            principal=parties.principal.id,
            entitlement=ask.wish.entitlement,
            delivery=ask.wish.delivery,
            term=term,
            approved_at=now,
            aws=parties.principal.aws,
            extends=ask.extends,
            root=self.ledger.grant(ask.extends).chain if ask.extends else None,
        )
        must_fit(ask.wish.entitlement, ask.wish.delivery)
        return Judged(
            ask=ask,
            decision=decision,
            draft=draft,
            dry_run=self.rehearse(draft.leased(term.lease(now)), decision, evaluation),
            evaluation=evaluation,
            parties=parties,
            tallies=evaluation.tallies,
            freezes=freezes,
        )

    def rehearse(self, leased: Grant, decision: Allowed, evaluation: Evaluation) -> DryRun:
        """Rehearse a grant. Raises NotAllowed for what is guarded and not named by the rule that decides."""
        resource = leased.entitlement.resource
        dry_run = self.delivery(leased.delivery).rehearse(leased)
        if dry_run.guarded and not evaluation.rules.names(decision.rule, resource):
            raise NotAllowed(_guarded(resource, dry_run.guarded), field="resource")
        return dry_run

    def evaluate(
        self, ask: Ask, now: datetime, *, parties: Parties | None = None, itself: GrantId | None = None
    ) -> Evaluation:
        """
        Put an ask to the rules, with everything that they look at. Raises NotAllowed or BadInput.

        `itself` is the grant that the ask has become already, which does not count beside itself.
        """
        rules, parties = self.rules(), parties or Parties.of(ask, self.people)
        parties.must_be_active()
        question = question_of(ask, parties, self.ledger, now)
        needed = needs(rules, question)
        starts = ask.wish.term.lease(now).starts if ask.wish.term else now
        asking = (question.principal, *([question.asker] if question.asker else []))
        around = self.facts.circumstances(needed, at=starts, place=question.entitlement.resource, people=asking)
        if not needed.live_grants:
            return Evaluation(rules=rules, question=question, around=around)
        counted = count(parties.principal, extends=ask.extends, itself=itself, ledger=self.ledger, now=now)
        around = replace(around, live_grants=counted.number)
        return Evaluation(rules=rules, question=question, around=around, tallies=counted.tallies)

    def readable_rules(self) -> RuleBook | None:
        """The rules, or None while they cannot be read: enough for taking away, never for giving."""
        try:
            return self.rules()
        except RulesUnreadable:
            return None

    def deciders(self, request: Request, now: datetime) -> Approvers:
        """
        Who may turn this request down or take its grant away: the deciders under the rules of now.

        When these do not allow it at all, or the beneficiary has left, those who were asked at the time may still say
        no: a slip in the rules must never stand in the way of taking access away. Raises RulesUnreadable.
        """
        try:
            decision = self.evaluate(request.ask, now).decide()
        except (NotAllowed, BadInput, NotFound):
            return request.approvers
        if isinstance(decision, Denied):
            return request.approvers
        return decision.approvers | _passed_over(decision)

    def may_see(self, request: Request, viewer: Principal, now: datetime) -> bool:
        """Whether this person may see a request, its grant and its story; the one answer for every door."""
        involved = {request.requestor, request.principal} | approved(request)
        return viewer.id in involved or self.may_decide(request, viewer, now) or self._reviews(request, viewer)

    def may_decide(self, request: Request, viewer: Principal, now: datetime) -> bool:
        """Whether the rules of now name this person among those who decide. Never on their own request."""
        if viewer.id in {request.requestor, request.principal}:
            return False
        named = self.deciders_if_known(request, now)
        if named is None:  # nobody can say it now
            return includes(asked_then(request), viewer.id, self.ledger)
        return named.include(viewer)

    def person(self, principal_id: PrincipalId) -> Principal | None:
        """Somebody as the directory has them now; None when that is not known soon."""
        return self._if_known("who somebody is", lambda: self.people.principal(principal_id))

    def find(self, principal_id: PrincipalId) -> Principal:
        """Somebody as the directory has them now, soon. Raises NotFound, Unavailable, Misconfigured."""
        return self.soon(lambda: self.people.principal(principal_id))

    def deciders_if_known(self, request: Request, now: datetime) -> Approvers | None:
        """Who may decide on a request under the rules of now; None when that is not known soon."""
        return self._if_known("who may decide", lambda: self.deciders(request, now))

    def owners_if_known(self) -> Approvers | None:
        """Whom the rules of now name as their owners; None when that is not known soon."""
        return self._if_known("who owns the rules", lambda: owners_of(self.rules()))

    def delivery(self, delivery: Delivery) -> Provisioner:
        """How access is delivered so. Raises BadInput for a delivery that is not offered here."""
        if delivery not in self.deliveries:
            offered = ", ".join(sorted(self.deliveries))
            raise BadInput(f"Access is not delivered as a {delivery} here; there are {offered}.", field="delivery")
        return self.deliveries[delivery]

    def _reviews(self, request: Request, viewer: Principal) -> bool:
        if not request.urgent:
            return False
        try:
            return self.ledger.find(GlassReview, request.id).reviewers.include(viewer)
        except NotFound:
            return False

    def _if_known(self, what: str, look_up: Callable[[], T]) -> T | None:
        try:
            return self.soon(look_up)
        except DaypassError as error:
            log.info("lookup.failed", lacking=what, because=error.report)
            return None


def answering_within(patience_s: float) -> Soon:
    """What waits so long for who somebody is."""
    return Soon(patience_s=patience_s, name="ask-now", silent=_SILENT)


def _guarded(resource: Resource, why: str) -> str:
    return f"Denied: {resource} is granted only by a rule that names it exactly (on: [{resource}]), because {why}."


def _passed_over(decision: Allowed) -> Approvers:
    """Those whom a rule names and who are away: they are not asked, and may still take away. Who left is not active."""
    return Approvers(people=frozenset(one.principal for stage in decision.stages for one in stage.skipped))
