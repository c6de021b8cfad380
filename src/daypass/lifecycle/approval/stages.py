"""
The stages of an approval: which one a click counts in, and how far the approval has come.

An approval counts for the stage and the rule that it was given under, as long as who gave it may still decide there.
Each person counts once, in whichever account; the requestor never does. What was given in a later stage counts only if
it came after the stage before was filled, so that no stage is skipped or taken in advance; and what was given by
somebody to whom a stage is handed over, only if it had waited that long by then.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from daypass.lifecycle.idempotency import moment
from daypass.lifecycle.judge import Judged
from daypass.lifecycle.parties import as_known
from daypass.model.decision import Allowed, Approvers, RuleId, Stage
from daypass.model.errors import BadInput, NotFound, NotYours
from daypass.model.lease import Term
from daypass.model.length import words_for_length
from daypass.model.preapproval import Preapproval
from daypass.model.principal import Principal, PrincipalId
from daypass.model.record import Validity
from daypass.model.request import Approval, Recurrence, Request
from daypass.model.schedule import Schedule
from daypass.model.text import Person, text_of
from daypass.model.windows import next_window
from daypass.ports import Directory, Records


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """The stage that waits, and what was given so far."""

    stage: Stage | None
    """None when every stage is filled."""
    given: int = 0
    """How many different people have approved in that stage."""
    counted: tuple[Approval, ...] = ()
    """The approvals that count, of all stages."""

    @property
    def lacking(self) -> int:
        """How many more are needed in the stage that waits."""
        return self.stage.needed - self.given if self.stage else 0


def progress(
    decision: Allowed,
    approvals: Sequence[Approval],
    *,
    people: Mapping[PrincipalId, Principal],
    parties: Sequence[Principal],
    since: datetime,
) -> Progress:
    """
    Count the approvals, oldest first; the first stage waits `since` then, each other since the one before was filled.

    `people` are those who gave them, as the directory has them now: who is not in it does not count. `parties` are
    those who ask for or would have the access.
    """
    count = _Count(decision=decision, people=people, taken=list(parties), since=since)
    rest = list(approvals)
    for stage in decision.stages:
        given = 0
        while rest and given < stage.needed:
            given += count.take(rest.pop(0), stage)
        if given < stage.needed:
            return Progress(stage=stage, given=given, counted=tuple(count.counted))
        count.since = count.counted[-1].at
    return Progress(stage=None, counted=tuple(count.counted))


@dataclass(slots=True)
class _Count:
    """Which approvals count so far, and whose may not count (again)."""

    decision: Allowed
    people: Mapping[PrincipalId, Principal]
    taken: list[Principal]
    since: datetime
    """Since when the stage waits."""
    counted: list[Approval] = field(default_factory=list)

    def take(self, approval: Approval, stage: Stage) -> bool:
        """Count one approval for a stage, if it counts there."""
        person = self.people.get(approval.by)
        if person is None or not self._counts(approval, person, stage):
            return False
        self.taken.append(person)
        self.counted.append(approval)
        return True

    def _counts(self, approval: Approval, person: Principal, stage: Stage) -> bool:
        return (
            (approval.rule, approval.stage) == (self.decision.rule, stage.name)
            and (approval.second_factor or not self.decision.second_factor)
            and stage.open_to(approval.at - self.since).include(person)
            and not any(person.is_also(other) for other in self.taken)
        )


Ahead = Preapproval | Schedule
"""What was approved before it was asked: a permit, or a series of windows."""


class GivenAlready(NotYours):
    """Somebody approves once more what they have approved."""

    def __init__(self, given: Approval) -> None:
        how_long = f", for {words_for_length(given.length)}" if given.length else ""
        super().__init__(
            f"You have approved this already{how_long}, on {moment(given.at)}; it waits for somebody else."
        )
        self.given = given


@dataclass(frozen=True, slots=True, kw_only=True)
class Click:
    """What one approver says: allowed, for `length` or for as long as was asked."""

    by: PrincipalId
    length: timedelta | None = None
    second_factor: bool = False
    """Whether their passkey was asked and said so too."""
    ahead: Ahead | None = None
    """What it was given with in advance, and must still stand."""

    def approval(self, rule: RuleId, now: datetime) -> Approval:
        """As it is written down."""
        return Approval(
            by=self.by,
            at=now,
            rule=rule,
            length=self.length,
            second_factor=self.second_factor,
            permit=self.ahead.id if self.ahead else "",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ClickEffect:
    """What one click does to an approval: the click itself, placed in its stage, and where things stand after it."""

    approval: Approval
    before: Progress
    after: Progress
    stead: tuple[PrincipalId, ...] = ()
    """In whose stead it was given: those who are away and named the one who clicked."""

    @property
    def others(self) -> tuple[str, ...]:
        """Who approved before, of those who count."""
        return tuple(one.by for one in self.before.counted)


def place(
    request: Request,
    judged: Judged,
    approval: Approval,
    *,
    people: Mapping[PrincipalId, Principal],
    now: datetime,
) -> ClickEffect:
    """Place a click in the stage that waits. Raises NotYours when it would not count there."""
    decision, parties = judged.decision, judged.parties.all
    before = progress(decision, request.approvals, people=people, parties=parties, since=request.filed_at)
    approver = people[approval.by]
    if decision.second_factor and not approval.second_factor:
        must_include(decision.approvers, approver)
        raise NotYours("The rule wants your passkey with this approval.", field="second_factor")
    if before.stage is None:  # the rules changed since, and what was given is enough: the click is one of those who may
        must_include(decision.approvers, approver)
        return ClickEffect(approval=approval, before=before, after=before)
    _must_be_new(approver, before, people)
    must_include(before.stage.open_to(now - request.waiting_since), approver)
    placed = replace(approval, stage=before.stage.name)
    # What does not count any more is left out, so that a click of now never fills a stage before one of then.
    approvals = (*before.counted, placed)
    after = progress(decision, approvals, people=people, parties=parties, since=request.filed_at)
    if placed not in after.counted:
        raise NotYours("Your approval does not count here; somebody else has to give it.")
    return ClickEffect(approval=placed, before=before, after=after)


def term_of(request: Request, length: timedelta | None, now: datetime) -> Term:
    """
    The term as it was asked, or with the shortest length that any of the approvers chose.

    Of a request that recurs it is its next window, which nobody shortens. Raises BadInput for want of one.
    """
    if request.recurs is not None:
        return _next(request.recurs, length, now)
    chosen = [one.length for one in request.approvals if one.length is not None]
    chosen += [] if length is None else [length]
    if not chosen:
        return request.term
    return request.term.cut_to(min(chosen))


def those_who_approved(
    approvals: Sequence[Approval], directory: Directory, now: datetime
) -> dict[PrincipalId, Principal]:
    """Those who approved, as the directory has them now; not who has left it, nor who left it to a delegate."""
    known = {}
    for approval in approvals:
        with suppress(NotFound):
            person = directory.principal(approval.by)
            if delegate_of(person, directory, now) is None:
                known[approval.by] = person
    return known


def delegate_of(person: Principal, directory: Directory, now: datetime) -> PrincipalId | None:
    """Whom somebody who is away has named to decide in their stead, in this account or in another of theirs."""
    others = (as_known(one, directory) for one in sorted(person.same_as))
    away = (one.away for one in (person, *others) if one.away and one.away.at(now))
    return next((one.delegate for one in away if one.delegate), None)


def must_decide_themselves(approver: Principal, directory: Directory, now: datetime) -> None:
    """Raise NotYours for who left it to a delegate: one person's word never counts twice."""
    if delegate := delegate_of(approver, directory, now):
        said = text_of("You are away and left it to ", Person(delegate), " to decide; say that you are back first.")
        raise NotYours(said)


