"""Rules that lend very much: to anybody, from everywhere, at once, for long."""

from collections.abc import Iterator
from datetime import timedelta

from daypass.model.entitlement import ordered
from daypass.model.grant import Delivery
from daypass.model.length import words_for_length
from daypass.resources.registry import changing_levels
from daypass.rules.lint.overlaps import finding
from daypass.rules.match.patterns import Pattern
from daypass.rules.rule.finding import Finding, FindingKind
from daypass.rules.rule.rule import AllowRule
from daypass.rules.rule.rulebook import RuleBook

_LONG_ALONE = timedelta(days=1)
"""What nobody is asked about may last so long."""
_LONG = timedelta(days=30)
"""Beyond that it is standing access, whoever approved it."""
_FAR = timedelta(days=31)
"""Who decides now knows little of what is asked for a later day."""


def of_width(book: RuleBook, rule: AllowRule) -> Iterator[Finding]:
    """Find everything in which a rule is very wide."""
    for sentence, suggestion in _wide(rule):
        yield finding(book, rule, FindingKind.TOO_WIDE, f"Rule {rule.id} {sentence}", suggestion)


def _wide(rule: AllowRule) -> Iterator[tuple[str, str]]:
    changing = " and ".join(ordered(rule.levels & changing_levels(rule.kind)))
    alone = rule.at_once and rule.break_glass is None
    if any(pattern.path == "*" or pattern.path.startswith("*/") for pattern in rule.places):
        yield (
            "lends from every bucket there is, and from those made tomorrow.",
            "Name the buckets, or the beginning of their names, such as acme-*.",
        )
    if rule.break_glass and rule.who.anyone:
        yield "lets anybody break glass.", "Name those who may, such as a group with an on-call schedule beside it."
    elif alone and changing and rule.who.anyone:
        yield f"lets anybody {changing} at once.", "Name who may, or who decides."
    elif alone and changing and rule.when is None and (whole := next(filter(_whole, rule.places), None)):
        yield f"lets {changing} in all of {whole} at once.", "Name a part of it, say “when”, or who decides."
    if alone and rule.who.anyone and Delivery.LINK in rule.deliveries:
        yield (
            "hands out links at once to anybody, and a link works for whoever has it.",
            "Leave “link” out of “delivery”, or name who may, or who decides.",
        )
    if rule.ahead > _FAR:
        yield (
            f"lets people ask up to {words_for_length(rule.ahead)} ahead.",
            "Let them ask at most 31 days ahead; nobody knows now what is needed then.",
        )
    if alone and rule.longest > _LONG_ALONE:
        yield (
            f"lends for up to {words_for_length(rule.longest)}, and nobody is asked.",
            "Lend less at once, and let a rule after it lend longer when somebody agrees.",
        )
    elif rule.longest > _LONG:
        yield (
            f"lends for up to {words_for_length(rule.longest)}, which is as good as for ever.",
            "Lend for 30 days at most; what is needed for longer is asked for again.",
        )


def _whole(pattern: Pattern) -> bool:
    """Whether it has every key of a bucket."""
    bucket, _, key = pattern.path.partition("/")
    return bool(bucket) and key in {"", "**"}
