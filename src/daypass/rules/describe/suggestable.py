"""
What a person could ask for at all: what a form may suggest to them, and nothing else.

It errs on one side alone: whatever `decide` would allow is within reach. What is within reach may still be refused.
"""

from collections.abc import Callable
from dataclasses import dataclass

from daypass.model.entitlement import Level
from daypass.model.grant import Delivery
from daypass.model.principal import Principal
from daypass.rules.decide.patterns import Pattern
from daypass.rules.decide.rule import AllowRule, DenyRule, listing
from daypass.rules.decide.rulebook import RuleBook


def may_see(
    book: RuleBook, principal: Principal, bucket: str, prefix: str = "", *, levels: frozenset[Level] = frozenset()
) -> bool:
    """
    Whether this person could get anything in the bucket under the prefix; with `levels`, all of these.

    The prefix may stop within a word: `acme-reports`, `20` asks for everything that begins with acme-reports/20.
    """
    return _could(book, principal, f"{bucket}/{prefix}", levels, _UNDER)


def may_name(book: RuleBook, principal: Principal, bucket: str, key: str, *, levels: frozenset[Level]) -> bool:
    """
    Whether this person could get all these levels at this name: one object, or with a slash at its end, a prefix.

    The name of an object is whole: a rule for what begins with it says nothing of it.
    """
    if not key or key.endswith("/"):
        return may_see(book, principal, bucket, key, levels=levels)
    return _could(book, principal, f"{bucket}/{key}", levels, _EXACTLY)


def _could(book: RuleBook, principal: Principal, name: str, levels: frozenset[Level], extent: "_Extent") -> bool:
    if not principal.active:
        return False
    rules = [
        rule
        for rule in book.concerning(principal, name)
        if any(extent.touched(pattern, name) for pattern in rule.places)
    ]
    closing = (rule for rule in rules if isinstance(rule, DenyRule) and extent.closed_by(rule, name))
    closed = frozenset(level for rule in closing for level in rule.levels)
    lending = (rule for rule in rules if isinstance(rule, AllowRule) and rule.is_for(principal))
    if levels:
        return listing(levels).isdisjoint(closed) and any(levels <= listing(rule.levels) for rule in lending)
    return any(_left(rule, closed) for rule in lending)


@dataclass(frozen=True, slots=True)
class _Extent:
    """What is meant by a name: all that begins with it, or what is called so."""

    touched: Callable[[Pattern, str], bool]
    """Whether a pattern matches any of it."""
    covered: Callable[[Pattern, str], bool]
    """Whether a pattern matches all of it."""

    def closed_by(self, rule: DenyRule, name: str) -> bool:
        """Whether a rule leaves nothing of it, however that is asked for."""
        always = rule.when is None and not rule.extras and rule.deliveries == frozenset(Delivery)
        return always and any(self.covered(pattern, name) for pattern in rule.places)


_UNDER = _Extent(touched=Pattern.overlaps_under, covered=Pattern.contains_all_under)
_EXACTLY = _Extent(touched=Pattern.matches, covered=Pattern.matches)


def _left(rule: AllowRule, closed: frozenset[Level]) -> bool:
    return any(listing(frozenset({level})).isdisjoint(closed) for level in listing(rule.levels))
