"""
What is allowed to be written and yet is hardly meant: only what is sure from the document alone.

Each finding is a Fault, with the line of the rule; none keeps the rules from being used.
"""

from collections.abc import Iterator

from daypass.model.errors import Fault
from daypass.rules.book import RuleBook
from daypass.rules.filling import certain, closed, left, never_filled, shortage
from daypass.rules.match import Pattern
from daypass.rules.people import People
from daypass.rules.rule import AllowRule, DenyRule, listing

_TOO_FEW = "whoever of those who may ask does, too few others are named to decide"


def lint(book: RuleBook) -> list[Fault]:
    """Look through the rules, in the order of the document."""
    return [finding for position in range(len(book.rules)) for finding in _of(book, position)]


def _of(book: RuleBook, position: int) -> Iterator[Fault]:
    rule = book.rules[position]
    if rule.paused:
        return  # it counts for nothing, and is meant to
    match rule:
        case AllowRule():
            yield from _unfilled(book, rule)
            yield from _shadowed(book, rule, position)
            yield from _forbidden(book, rule)
            yield from _every_bucket(book, rule)
        case DenyRule():
            yield from _shallow(book, rule)


def _unfilled(book: RuleBook, rule: AllowRule) -> Iterator[Fault]:
    """Find a rule whose stages cannot be filled by different people, whoever asks or whoever of those who may."""
    never = f"Rule {rule.id} never allows anything:"
    short = shortage(left(certain(rule.stages), frozenset()))
    if short and never_filled(rule.stages):
        named = f"only {short.named} {'is' if short.named == 1 else 'are'} named" if short.named else "nobody is named"
        needed = "1 person" if short.needed == 1 else f"{short.needed} different people"
        sentence = f"{never} {' and '.join(short.stages)} must have {needed} and {named}."
        yield _finding(book, rule, sentence, "Name more people, or a Slack group.")
    elif _only_themselves(rule):
        alone = len(rule.who.people) == 1 and rule.approvers.people == rule.who.people
        why = "the one person who may ask is the only one who decides" if alone else _TOO_FEW
        yield _finding(book, rule, f"{never} {why}.", "Name another approver.")


def _only_themselves(rule: AllowRule) -> bool:
    """Whether for each person who may ask too few others are named."""
    known = (
        rule.stages and rule.who.people and not (rule.who.anyone or rule.who.slack_groups or rule.who.directory_groups)
    )
    return bool(known) and all(never_filled(rule.stages, frozenset({one})) for one in rule.who.people)


def _shadowed(book: RuleBook, rule: AllowRule, position: int) -> Iterator[Fault]:
    for earlier in book.rules[:position]:
        if isinstance(earlier, AllowRule) and _covers(earlier, rule):
            sentence = f"Rule {rule.id} never decides: {earlier.id}, before it, allows everything that it allows."
            yield _finding(book, rule, sentence, "Move it up, or take it out.")
            return


def _covers(earlier: AllowRule, later: AllowRule) -> bool:
    """Whether whatever the later rule allows, the earlier one allows, whoever asks."""
    return (
        _whenever(earlier, later)
        and _all_of(earlier.who, later.who)
        and set(later.places) <= set(earlier.places)
        and listing(later.levels) <= listing(earlier.levels)
        and later.extras <= earlier.extras
        and later.deliveries <= earlier.deliveries
        and later.longest <= earlier.longest
        # What prolongs a grant is asked for without a length, and must fit beside what has run.
        and later.longest - later.default <= earlier.longest - earlier.default
        and (later.reason_required or not earlier.reason_required)
        and earlier.reason_matching in (None, later.reason_matching)
        and earlier.ticket in (None, later.ticket)
        and earlier.break_glass == later.break_glass
        and _as_fillable(earlier, later)
    )


def _whenever(one: AllowRule | DenyRule, other: AllowRule | DenyRule) -> bool:
    """Whether a rule counts whenever the other one does."""
    return not one.paused and one.when in (None, other.when)


def _as_fillable(earlier: AllowRule, later: AllowRule) -> bool:
    """
    Whether enough others can decide in the earlier rule whenever they can in the later one.

    One who is the only approver is turned away by the earlier rule, and may need the later one.
    """
    if earlier.stages == later.stages or all(step.everybody().slack_groups for step in earlier.stages):
        return True
    if len(earlier.stages) != 1 or len(later.stages) != 1:
        return False
    ((first,), (then,)) = earlier.stages, later.stages
    wider = closed(then) and then.everybody().people <= first.everybody().people
    return wider and first.needed is not None and then.needed is not None and first.needed <= then.needed


def _forbidden(book: RuleBook, rule: AllowRule) -> Iterator[Fault]:
    for deny in book.rules:
        if isinstance(deny, DenyRule) and _closes(deny, rule):
            sentence = f"Rule {rule.id} never allows anything: {deny.id} denies all of it."
            yield _finding(book, rule, sentence, "Take one of them out, or make one of them narrower.")
            return


def _closes(deny: DenyRule, rule: AllowRule) -> bool:
    """Whether nothing that the rule allows escapes the denial."""
    return (
        _whenever(deny, rule)
        and _all_of(deny.who, rule.who)
        and not deny.extras
        and rule.deliveries <= deny.deliveries
        and all(not listing(frozenset({level})).isdisjoint(deny.levels) for level in listing(rule.levels))
        and all(any(_under(pattern, wider) for wider in deny.places) for pattern in rule.places)
    )


def _every_bucket(book: RuleBook, rule: AllowRule) -> Iterator[Fault]:
    if any(pattern.text == "*" or pattern.text.startswith("*/") for pattern in rule.places):
        sentence = f"Rule {rule.id} lends from every bucket there is, and from those made tomorrow."
        yield _finding(book, rule, sentence, "Name the buckets, or the beginning of their names, such as acme-*.")


def _shallow(book: RuleBook, rule: DenyRule) -> Iterator[Fault]:
    for pattern in rule.places:
        if pattern.text.endswith("/*"):
            sentence = f"Rule {rule.id} denies only what lies directly under {pattern.text[:-1]}, not what lies deeper."
            yield _finding(book, rule, sentence, f"Write {pattern.text}* to deny everything under it.")


def _all_of(these: People, those: People) -> bool:
    """Whether everybody among those is surely among these."""
    return these.anyone or (
        not those.anyone
        and those.people <= these.people
        and those.slack_groups <= these.slack_groups
        and those.directory_groups <= these.directory_groups
    )


def _under(pattern: Pattern, wider: Pattern) -> bool:
    """Whether the pattern surely matches nothing that the wider one does not."""
    return pattern == wider or wider.contains_all_under(pattern.stem)


def _finding(book: RuleBook, rule: AllowRule | DenyRule, sentence: str, suggestion: str) -> Fault:
    return Fault(file=book.name, line=rule.line, sentence=sentence, suggestion=suggestion)
