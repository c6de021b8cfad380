"""
Questions that show what a rule does: every edge of it, from within.

For each pattern of the rule, a place as wide as it, and folders and objects deep inside it; and where the pattern meets
one of another rule, a place that lies in both. There each level, each delivery and each length that the rule speaks of
is asked for.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from daypass.model.entitlement import Entitlement, ordered
from daypass.model.errors import BadInput
from daypass.model.grant import Delivery
from daypass.model.resource import Resource
from daypass.resources.registry import related, resource_at
from daypass.rules.match.patterns import Pattern
from daypass.rules.rule.rule import AllowRule, Rule
from daypass.rules.sampling.overlap import meeting, samples

_DEEP = tuple(f"{'daypass-probe/' * folders}{name}" for folders, name in ((0, "probe"), (1, ""), (1, "probe"), (3, "")))
"""Folders and objects that no rule names: a denial of `*/1` has a part of every folder, and not of every object."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """One thing to ask for, whoever asks."""

    entitlement: Entitlement
    delivery: Delivery
    length: timedelta | None


def places(rule: Rule, others: Iterable[Pattern]) -> list[Resource]:
    """Places inside the rule: on its own, and where it meets other patterns; each once."""
    own = [found for pattern in rule.places for place in samples(pattern) for found in _deeper(place)]
    met = [
        found
        for other in others
        for pattern in rule.places
        if _near(pattern, other)
        for found in _deeper(meeting(pattern, other), _DEEP[1:3])
    ]
    return list(dict.fromkeys([*own, *met]))


def probes(versions: Iterable[Rule], place: Resource) -> Iterator[Probe]:
    """Everything that the versions of a rule speak of, asked for in one place."""
    rules = list(versions)
    for levels in _levels(rules, place.kind):
        for extras in dict.fromkeys([frozenset[str](), *(rule.extras for rule in rules)]):
            entitlement = Entitlement(resource=place, levels=levels, options=extras)
            for delivery in sorted(frozenset[Delivery]().union(*(rule.deliveries for rule in rules))):
                for length in _lengths(rules):
                    yield Probe(entitlement=entitlement, delivery=delivery, length=length)


def _levels(rules: Iterable[Rule], kind: str) -> list[frozenset[str]]:
    """Each level alone, and all of each version at once. Who may read may list; who may not list may not read."""
    sets = [rule.levels for rule in rules]
    each = frozenset[str]().union(*sets)
    alone = [frozenset({level}) for levels in (each, related(each, kind) - each) for level in ordered(levels)]
    return list(dict.fromkeys([*alone, *sets]))


def _lengths(rules: Iterable[Rule]) -> list[timedelta | None]:
    return [None, *sorted({rule.longest for rule in rules if isinstance(rule, AllowRule)})]


def _near(one: Pattern, other: Pattern) -> bool:
    return one.stem.startswith(other.stem) or other.stem.startswith(one.stem)


def _deeper(place: Resource | None, ways: Sequence[str] = _DEEP) -> Iterator[Resource]:
    """Yield a place, and what lies in it."""
    if place is None:
        return
    yield place
    if place.whole:
        for deep in ways:
            with suppress(BadInput):  # there is no room in the key
                yield resource_at(place.path + deep, kind=place.kind, account=place.account)
