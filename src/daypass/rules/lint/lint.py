"""
What is allowed to be written and yet is hardly meant: only what is sure from the document alone.

    lint_reach       what never counts, and what another rule takes back or gets around
    lint_width       what lends very much
    lint_limits      limits in vain, and limits below what a rule lets somebody have
    lint_deciders    what nobody can decide, and what those who ask decide
    lint_people      whether those who are named are there; this one asks the directory

None of it keeps the rules from being used. What a rule says is `meant` is not pointed out.
"""

from collections.abc import Iterator

from daypass.rules.document.values import UNMARKED
from daypass.rules.lint.approvers import of_deciders
from daypass.rules.lint.breadth import of_width
from daypass.rules.lint.limits import of_limits
from daypass.rules.lint.overlaps import finding, of_denying, of_lending, under
from daypass.rules.match.patterns import Pattern
from daypass.rules.rule.finding import Finding, FindingKind
from daypass.rules.rule.rule import AllowRule, DenyRule, Rule
from daypass.rules.rule.rulebook import RuleBook


def lint(book: RuleBook) -> list[Finding]:
    """Look through the rules, in the order of the document."""
    return [one for _, found in lint_each(book) for one in found]


def lint_each(book: RuleBook) -> Iterator[tuple[Rule, list[Finding]]]:
    """Look through one rule after the other that is not paused: what is found of each, for who cannot wait for all."""
    for position, rule in enumerate(book.rules):
        if not rule.paused:
            yield rule, list(unmeant(rule, _of(book, rule, position)))


def unmeant(rule: Rule, found: Iterator[Finding]) -> Iterator[Finding]:
    """Leave out what the rule itself says is meant."""
    return (one for one in found if one.kind not in rule.meant)


def _of(book: RuleBook, rule: Rule, position: int) -> Iterator[Finding]:
    match rule:
        case AllowRule():
            yield from of_deciders(book, rule)
            yield from _nowhere(book, rule)
            yield from of_lending(book, rule, position)
            yield from of_width(book, rule)
            yield from of_limits(book, rule)
        case DenyRule():
            yield from of_denying(book, rule, position)
            yield from _shallow(book, rule)


def _nowhere(book: RuleBook, rule: AllowRule) -> Iterator[Finding]:
    """Find a rule whose places can never be as sensitive as its condition wants."""
    words = rule.when.sensitivity if rule.when else frozenset[str]()
    if words and all(_never_so(book, pattern, words) for pattern in rule.places):
        wanted = " or ".join(sorted(words))
        sentence = f"Rule {rule.id} never allows anything: nothing that it lends is only {wanted}."
        yield finding(
            book, rule, FindingKind.UNREACHABLE, sentence, "Look at “sensitivity” at the top of the document."
        )


def _never_so(book: RuleBook, pattern: Pattern, words: frozenset[str]) -> bool:
    if any(under(pattern, places) for word, places in book.marked.items() if word not in words):
        return True  # it always has a word besides
    near = (one for word in words for one in book.marked.get(word, ()) if _may_meet(pattern, one))
    return UNMARKED not in words and next(near, None) is None


def _may_meet(one: Pattern, other: Pattern) -> bool:
    return one.stem.startswith(other.stem) or other.stem.startswith(one.stem)


def _shallow(book: RuleBook, rule: DenyRule) -> Iterator[Finding]:
    for pattern in rule.places:
        if pattern.text.endswith("/*"):
            sentence = f"Rule {rule.id} denies only what lies directly under {pattern.text[:-1]}, not what lies deeper."
            yield finding(
                book, rule, FindingKind.SHALLOW, sentence, f"Write {pattern.text}* to deny everything under it."
            )
