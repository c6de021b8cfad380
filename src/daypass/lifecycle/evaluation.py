"""One ask put to the rules: the question, what was looked up for it, and what the rules decide."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from daypass.lifecycle.parties import Parties
from daypass.model.decision import Allowed, Approvers, Circumstances, Decision, Denied, Needs, Question
from daypass.model.errors import NotAllowed, Unavailable
from daypass.model.grant import GrantId
from daypass.model.lease import whole_second
from daypass.model.principal import Principal
from daypass.model.record import Tally
from daypass.model.request import Ask
from daypass.ports import Ledger
from daypass.rules.decide.decision import decide
from daypass.rules.evaluate.needs import needs
from daypass.rules.explain.suggestable import told
from daypass.rules.load.read import RuleBook


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """What the rules are asked, and everything that they look at besides."""

    rules: RuleBook
    question: Question
    around: Circumstances
    tallies: tuple[Tally, ...] = ()
    """What must be written with a grant that is given by this, where grants were counted for it."""

    def decide(self) -> Decision:
        """Ask the rules alone."""
        return decide(self.rules, self.question, self.around)

    def allowed(self) -> Allowed:
        """Ask the rules alone. Raises NotAllowed with what they say, Unavailable when a fact is missing now."""
        decision = self.decide()
        if isinstance(decision, Denied):
            if decision.lacking:  # an outage is no refusal
                raise Unavailable(decision.lacking)
            raise NotAllowed(told(decision, self.rules, self.question), field=decision.field)
        return decision

    def given(self, around: Circumstances) -> "Evaluation":
        """The same question under other circumstances."""
        return replace(self, around=around)

    @property
    def complete(self) -> bool:
        """Whether everything was found out that the rules look at: what is unknown for a moment is no reason."""
        needed, around = needs(self.rules, self.question), self.around
        return (
            needed.people <= around.people.keys() | around.strangers
            and needed.slack_groups <= around.slack_groups.keys()
            and needed.groups <= around.groups.keys()
            and needed.schedules <= around.on_call.keys()
            and needed.owner_tags <= around.owners.keys() | _without_owner(needed, around)
            and needed.tickets <= around.tickets.keys() | around.no_tickets
            and not (needed.tags and (around.tags is None or around.account is None))
        )


def question_of(ask: Ask, parties: Parties, ledger: Ledger, now: datetime) -> Question:
    """Put an ask as the question that the rules answer."""
    lease = ask.wish.term.lease(now) if ask.wish.term else None
    return Question(
        principal=parties.principal,
        entitlement=ask.wish.entitlement,
        length=lease.length if lease else None,
        delivery=ask.wish.delivery,
        reason=ask.wish.reason,
        asker=parties.asker if parties.asker.id != parties.principal.id else None,
        already=_already(ask.extends, ledger, lease.starts if lease else now),
        ahead=lease.starts - whole_second(now) if lease else timedelta(0),
        urgent=ask.urgent,
    )


def _already(extends: GrantId | None, ledger: Ledger, starts: datetime) -> timedelta:
    """
    How long the access that is asked to go on will have stood when its prolongation starts.

    It counts from the first grant of the chain on; one that has not begun counts nothing yet.
    """
    if extends is None:
        return timedelta(0)
    first = ledger.grant(ledger.grant(extends).chain)
    if first.lease is None:
        return timedelta(0)
    return max(timedelta(0), starts - first.lease.starts)


def _without_owner(needed: Needs, around: Circumstances) -> frozenset[str]:
    """Of which tags it is known that they name nobody, or that the bucket does not carry them."""
    missing = needed.owner_tags - around.tags.keys() if around.tags is not None else frozenset[str]()
    return missing | around.no_owners.keys()


def must_be_read(approvers: Approvers, people: Iterable[Principal]) -> None:
    """Raise Unavailable when it cannot be said now whether one of these people is in a group that decides."""
    groups = frozenset(group for one in people for group in approvers.doubts(one))
    if groups:
        named = ", ".join(sorted(groups))
        raise Unavailable(f"Slack does not say now who is in {named}, which decides on this. Try again in a moment.")
