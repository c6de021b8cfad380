"""
What a person could ask for at all: what a form may suggest to them, and nothing else.

It errs on one side alone: whatever `decide` would allow is within reach. What is within reach may still be refused.
"""

from daypass.model.entitlement import Level
from daypass.model.grant import Delivery
from daypass.model.principal import Principal
from daypass.rules.book import RuleBook
from daypass.rules.rule import AllowRule, DenyRule, listing


def may_see(
    book: RuleBook, principal: Principal, bucket: str, prefix: str = "", *, levels: frozenset[Level] = frozenset()
) -> bool:
    """
    Whether this person could get anything in the bucket under the prefix; with `levels`, all of these.

    The prefix may stop within a word: `acme-reports`, `20` asks for everything that begins with acme-reports/20.
    """
    if not principal.active:
        return False
    start = f"{bucket}/{prefix}"
    rules = [rule for rule in book.concerning(principal, start) if _touches(rule, start)]
    closed = _closed(rules, start)
    lending = (rule for rule in rules if isinstance(rule, AllowRule) and rule.is_for(principal))
    if levels:
        return listing(levels).isdisjoint(closed) and any(levels <= listing(rule.levels) for rule in lending)
    return any(_left(rule, closed) for rule in lending)


def _touches(rule: AllowRule | DenyRule, start: str) -> bool:
    return any(pattern.overlaps_under(start) for pattern in rule.places)


def _closed(rules: list[AllowRule | DenyRule], start: str) -> frozenset[Level]:
    """The levels that denying rules leave nothing of under the prefix, however it is asked for."""
    closing = (rule for rule in rules if isinstance(rule, DenyRule) and _whole(rule, start))
    return frozenset(level for rule in closing for level in rule.levels)


def _whole(rule: DenyRule, start: str) -> bool:
    whole = rule.when is None and not rule.extras and rule.deliveries == frozenset(Delivery)
    return whole and any(pattern.contains_all_under(start) for pattern in rule.places)


def _left(rule: AllowRule, closed: frozenset[Level]) -> bool:
    return any(listing(frozenset({level})).isdisjoint(closed) for level in listing(rule.levels))
