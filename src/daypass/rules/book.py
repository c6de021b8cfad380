"""The rule book: every rule in the order of the document, and an index that finds the few that could concern an ask."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import reduce
from operator import or_

from daypass.model.principal import Principal
from daypass.rules.people import People
from daypass.rules.rule import Rule

Bits = int
"""A set of rules: bit i for the i-th rule of the document. A thousand of them are united or intersected in 50 ns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """Which rules could concern a person, and which a bucket."""

    anyone: Bits
    people: Mapping[str, Bits]
    slack_groups: Mapping[str, Bits]
    buckets: Mapping[str, Bits]
    any_bucket: Bits

    def find(self, principal: Principal, bucket: str) -> Bits:
        """The rules that name this person (or a group of theirs, or anyone) and could match in this bucket."""
        groups = (self.slack_groups.get(group, 0) for group in principal.slack_groups)
        who = reduce(or_, groups, self.anyone | self.people.get(principal.id, 0))
        return who & (self.any_bucket | self.buckets.get(bucket, 0))


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleBook:
    """The rules as they stand; `digest` is the SHA-256 (hex) of the text they were read from."""

    name: str
    digest: str
    rules: tuple[Rule, ...]
    groups: Mapping[str, People]
    index: Index = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "index", build_index(self.rules))

    def concerning(self, principal: Principal, bucket: str) -> Iterator[Rule]:
        """Go, in the order of the document, through the rules that name this person and could match in this bucket."""
        found = self.index.find(principal, bucket)
        while found:
            lowest = found & -found
            yield self.rules[lowest.bit_length() - 1]
            found ^= lowest


def build_index(rules: tuple[Rule, ...]) -> Index:
    """Sort the rules into an index."""
    return Index(
        anyone=_bits(rules, lambda rule: rule.who.anyone),
        people=_sorted((position, rule.who.people) for position, rule in enumerate(rules)),
        slack_groups=_sorted((position, rule.who.slack_groups) for position, rule in enumerate(rules)),
        buckets=_sorted((position, {p.bucket for p in rule.places if p.bucket}) for position, rule in enumerate(rules)),
        any_bucket=_bits(rules, lambda rule: any(pattern.bucket is None for pattern in rule.places)),
    )


def _bits(rules: tuple[Rule, ...], holds: Callable[[Rule], bool]) -> Bits:
    return sum(1 << position for position, rule in enumerate(rules) if holds(rule))


def _sorted(entries: Iterable[tuple[int, Iterable[str]]]) -> Mapping[str, Bits]:
    found: dict[str, Bits] = {}
    for position, keys in entries:
        for key in keys:
            found[key] = found.get(key, 0) | 1 << position
    return found
