"""Limits that change nothing, or that keep a rule from what it says: how much one person may have at a time."""

from collections.abc import Iterator

from daypass.rules.lint.overlaps import finding
from daypass.rules.rule.finding import Finding, FindingKind
from daypass.rules.rule.rule import AllowRule
from daypass.rules.rule.rulebook import RuleBook

_MANY = 1000
"""So many of one person are as good as no limit."""


def of_limits(book: RuleBook, rule: AllowRule) -> Iterator[Finding]:
    """Find what a rule says of limits in vain, and what the limits make of what it says."""
    for kind, sentence, suggestion in (*_raised(book, rule), *_capped(book, rule)):
        yield finding(book, rule, kind, f"Rule {rule.id} {sentence}", suggestion)


def _raised(book: RuleBook, rule: AllowRule) -> Iterator[tuple[FindingKind, str, str]]:
    if rule.limits is None:
        return
    if rule.break_glass:
        yield FindingKind.CONTRADICTING, "says “limits”, and breaking glass is never counted.", "Leave “limits” out."
        return
    said = [
        ("pending", "requests waiting", rule.limits.pending, book.limits.pending),
        ("live", "live grants", rule.limits.live, book.limits.live),
    ]
    for name, what, most, everybody in said:
        if most is None:
            continue
        if most <= everybody:
            yield (
                FindingKind.CONTRADICTING,
                f"says “limits: {{{name}: {most}}}”, and everybody may have {everybody} {what} anyway.",
                f"A rule only raises it: say more than {everybody}, or leave it out.",
            )
        elif most > _MANY:
            yield (
                FindingKind.TOO_WIDE,
                f"lets one person have {most} {what}, which is as good as no limit.",
                f"Say {_MANY} at most.",
            )
    if rule.at_once and rule.limits.pending is not None:
        yield (
            FindingKind.CONTRADICTING,
            "says “limits: {pending: ...}”, and nothing waits where nobody is asked.",
            "Leave “pending” out.",
        )


def _capped(book: RuleBook, rule: AllowRule) -> Iterator[tuple[FindingKind, str, str]]:
    """Find a condition that lets somebody have more live grants than the limits do."""
    most = book.limits.raised(rule.limits).live
    under = rule.when.fewer_grants_than if rule.when else None
    if under is not None and under > most and rule.break_glass is None:
        yield (
            FindingKind.CONTRADICTING,
            f"lends to whoever has fewer than {under} live grants, and the limits stop whoever asks at {most}.",
            f"Say “live_grants: {{under: {most}}}” or less, or raise “limits: {{live: {under}}}” in the rule.",
        )
