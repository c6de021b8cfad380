"""
What other rules would mean for people: who gains, who loses, and which waiting requests would be decided otherwise.

Only rules that differ are looked at. At the edges of each (see rules/sampling/probes.py) both books are asked, once for
all people whom the rules there do not tell apart. What is told is so: there is a question that the old book answers
otherwise than the new one. Not seen is

- what only shows on a place where three or more patterns meet and no two of them do;
- what only shows between the lengths, levels and extras that the rule itself names;
- what hangs on a reason that a pattern wants and that could not be made up, on an approver being away, or on a moment
  or bucket other than those that suit the rule (see rules/sampling/scenarios.py).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import product
from operator import attrgetter
from typing import TypeVar

from daypass.model.decision import Allowed, Circumstances, Decision, Question, RuleId
from daypass.model.grant import GrantId
from daypass.model.principal import Principal, PrincipalId
from daypass.model.resource import Resource
from daypass.rules.decide.decision import decide
from daypass.rules.decide.outcome import differ, differ_for, in_short
from daypass.rules.examples.simulate import ask_in_words
from daypass.rules.load.differences import RuleChange, changed_ids, changes, other_than_rules
from daypass.rules.match.patterns import Pattern
from daypass.rules.rule.rule import AllowRule, Rule
from daypass.rules.rule.rulebook import Bits, RuleBook
from daypass.rules.sampling.probes import Probe, places, probes
from daypass.rules.sampling.scenarios import Scenario, Suit, asking, suits

MOST_PLACES, MOST_QUESTIONS = 80, 4_000
LOOKS_AT_PEOPLE, LOOKS_AT_RULES = 800_000, 300_000
"""So much is tried, or more while there are few people and rules; what is wider is sampled evenly, and said to be."""
_SHOWN = 3  # examples of what one person gains or loses


T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """What becomes different for one person: a few examples of each kind, in words."""

    person: PrincipalId
    gains: tuple[str, ...] = ()
    loses: tuple[str, ...] = ()
    otherwise: tuple[str, ...] = ()
    """What they could have before and still can, on other terms: other approvers, another default."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Redecided:
    """A waiting request that the two books do not decide alike."""

    id: GrantId
    question: Question
    old: Decision
    new: Decision

    @property
    def sentence(self) -> str:
        """Say the request and both answers."""
        return f"{self.id} ({ask_in_words(self.question)}): was {in_short(self.old)}; becomes {in_short(self.new)}."


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeEffect:
    """What putting one book in place of another does."""

    people: tuple[Shift, ...]
    """Everybody for whom anything is different, by id."""
    pending: tuple[Redecided, ...]
    rules: tuple[RuleChange, ...]
    besides: tuple[str, ...] = ()
    """What is different in the document besides its rules, in sentences."""
    lacking: tuple[str, ...] = ()
    """Who and what was not looked at, in sentences: then there may be more."""

    @property
    def alike(self) -> tuple[tuple[Shift, tuple[PrincipalId, ...]], ...]:
        """Everybody for whom anything is different, together with all for whom it is the same; most of them first."""
        found: dict[tuple[tuple[str, ...], ...], list[Shift]] = {}
        for one in self.people:
            found.setdefault((one.gains, one.loses, one.otherwise), []).append(one)
        together = sorted(found.values(), key=lambda some: (-len(some), some[0].person))
        return tuple((some[0], tuple(one.person for one in some)) for some in together)

    @property
    def gain(self) -> frozenset[PrincipalId]:
        """Who can have something that they could not."""
        return frozenset(one.person for one in self.people if one.gains)

    @property
    def lose(self) -> frozenset[PrincipalId]:
        """Who can no longer have something."""
        return frozenset(one.person for one in self.people if one.loses)

    @property
    def otherwise(self) -> frozenset[PrincipalId]:
        """For whom something is on other terms, and nothing gained or lost."""
        return frozenset(one.person for one in self.people if not (one.gains or one.loses))

    def sentence(self) -> str:
        """Say it in numbers: `12 people gain, 3 lose; 2 pending requests would be decided differently`."""
        return " ".join([self._numbers(), *self.lacking])

    def _numbers(self) -> str:
        if not (self.people or self.pending):
            nobody = "Nobody is known to gain or lose" if self.lacking else "Nobody gains or loses"
            return f"{nobody} anything, and no pending request would be decided differently."
        gain, lose = len(self.gain), len(self.lose)
        keep = "keeps" if len(self.otherwise) == 1 else "keep"
        terms = f", {len(self.otherwise)} {keep} what they have on other terms" if self.otherwise else ""
        requests = f"{len(self.pending)} pending request{'' if len(self.pending) == 1 else 's'}"
        who = f"{gain} {'person gains' if gain == 1 else 'people gain'}, {lose} {'loses' if lose == 1 else 'lose'}"
        return f"{who}{terms}; {requests} would be decided differently."


