"""
Ask the one question behind asking, approving and taking away: what the rules say now, and who may decide.

Every verb asks it afresh. What was true when a request was filed, or what a message in Slack shows, decides nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from daypass.lifecycle.counting import count
from daypass.lifecycle.frozen import must_not_be_frozen
from daypass.lifecycle.parties import Parties
from daypass.model.decision import Allowed, Approvers, Circumstances, Decision, Denied, Needs, Question
from daypass.model.errors import BadInput, NotAllowed, NotFound, Unavailable
from daypass.model.freeze import Freezes
from daypass.model.grant import Grant, GrantId
from daypass.model.kept import Tally
from daypass.model.lease import Term, whole_second
from daypass.model.principal import Principal, PrincipalId
from daypass.model.request import Ask, Request
from daypass.ports import Directory, Ledger, Provisioner, Rehearsal
from daypass.rules.decide import decide
from daypass.rules.document import RuleBook
from daypass.rules.nearest_place import told
from daypass.rules.needs import needs


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """An ask the rules allow: under which rule, for what term, as which grant, with what in AWS."""

    matter: "Matter"
    decision: Allowed
    term: Term
    draft: Grant
    rehearsal: Rehearsal
    freezes: Freezes
    """Which freezes stood, and must still stand and no others when anything is given by this."""

    def with_tallies(self, room: tuple[Tally, ...]) -> "Weighed":
        """With the rows that were counted by besides; each once, as it was when it was read first."""
        every = {one.principal: one for one in (*room, *self.matter.tallies)}
        return replace(self, matter=replace(self.matter, tallies=tuple(every.values())))


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """What the rules are asked, and all that is so around it."""

    question: Question
    around: Circumstances
    tallies: tuple[Tally, ...] = ()
    """What must be written with a grant that is given by this, where grants were counted for it."""


def weigh(  # noqa: PLR0913 - an ask, the four who judge it, and the moment
    ask: Ask,
    parties: Parties,
    *,
    grant_id: GrantId,
    rules: RuleBook,
    directory: Directory,
    provisioner: Provisioner,
    ledger: Ledger,
    now: datetime,
    reader: PrincipalId | None = None,
) -> Weighed:
    """
    Judge an ask by the rules and rehearse its provisioning. Raises NotAllowed or BadInput.

    Nothing is written anywhere. The term is the ask's own, or the deciding rule's default. `reader` is who asks, where
    they read what is refused.
    """
    freezes = must_not_be_frozen(parties.all, ask.entitlement.place, ledger, reader=reader)
    seen = matter(ask, parties, rules=rules, directory=directory, ledger=ledger, now=now)
    decision = allowed(rules, seen)
    term = ask.term or Term(length=decision.default)
    draft = Grant(
        id=grant_id,
        principal=parties.principal.id,
        entitlement=ask.entitlement,
        delivery=ask.delivery,
        term=term,
        approved_at=now,
        aws=parties.principal.aws,
        extends=ask.extends,
        root=ledger.grant(ask.extends).chain if ask.extends else None,
    )
    rehearsal = provisioner.rehearse(draft.leased(term.lease(now)))
    return Weighed(matter=seen, decision=decision, term=term, draft=draft, rehearsal=rehearsal, freezes=freezes)


def matter(  # noqa: PLR0913 - an ask, the three who know of it, and the moment
    ask: Ask,
    parties: Parties,
    *,
    rules: RuleBook,
    directory: Directory,
    ledger: Ledger,
    now: datetime,
    itself: GrantId | None = None,
) -> Matter:
    """
    Put an ask as a question, with what the rules must know around it. Raises NotAllowed or BadInput.

    `itself` is the grant that the ask has become already, which does not count beside itself.
    """
    parties.must_be_active()
    question = _question(ask, parties, ledger, now)
    needed = needs(rules, question)
    starts = ask.term.lease(now).starts if ask.term else now
    around = directory.circumstances(question, needed, at=starts)
    if not needed.live_grants:
        return Matter(question=question, around=around)
    counted = count(parties.principal, extends=ask.extends, itself=itself, ledger=ledger, now=now)
    return Matter(question=question, around=replace(around, live_grants=counted.number), tallies=counted.tallies)


def all_known(rules: RuleBook, seen: Matter) -> bool:
    """Whether everything was found out that the rules look at: what is unknown for a moment is no reason."""
    needed, around = needs(rules, seen.question), seen.around
    return (
        needed.people <= around.people.keys() | around.strangers
        and needed.slack_groups <= around.slack_groups.keys()
        and needed.groups <= around.groups.keys()
        and needed.schedules <= around.on_call.keys()
        and needed.owner_tags <= around.owners.keys() | _without_owner(needed, around)
        and needed.tickets <= around.tickets.keys() | around.no_tickets
        and not (needed.tags and (around.tags is None or around.account is None))
    )


def _without_owner(needed: Needs, around: Circumstances) -> frozenset[str]:
    """Of which tags it is known that they name nobody, or that the bucket does not carry them."""
    missing = needed.owner_tags - around.tags.keys() if around.tags is not None else frozenset[str]()
    return missing | around.no_owners.keys()


def allowed(rules: RuleBook, seen: Matter) -> Allowed:
    """Ask the rules alone. Raises NotAllowed with what they say."""
    decision: Decision = decide(rules, seen.question, seen.around)
    if isinstance(decision, Denied):
        if decision.lacking:  # an outage is no refusal
            raise Unavailable(decision.lacking)
        raise NotAllowed(told(decision, rules, seen.question), field=decision.field)
    return decision


def must_be_read(approvers: Approvers, people: Iterable[Principal]) -> None:
    """Raise Unavailable when it cannot be said now whether one of these people is in a group that decides."""
    groups = frozenset(group for one in people for group in approvers.doubts(one))
    if groups:
        named = ", ".join(sorted(groups))
        raise Unavailable(f"Slack does not say now who is in {named}, which decides on this. Try again in a moment.")


def deciders(
    request: Request, *, rules: RuleBook | None, directory: Directory, ledger: Ledger, now: datetime
) -> Approvers:
    """
    Who may turn this request down or take its grant away: the deciders under the rules of now.

    When the rules of now do not allow it at all, or cannot be read (None), or who would have it has left, those who
    were asked at the time may still say no: a slip in the rules must never stand in the way of taking access away.
    """
    if rules is None:
        return request.approvers
    try:
        ask = as_ask(request)
        parties = Parties.of(ask, directory)
        seen = matter(ask, parties, rules=rules, directory=directory, ledger=ledger, now=now)
    except (NotAllowed, BadInput, NotFound):
        return request.approvers
    decision: Decision = decide(rules, seen.question, seen.around)
    if isinstance(decision, Denied):
        return request.approvers
    return decision.approvers | _passed_over(decision)


def _passed_over(decision: Allowed) -> Approvers:
    """Those whom a rule names and who are away: they are not asked, and may still take away. Who left is not active."""
    return Approvers(people=frozenset(one.principal for stage in decision.stages for one in stage.skipped))


def as_ask(request: Request, term: Term | None = None) -> Ask:
    """Put a request to the rules again, perhaps with the length an approver chose."""
    return Ask(
        requestor=request.requestor,
        entitlement=request.entitlement,
        term=term or request.term,
        delivery=request.delivery,
        reason=request.reason,
        extends=request.extends,
        beneficiary=request.beneficiary,
        urgent=request.urgent,
        recurs=request.recurs,
        series=request.series,
    )


def bound(draft: Grant, now: datetime) -> Grant:
    """The grant as it is committed at an approval: its clock has not begun."""
    return replace(draft, approved_at=now, lease=None)


def _question(ask: Ask, parties: Parties, ledger: Ledger, now: datetime) -> Question:
    lease = ask.term.lease(now) if ask.term else None
    return Question(
        principal=parties.principal,
        entitlement=ask.entitlement,
        length=lease.length if lease else None,
        delivery=ask.delivery,
        reason=ask.reason.strip(),
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
