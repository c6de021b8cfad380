"""
What an approval in advance is worth under the rules as they stand. Pure, and no more than a hint.

Whether it counts is decided by the rules of the moment at which it is used; but who gives one that would count for
nothing should hear it now, and not their colleague at night.
"""

from collections.abc import Sequence

from daypass.model.entitlement import Entitlement
from daypass.model.grant import Delivery
from daypass.model.principal import Principal
from daypass.resources.registry import implied
from daypass.rules.rule.rule import AllowRule
from daypass.rules.rule.rulebook import RuleBook


def doubt(book: RuleBook, entitlement: Entitlement, *, delivery: Delivery, to: Principal, giver: Principal) -> str:
    """Say in a sentence why it would count for nothing, or not by itself; nothing where it would do."""
    lending = [rule for rule in book.rules if isinstance(rule, AllowRule) and _lends(rule, entitlement, delivery, to)]
    if not lending:
        return "As the rules stand, none lends them this, so it counts for nothing until one does."
    if any(rule.at_once for rule in lending):
        return ""
    deciding = [rule for rule in lending if _decides(giver, rule)]
    if not deciding:
        return "As the rules stand, you are not among those who decide on this, so it counts for nothing until you are."
    without = [rule for rule in deciding if not rule.second_factor]
    if not without:
        return f"{_named(deciding)} wants a passkey at the click itself, so it counts for nothing there."
    if not any(_is_filled_by_one(rule) for rule in without):
        return f"{_named(without)} wants others to approve too; it counts as one of them."
    return ""


def _lends(rule: AllowRule, entitlement: Entitlement, delivery: Delivery, to: Principal) -> bool:
    """Whether the rule lends some of it to this person in the ordinary way."""
    return (
        not rule.paused
        and rule.break_glass is None
        and rule.is_for(to)
        and rule.overlaps(entitlement.resource)
        and not implied(rule.levels, rule.kind).isdisjoint(entitlement.levels)
        and delivery in rule.deliveries
    )


def _decides(giver: Principal, rule: AllowRule) -> bool:
    """Whether they are named; who is manager, owner or on call by then is not known now."""
    return rule.approvers.include(giver) or any(step.every_source() for step in rule.stages)


def _is_filled_by_one(rule: AllowRule) -> bool:
    return len(rule.stages) == 1 and rule.stages[0].needed in {None, 1}


def _named(rules: Sequence[AllowRule]) -> str:
    return f"The rule {rules[0].id}" if len(rules) == 1 else f"Each of the rules {', '.join(rule.id for rule in rules)}"
