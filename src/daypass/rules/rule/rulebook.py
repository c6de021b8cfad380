"""The rule book: every rule in the order of the document, and an index that finds the few that could concern an ask."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from itertools import takewhile
from operator import or_

from daypass.model.decision import RuleId
from daypass.model.principal import Principal
from daypass.model.resource import Resource
from daypass.rules.match.patterns import Pattern
from daypass.rules.rule.examples import Case
from daypass.rules.rule.people import NOBODY, NamedPeople
from daypass.rules.rule.rule import EVERYBODY, AllowRule, GrantLimits, Rule

Bits = int
"""A set of rules: bit i for the i-th rule of the document. A thousand of them are united or intersected in 50 ns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """Which rules could concern a person, and which a place by how their patterns begin."""

    anyone: Bits
    people: Mapping[str, Bits]
    slack_groups: Mapping[str, Bits]
    directory_groups: Mapping[str, Bits]
    stems: Mapping[str, Bits]
    ordered: Sequence[str]
    """The stems, sorted."""
    lengths: Sequence[int]
    """The lengths that stems have, sorted."""

    def find(self, principal: Principal, start: str) -> Bits:
        """The rules that name this person (or a group of theirs, or anyone) and could match what begins so."""
        return self.naming(principal) & self._at(start)

    def naming(self, principal: Principal) -> Bits:
        """The rules that name this person, or a group of theirs, or anyone."""
        named = reduce(or_, (self.people.get(one, 0) for one in principal.ids), self.anyone)
        for group in principal.slack_groups:
            named |= self.slack_groups.get(group, 0)
        for name in principal.groups:
            named |= self.directory_groups.get(name, 0)
        return named

    def covering(self, start: str) -> Bits:
        """The rules of which a pattern's stem begins this: no other has all that begins with it."""
        shorter = takewhile(lambda length: length <= len(start), self.lengths)
        return reduce(or_, (self.stems.get(start[:length], 0) for length in shorter), 0)

    def _at(self, start: str) -> Bits:
        """A pattern can only match when its stem begins the name, or the name as far as it goes begins the stem."""
        found = self.covering(start)
        after = self.ordered[bisect_left(self.ordered, start) :]
        return reduce(or_, (self.stems[stem] for stem in takewhile(lambda stem: stem.startswith(start), after)), found)


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleBook:
    """The rules as they stand; `digest` is the SHA-256 (hex) of the text they were read from."""

    name: str
    digest: str
    rules: tuple[Rule, ...]
    groups: Mapping[str, NamedPeople]
    owners: NamedPeople = NOBODY
    """Who may propose and approve other rules."""
    marked: Mapping[str, tuple[Pattern, ...]] = field(default_factory=dict)
    """How sensitive places are: by the word for it."""
    limits: GrantLimits = EVERYBODY
    cases: tuple[Case, ...] = ()
    """The examples that the document keeps."""
    index: Index = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "index", build_index(self.rules))

    def names(self, rule: RuleId, resource: Resource) -> bool:
        """Whether a pattern of this rule is the resource itself, and no wildcard that takes it in."""
        patterns = (
            one for each in self.rules if isinstance(each, AllowRule) and each.id == rule for one in each.places
        )
        return any(one.tail is None and one.contains(resource) for one in patterns)

    def limits_under(self, rule: RuleId) -> GrantLimits:
        """How much one person may have at a time when this rule decides: a rule may raise it, and never lowers it."""
        raised = next((one.limits for one in self.rules if isinstance(one, AllowRule) and one.id == rule), None)
        return self.limits.raised(raised)

    def covering(self, rule: Rule) -> list[tuple[int, Rule]]:
        """Those that could have all of a pattern of this rule, itself among them, each with its position."""
        bits = reduce(or_, (self.index.covering(place.stem) for place in rule.places), 0)
        found = []
        while bits:
            at = (bits & -bits).bit_length() - 1
            found.append((at, self.rules[at]))
            bits &= bits - 1
        return found

    def concerning(self, principal: Principal, start: str) -> Iterator[Rule]:
        """
        Go, in the order of the document, through the rules that name this person and could match there.

        `start` is how the `bucket/key` in question begins. Some of these rules may turn out not to match.
        """
        found = self.index.find(principal, start)
        while found:
            lowest = found & -found
            yield self.rules[lowest.bit_length() - 1]
            found ^= lowest


def build_index(rules: Sequence[Rule]) -> Index:
    """Sort the rules into an index, in which those that are paused are found by nothing."""
    heard = [(position, rule.who) for position, rule in enumerate(rules) if not rule.paused]
    stems = _sorted((position, {pattern.stem for pattern in rule.places}) for position, rule in enumerate(rules))
    return Index(
        anyone=sum(1 << position for position, who in heard if who.anyone),
        people=_sorted((position, who.people) for position, who in heard),
        slack_groups=_sorted((position, who.slack_groups) for position, who in heard),
        directory_groups=_sorted((position, who.directory_groups) for position, who in heard),
        stems=stems,
        ordered=sorted(stems),
        lengths=sorted({len(stem) for stem in stems}),
    )


def _sorted(entries: Iterable[tuple[int, Iterable[str]]]) -> Mapping[str, Bits]:
    found: dict[str, Bits] = {}
    for position, keys in entries:
        for key in keys:
            found[key] = found.get(key, 0) | 1 << position
    return found