def in_stead(step: ClickEffect, directory: Directory, now: datetime) -> ClickEffect:
    """Say in whose stead a click is, for the journal."""
    skipped = (one.principal for one in step.before.stage.skipped) if step.before.stage else ()
    away = ((one, as_known(one, directory).away) for one in skipped)
    stead = tuple(one for one, its in away if its and its.at(now) and its.delegate == step.approval.by)
    given = replace(step.approval, instead_of=stead)
    return replace(step, approval=given, stead=stead)


def still_open(kind: type[Ahead], key: str, records: Records) -> Ahead:
    """
    Read what was approved in advance as it stands now. Raises NotYours once it was taken back.

    It is written again, unchanged, beside what it gives: so whoever takes it back at that very moment comes first or
    second, and never both it and what it gives stand.
    """
    standing = records.find(kind, key)
    if standing.state is not Validity.OPEN:
        raise NotYours("What was approved in advance was taken back since.")
    return standing


def _must_be_new(approver: Principal, before: Progress, people: Mapping[PrincipalId, Principal]) -> None:
    given = next((one for one in before.counted if approver.is_also(people[one.by])), None)
    if given is not None:
        raise GivenAlready(given)


def must_include(approvers: Approvers, approver: Principal) -> None:
    """Raise NotYours for somebody who is not among those who decide."""
    if not approvers.include(approver):
        raise NotYours("You are not among those who may decide on this request.")


def _next(recurrence: Recurrence, length: timedelta | None, now: datetime) -> Term:
    if length is not None:
        raise BadInput("A request that recurs is approved as it was asked; its windows say how long.", field="length")
    window = next_window(recurrence, now)
    if window is None:
        raise BadInput("The last of these windows is over; it has to be asked anew.", field="length")
    return window.term
