"""
Whether those whom the rules name are there: what lint finds once the directory was asked.

An approver who has left, a group that nobody is in and a schedule that does not answer leave a rule undecided, and one
whose second account is the only one that decides never gets anything. Nothing is said of what was not found out.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import chain

from daypass.model.decision import Approvers, HandOver, RuleId, ScheduleName, Stage
from daypass.model.length import words_for_length
from daypass.model.principal import GroupName, Principal, PrincipalId, SlackGroupId
from daypass.rules.approval.quorum import certain, left, shortage
from daypass.rules.approval.stage import RuleStage
from daypass.rules.lint.overlaps import finding
from daypass.rules.rule.finding import Finding, FindingKind
from daypass.rules.rule.rule import AllowRule, Rule
from daypass.rules.rule.rulebook import RuleBook

Group = SlackGroupId | GroupName

_PUT_RIGHT = "Name somebody who is there."
_NAMED = 6
"""How many people are named in one sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Roll:
    """Those whom the rules name, as far as it was found out who they are."""

    people: Mapping[PrincipalId, Principal] = field(default_factory=dict)
    strangers: Mapping[PrincipalId, str] = field(default_factory=dict)
    """In a sentence, why an id is nobody's."""
    members: Mapping[Group, frozenset[PrincipalId]] = field(default_factory=dict)
    no_groups: Mapping[Group, str] = field(default_factory=dict)
    """In a sentence, why there is no such group."""
    silent: frozenset[ScheduleName] = frozenset()
    """Schedules that nobody has set up, or that do not answer."""
    lapse_after: timedelta | None = None
    """After so long a request is not decided any more."""
    tracker: bool = True
    """Whether tickets can be looked up."""


def lint_people(book: RuleBook, roll: Roll) -> list[Finding]:
    """Look through the rules that count, in the order of the document, and through who owns them."""
    found = list(_owners(book, roll))
    for rule in (one for one in book.rules if not one.paused):
        found += [one for one in _of(book, rule, roll) if one.kind not in rule.meant]
    return found


def unlooked(book: RuleBook) -> list[str]:
    """Say what of the names in the rules nobody was asked about; nothing where there is none."""
    rules = [rule for rule in book.rules if not rule.paused]
    lending = [rule for rule in rules if isinstance(rule, AllowRule)]
    reviewing = [rule.break_glass.reviewers for rule in lending if rule.break_glass]
    deciding = [*(rule.approvers for rule in lending), *reviewing]
    people = book.owners.people.union(*(rule.who.people for rule in rules), *(one.people for one in deciding))
    groups = {*book.owners.slack_groups, *book.owners.directory_groups}
    for who in (rule.who for rule in rules):
        groups |= {*who.slack_groups, *who.directory_groups}
    for one in deciding:
        groups |= {*one.slack_groups, *one.groups}
    schedules = schedules_of(book)
    counted = (
        (len(people), "person", "people"),
        (len(groups), "group", "groups"),
        (len(schedules), "schedule", "schedules"),
    )
    said = [f"{count} {one if count == 1 else many}" for count, one, many in counted if count]
    return [f"whether the {', '.join(said)} named here exist; --live asks the service."] if said else []


def schedules_of(book: RuleBook) -> frozenset[ScheduleName]:
    """Every schedule that the rules look at or ask."""
    rules = [rule for rule in book.rules if not rule.paused]
    asked = [step.every_source().schedules for rule in rules if isinstance(rule, AllowRule) for step in rule.stages]
    return frozenset[ScheduleName]().union(*(rule.when.on_call for rule in rules if rule.when), *asked)


def requestors(rule: Rule, roll: Roll) -> frozenset[PrincipalId]:
    """Those who may ask under a rule, as far as they are known; nobody where anyone may."""
    groups: list[Group] = [*rule.who.slack_groups, *rule.who.directory_groups]
    inside = chain.from_iterable(roll.members.get(group, frozenset()) for group in groups)
    return (rule.who.people | frozenset(inside)) - roll.strangers.keys()