def effect(
    old: RuleBook,
    new: RuleBook,
    *,
    people: Iterable[Principal],
    pending: Iterable[tuple[GrantId, Question, Circumstances]],
    at: datetime,
) -> ChangeEffect:
    """Compare two books for these people and these requests, at one moment. See above for what is seen."""
    comparison = _Comparison(old, new, list(people), at)
    return ChangeEffect(
        people=comparison.shifts(),
        pending=tuple(_redecided(old, new, pending)),
        rules=changes(old, new),
        besides=other_than_rules(old, new),
        lacking=comparison.left_out(),
    )


def _redecided(
    old: RuleBook, new: RuleBook, pending: Iterable[tuple[GrantId, Question, Circumstances]]
) -> Iterator[Redecided]:
    for grant_id, question, around in pending:
        before, after = decide(old, question, around), decide(new, question, around)
        if differ_for(question.length, before, after):
            yield Redecided(id=grant_id, question=question, old=before, new=after)


@dataclass(slots=True)
class _Found:
    """What was found for a person so far."""

    gains: dict[str, None] = field(default_factory=dict)
    loses: dict[str, None] = field(default_factory=dict)
    otherwise: dict[str, None] = field(default_factory=dict)

    def add(self, kind: str, examples: Iterable[str]) -> None:
        """Keep examples, as long as there are few."""
        kept: dict[str, None] = getattr(self, kind)
        if len(kept) < _SHOWN:
            kept |= dict.fromkeys(examples)
            for one in list(kept)[_SHOWN:]:
                del kept[one]


@dataclass(frozen=True, slots=True, kw_only=True)
class Class:
    """People whom no rule tells apart."""

    before: Bits
    now: Bits
    """The rules of either book that name them."""
    own: str
    """The id of somebody who is a class of their own."""
    tz: str
    managed: bool


