"""Ask the directory about everybody whom the rules name, for lint: who is there, and what could not be found out."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain, islice

from daypass.lifecycle.judge import Judge
from daypass.model.decision import Needs, ScheduleName
from daypass.model.errors import DaypassError, NotFound, Unavailable
from daypass.model.principal import Principal, PrincipalId
from daypass.ports import Directory, Facts
from daypass.rules.lint.lint import lint_each
from daypass.rules.lint.people import Group, Roll, lint_people, requestors, schedules_of
from daypass.rules.rule.finding import Finding
from daypass.rules.rule.rule import AllowRule
from daypass.rules.rule.rulebook import RuleBook

LINT_LASTS = timedelta(seconds=5)
MOST_PEOPLE = 300
"""So many people are looked up at most: each may be a call to Slack."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubts:
    """Everything that is pointed out in rules, and what could not be looked at."""

    findings: tuple[Finding, ...]
    not_looked_at: tuple[str, ...]


def doubts(
    book: RuleBook, *, judge: Judge, lapse_after: timedelta, tracker: bool, clock: Callable[[], datetime]
) -> Doubts:
    """
    Look through rules, from the document alone and with everybody whom they name looked up. Raises nothing.

    From the document alone this takes five seconds at most; which rules are left then is among what was not looked at.
    """
    now = clock()
    call = _Call(judge.people)
    call.groups(book)
    schedules = schedules_of(book)
    answering = _answering(schedules, judge.facts, now)
    call.people(book)
    roll = Roll(
        people=call.known,
        strangers=call.strangers,
        members=call.members,
        no_groups=call.no_groups,
        silent=schedules - answering,
        lapse_after=lapse_after,
        tracker=tracker,
    )
    written = list(_written(book, call.unknown, clock))
    found = sorted([*written, *lint_people(book, roll)], key=lambda one: one.line)
    return Doubts(findings=tuple(dict.fromkeys(found)), not_looked_at=tuple(call.unknown))


def _written(book: RuleBook, unknown: list[str], clock: Callable[[], datetime]) -> Iterator[Finding]:
    until = clock() + LINT_LASTS
    for rule, found in lint_each(book):
        yield from found
        if clock() >= until and rule is not book.rules[-1]:
            unknown.append(f"the rules after {rule.id}: looking through all {len(book.rules):,} takes too long")
            return


class _Call:
    """Goes through the names, and keeps what is said of each."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self.known: dict[PrincipalId, Principal] = {}
        self.strangers: dict[PrincipalId, str] = {}
        self.members: dict[Group, frozenset[PrincipalId]] = {}
        self.no_groups: dict[Group, str] = {}
        self.unknown: list[str] = []

    def groups(self, book: RuleBook) -> None:
        """Look every group up."""
        for group in sorted(_groups(book)):
            try:
                self.members[group] = self._directory.members(group)
            except NotFound as nothing:
                self.no_groups[group] = nothing.sentence
            except DaypassError as error:
                self.unknown.append(f"who is in {group}: {error.sentence}")

    def people(self, book: RuleBook) -> None:
        """Look people up: those who decide first, then those who may ask."""
        named = list(dict.fromkeys(chain(_deciding(book, self.members), _asking(book, Roll(members=self.members)))))
        for one in islice(named, MOST_PEOPLE):
            try:
                self.known[one] = self._directory.principal(one)
            except NotFound as nobody:
                self.strangers[one] = nobody.sentence
            except Unavailable as error:  # nor would it answer for the others, each after a while
                self.unknown.append(f"who {one} and others are: {error.sentence}")
                return
            except DaypassError as error:
                self.unknown.append(f"who {one} is: {error.sentence}")
        if len(named) > MOST_PEOPLE:
            self.unknown.append(f"{len(named) - MOST_PEOPLE} more people; {MOST_PEOPLE} are looked up at a time.")


def _lending(book: RuleBook) -> list[AllowRule]:
    return [rule for rule in book.rules if isinstance(rule, AllowRule) and not rule.paused]


def _groups(book: RuleBook) -> set[Group]:
    found: set[Group] = {*book.owners.slack_groups, *book.owners.directory_groups}
    for rule in book.rules:
        if not rule.paused:
            found |= {*rule.who.slack_groups, *rule.who.directory_groups}
    for lends in _lending(book):
        found |= {*lends.approvers.slack_groups, *lends.approvers.groups}
        if lends.break_glass:
            found |= {*lends.break_glass.reviewers.slack_groups, *lends.break_glass.reviewers.groups}
    return found


def _deciding(book: RuleBook, members: Mapping[Group, frozenset[PrincipalId]]) -> list[PrincipalId]:
    """Everybody who decides or owns, those who are named by their ids first."""
    named, inside = set(book.owners.people), set[PrincipalId]()
    for rule in _lending(book):
        reviewers = rule.break_glass.reviewers if rule.break_glass else rule.approvers
        for these in (rule.approvers, reviewers):
            named |= these.people
            inside |= _inside([*these.slack_groups, *these.groups], members)
    return [*sorted(named), *sorted(inside - named)]


def _inside(groups: Iterable[Group], members: Mapping[Group, frozenset[PrincipalId]]) -> set[PrincipalId]:
    return {one for group in groups for one in members.get(group, frozenset())}


def _asking(book: RuleBook, roll: Roll) -> list[PrincipalId]:
    """Everybody who may ask, those who are named by their ids first."""
    counting = [rule for rule in book.rules if not rule.paused]
    named = {one for rule in counting for one in rule.who.people}
    inside = {one for rule in _lending(book) for one in requestors(rule, roll)} - named
    return [*sorted(named), *sorted(inside)]


def _answering(schedules: frozenset[ScheduleName], facts: Facts, now: datetime) -> frozenset[ScheduleName]:
    """Which schedules say who is on call now."""
    if not schedules:
        return frozenset()
    return frozenset(facts.circumstances(Needs(schedules=schedules), at=now).on_call)