def _of(book: RuleBook, rule: Rule, roll: Roll) -> Iterator[Finding]:
    def say(kind: FindingKind, sentence: str, suggestion: str = _PUT_RIGHT) -> Finding:
        return finding(book, rule, kind, f"Rule {rule.id} {sentence}", suggestion)

    who = Approvers(people=rule.who.people, slack_groups=rule.who.slack_groups, groups=rule.who.directory_groups)
    yield from (say(FindingKind.UNREACHABLE, f"speaks of {one}") for one in _missing(who, roll))
    for name in sorted(rule.when.on_call & roll.silent if rule.when else ()):
        yield say(
            FindingKind.UNREACHABLE, f"looks at the schedule {name}, and no schedule of that name answers.", _SCHEDULE
        )
    if isinstance(rule, AllowRule):
        yield from _left_out(rule, roll, say)
        yield from _deciding(rule, roll, say)


def _left_out(rule: AllowRule, roll: Roll, say: Callable[..., Finding]) -> Iterator[Finding]:
    """Find the guests who would be meant by `anyone` or by a group, and are not."""
    if rule.guests:
        return
    inside = roll.people.keys() if rule.who.anyone else requestors(rule, roll)
    guests = sorted(one for one in inside - rule.who.people if one in roll.people and roll.people[one].guest)
    if guests:
        more = [f"{len(guests) - _NAMED} more"] if len(guests) > _NAMED else []
        names = ", ".join([*guests[:_NAMED], *more])
        yield say(FindingKind.GUESTS, f"leaves out guests: {names}.", "Write “guests: true”, or name them by id.")


_SCHEDULE = "Set it up in the file of schedules; see docs/people.md."


def _deciding(rule: AllowRule, roll: Roll, say: Callable[..., Finding]) -> Iterator[Finding]:
    for one in _missing(rule.approvers, roll):
        yield say(FindingKind.NO_APPROVER, f"lets decide {one}")
    if rule.break_glass:
        yield from (
            say(FindingKind.NO_APPROVER, f"is reviewed by {one}") for one in _missing(rule.break_glass.reviewers, roll)
        )
    asked = frozenset[ScheduleName]().union(*(step.every_source().schedules for step in rule.stages))
    for name in sorted(asked & roll.silent):
        yield say(
            FindingKind.NO_APPROVER, f"asks who is on call for {name}, and no schedule of that name answers.", _SCHEDULE
        )
    if rule.ticket and not roll.tracker:
        yield say(
            FindingKind.UNREACHABLE, "wants an open ticket, and there is no tracker.", "Set DAYPASS_TICKETS_JIRA_URL."
        )
    known = [roll.people[one] for one in requestors(rule, roll) if one in roll.people]
    if known and any(step.sources.manager for step in rule.stages) and not any(one.manager for one in known):
        yield say(FindingKind.NO_APPROVER, "asks managers, and nobody's is known.", "Name them in the people file.")
    yield from _late(rule, roll, say)
    yield from _short(rule, roll, say)


def _late(rule: AllowRule, roll: Roll, say: Callable[..., Finding]) -> Iterator[Finding]:
    """Find hand-overs that never come, because the request lapses before."""
    for step in rule.stages:
        for each in step.later:
            if roll.lapse_after is not None and each.after >= roll.lapse_after:
                after, lapses = words_for_length(each.after), words_for_length(roll.lapse_after)
                sentence = f"is handed over after {after}, and a request lapses after {lapses}."
                yield say(FindingKind.NO_APPROVER, sentence, "Hand it over sooner, or set DAYPASS_RULES_LAPSE_AFTER.")