class _Comparison:
    """
    One comparison of two books, for people who are active.

    People whom no rule tells apart are one class: ten thousand people in three groups cost as much as eight.
    """

    def __init__(self, old: RuleBook, new: RuleBook, people: list[Principal], at: datetime) -> None:
        self.old, self.new, self.at = old, new, at
        self.around = Scenario.of(old, new)
        self.special = _deciders(old) | _deciders(new)
        self.classes: dict[Class, list[Principal]] = {}
        for one in (each for each in people if each.active):
            self.classes.setdefault(self._class(one), []).append(one)
        self.found: dict[Class, _Found] = {}
        self.places, self.questions, self.tried = (0, 0), 0, 0

    def shifts(self) -> tuple[Shift, ...]:
        """Probe every rule that differs, and gather what is different for each person."""
        places = list(self._places())
        self.places = len(places), min(len(places), max(MOST_PLACES, LOOKS_AT_PEOPLE // max(1, len(self.classes))))
        looks = [self._look(versions, place) for versions, place in sample(places, self.places[1])]
        self.questions = sum(len(asked) * len(alike) for asked, alike in looks)
        most = max(MOST_QUESTIONS, LOOKS_AT_RULES // max(1, len(self.old.rules) + len(self.new.rules)))
        for nth, (asked, alike) in enumerate(looks):
            each = len(asked) * len(alike) if self.questions <= most else most // len(looks)
            self._ask(asked, alike, nth, most=each)
        every = (
            Shift(person=one.id, gains=tuple(f.gains), loses=tuple(f.loses), otherwise=tuple(f.otherwise))
            for each, f in self.found.items()
            for one in self.classes[each]
        )
        return tuple(sorted(every, key=attrgetter("person")))

    def left_out(self) -> tuple[str, ...]:
        """Say that not everything was tried, where it would have been too much."""
        there, seen = self.places
        if (self.tried, seen) == (self.questions, there):
            return ()
        tried = f"{seen} of {there} places and {self.tried} of {self.questions} questions about them were tried"
        return (f"This change is too wide to try all of it: {tried}, so there may be more.",)

    def _places(self) -> Iterator[tuple[list[Rule], Resource]]:
        """The places to look at of every rule that differs, with both versions of it."""
        changed = changed_ids(self.old, self.new)
        before, now = ({rule.id: rule for rule in book.rules} for book in (self.old, self.new))
        others = list(dict.fromkeys(self._patterns(changed)))
        for one in sorted(changed):
            versions = [book[one] for book in (before, now) if one in book]
            for place in dict.fromkeys(place for rule in versions for place in places(rule, others)):
                yield versions, place

    def _patterns(self, changed: frozenset[RuleId]) -> Iterator[Pattern]:
        """Every pattern of both documents; of rules that are alike, once."""
        rules = (*self.new.rules, *(rule for rule in self.old.rules if rule.id in changed))
        yield from (pattern for rule in rules for pattern in rule.places)
        yield from (one for book in (self.old, self.new) for marked in book.marked.values() for one in marked)

    def _class(self, one: Principal) -> Class:
        """Which rules name somebody, and what tells people apart besides: who decides somewhere, clocks, managers."""
        before, now = self.old.index.naming(one), self.new.index.naming(one)
        own = one.id if one.robot or one.same_as or one.id in self.special else ""
        return Class(before=before, now=now, own=own, tz=one.tz, managed=one.manager is not None)

    def _look(self, versions: list[Rule], place: Resource) -> tuple[list[tuple[Probe, Suit]], list[list[Class]]]:
        """What to ask about one place, and the people there whom no rule that touches it tells apart, together."""
        return list(product(probes(versions, place), suits(versions, self.at))), self._alike(versions, place)

    def _ask(self, asked: Sequence[tuple[Probe, Suit]], alike: list[list[Class]], nth: int, *, most: int) -> None:
        """Ask both books. Of more questions than `most` a sample: other people at each place, then other questions."""
        turned = alike[(start := nth * most % max(1, len(alike))) :] + alike[:start]
        some = turned[:most]
        put = sample(asked, max(1, most // max(1, len(some))))
        self.tried += len(put) * len(some)
        for each in some:
            examples: dict[str, dict[str, None]] = {}
            for kind, words in self._differences(self.classes[each[0]][0], put):
                examples.setdefault(kind, {})[words] = None
            for kind, found in examples.items():
                for one in each:
                    self.found.setdefault(one, _Found()).add(kind, found)

    def _alike(self, versions: list[Rule], place: Resource) -> list[list[Class]]:
        """Put together the classes that the versions name and no rule that touches the place tells apart."""
        masks = _mask(self.old, place), _mask(self.new, place)
        own = [sum(1 << i for i, rule in enumerate(book.rules) if rule in versions) for book in (self.old, self.new)]
        together: dict[tuple[object, ...], list[Class]] = {}
        for one in self.classes:
            if one.before & own[0] or one.now & own[1]:
                here = one.before & masks[0], one.now & masks[1], one.own, one.tz, one.managed
                together.setdefault(here, []).append(one)
        return list(together.values())

    def _differences(self, one: Principal, asked: Iterable[tuple[Probe, Suit]]) -> Iterator[tuple[str, str]]:
        for probe, suit in asked:
            put, around = asking(suit, probe, one), self.around.around(suit, one)
            before, now = decide(self.old, put, around), decide(self.new, put, around)
            if differ(before, now):
                yield _kind(before, now), ask_in_words(put).partition(", ")[2]


def sample(every: Sequence[T], most: int) -> Sequence[T]:
    """All of few; of many, so many that lie evenly among them."""
    return every if len(every) <= most else [every[at * len(every) // most] for at in range(most)]


def _kind(before: Decision, now: Decision) -> str:
    if isinstance(before, Allowed) is isinstance(now, Allowed):
        return "otherwise"
    return "gains" if isinstance(now, Allowed) else "loses"


def _mask(book: RuleBook, place: Resource) -> Bits:
    """Gather the rules that touch a place."""
    return sum(1 << position for position, rule in enumerate(book.rules) if rule.overlaps(place))


def _deciders(book: RuleBook) -> frozenset[PrincipalId]:
    lending = (rule for rule in book.rules if isinstance(rule, AllowRule))
    return frozenset[PrincipalId]().union(*(rule.approvers.people for rule in lending))