def _short(rule: AllowRule, roll: Roll, say: Callable[..., Finding]) -> Iterator[Finding]:
    """Find stages that too few people are there for: whoever asks, or for some of those who may."""
    if shortage(left(certain(rule.stages), frozenset())):
        return  # that is sure from the document alone, and said there
    if short := _lacking(rule, roll, frozenset()):
        there = {0: "nobody is", 1: "1 is"}.get(short[1], f"{short[1]} are")
        yield say(FindingKind.NO_APPROVER, f"needs {_people(short[0])} to decide, and {there} there.")
        return
    left_us = {one.id for one in roll.people.values() if not one.active}
    asking = sorted(requestors(rule, roll) - left_us)
    named = frozenset(chain.from_iterable(_here(step.everybody(), roll, frozenset()).people for step in rule.stages))
    alone = [one for one in asking if _accounts(one, roll) & named and _lacking(rule, roll, _accounts(one, roll))]
    if alone and len(alone) == len(asking) and not rule.who.anyone:
        yield say(FindingKind.SELF_APPROVAL, "never allows anything: too few people decide who are not who asks.")
        return
    # That the one who decides gets nothing themselves is meant; that their second account does is overlooked.
    overlooked = [one for one in alone if not _lacking(rule, roll, frozenset({one}))]
    if overlooked:
        more = [f"{len(overlooked) - _NAMED} more"] if len(overlooked) > _NAMED else []
        names = ", ".join([*overlooked[:_NAMED], *more])
        yield say(
            FindingKind.SELF_APPROVAL,
            f"never lends to {names}: who would decide is the same person, or answers for it.",
        )


def _lacking(rule: AllowRule, roll: Roll, asking: frozenset[PrincipalId]) -> tuple[int, int] | None:
    short = shortage([_there(step, roll, asking) for step in rule.stages if not step.every_source()])
    return (short.needed, short.named) if short else None


def _there(step: RuleStage, roll: Roll, asking: frozenset[PrincipalId]) -> Stage:
    """The stage with those who are there in place of groups, without who asks."""
    now = _here(step.approvers, roll, asking)
    return Stage(
        name=step.name,
        approvers=now,
        needed=max(1, len(now.people)) if step.needed is None else step.needed,
        later=tuple(HandOver(after=one.after, approvers=_here(one.approvers, roll, asking)) for one in step.later),
    )


def _here(approvers: Approvers, roll: Roll, asking: frozenset[PrincipalId]) -> Approvers:
    groups = frozenset[Group]((*approvers.slack_groups, *approvers.groups))
    named = approvers.people.union(*(roll.members.get(group, ()) for group in groups))
    gone = roll.strangers.keys() | {one.id for one in roll.people.values() if not one.may_decide}
    unknown = groups - roll.members.keys() - roll.no_groups.keys()
    return Approvers(people=named - gone - asking, groups=frozenset(map(GroupName, unknown)))


def _accounts(one: PrincipalId, roll: Roll) -> frozenset[PrincipalId]:
    """Every account of somebody who asks, and of who answers for them if they are a robot."""
    person = roll.people.get(one)
    if person is None:
        return frozenset({one})
    same = {other.id for other in roll.people.values() if other.is_also(person)}
    return frozenset({one} | person.same_as | person.answered_by | same)


def _missing(approvers: Approvers, roll: Roll) -> Iterator[str]:
    """Say who of these is not there, and why."""
    for one in sorted(approvers.people):
        if one in roll.strangers:
            yield f"{one}, and there is nobody: {roll.strangers[one]}"
        elif one in roll.people and not roll.people[one].active:
            yield f"{one}, whose account is deactivated."
        elif one in roll.people and roll.people[one].guest:
            yield f"{one}, who is a guest; guests never decide."
    groups: Iterable[Group] = sorted([*approvers.slack_groups, *approvers.groups])
    for group in groups:
        if group in roll.no_groups:
            yield f"the members of {group}, and there is no such group: {roll.no_groups[group]}"
        elif group in roll.members and not roll.members[group]:
            yield f"the members of {group}, and nobody is in it."


def _owners(book: RuleBook, roll: Roll) -> Iterator[Finding]:
    own = book.owners
    named = Approvers(people=own.people, slack_groups=own.slack_groups, groups=own.directory_groups)
    for one in _missing(named, roll):
        yield Finding(
            file=book.name,
            line=1,
            rule=RuleId("owners"),
            kind=FindingKind.NO_APPROVER,
            sentence=f"These rules are owned by {one}",
            suggestion=_PUT_RIGHT,
        )


def _people(count: int) -> str:
    return "1 person" if count == 1 else f"{count} different people"
