"""What is different between two documents, rule by rule, in sentences."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from enum import StrEnum

from daypass.model.decision import RuleId
from daypass.rules.describe.rules import in_words
from daypass.rules.rule.examples import Case
from daypass.rules.rule.people import NamedPeople
from daypass.rules.rule.rule import DenyRule, Rule
from daypass.rules.rule.rulebook import RuleBook

_WORDS = {
    "levels": "may",
    "places": "on",
    "deliveries": "delivery",
    "default": "for",
    "longest": "for",
    "reason_required": "reason",
    "reason_matching": "reason",
    "stages": "approve",
}
"""What the document calls the fields of a rule that have another name there."""
_UNSAID = {"id", "line", "paused"}


class ChangeKind(StrEnum):
    """What happened to a rule."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    PAUSED = "paused"
    RESUMED = "resumed"
    MOVED = "moved"


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleChange:
    """One thing that is different about one rule."""

    rule: RuleId
    kind: ChangeKind
    sentence: str


def changes(old: RuleBook, new: RuleBook) -> tuple[RuleChange, ...]:
    """Compare two documents: rules that are gone, then those of the new one in its order."""
    before = {rule.id: rule for rule in old.rules}
    now = {rule.id: rule for rule in new.rules}
    gone = [
        _change(rule, ChangeKind.REMOVED, f"Rule {rule.id} is gone. It said: {in_words(rule)}")
        for rule in old.rules
        if rule.id not in now
    ]
    found = [change for rule in new.rules for change in _of(before.get(rule.id), rule)]
    return (*gone, *found, *_moved(list(before), list(now), now))


def changed_ids(old: RuleBook, new: RuleBook) -> frozenset[RuleId]:
    """The rules of either document that could decide otherwise than in the other."""
    marks = {rule.id for rule in (*old.rules, *new.rules) if rule.when and rule.when.sensitivity}
    return frozenset(one.rule for one in changes(old, new)) | (marks if old.marked != new.marked else set())


def other_than_rules(old: RuleBook, new: RuleBook) -> tuple[str, ...]:
    """What is different besides the rules, in sentences."""
    words = sorted({*old.marked, *new.marked})
    places = {word: ({str(one) for one in book.marked.get(word, ())} for book in (old, new)) for word in words}
    examples = ["The examples differ."] if _examples(old) != _examples(new) else []
    return (
        *_now("May change these rules", *map(_ids, (old.owners, new.owners))),
        *_limits(old, new),
        *(sentence for word in words for sentence in _now(f"Counts as {word}", *places[word])),
        *examples,
    )


def _limits(old: RuleBook, new: RuleBook) -> Iterator[str]:
    """Say how much more or less one person may have at a time."""
    much = [
        ("requests waiting", old.limits.pending, new.limits.pending),
        ("live grants", old.limits.live, new.limits.live),
    ]
    for what, before, now in much:
        if before != now:
            yield f"One person may have {now} {what} at a time; it was {before}."
    often = [
        ("break glass {} times", old.limits.urgent, new.limits.urgent),
        ("file {} requests", old.limits.filed, new.limits.filed),
    ]
    for what, before, now in often:
        if before != now:
            yield f"One person may {what.format(now)} within an hour; it was {before}."


def _now(what: str, before: set[str], now: set[str]) -> Iterator[str]:
    """Say all that something is true of now and was not, and the other way round: nothing is cut short here."""
    if more := sorted(now - before):
        yield f"{what} now: {', '.join(more)}."
    if less := sorted(before - now):
        yield f"{what} no longer: {', '.join(less)}."


def _ids(people: NamedPeople) -> set[str]:
    return {*people.people, *people.slack_groups, *people.directory_groups}


def _examples(book: RuleBook) -> list[Case]:
    return [replace(one, line=0) for one in book.cases]


def _of(old: Rule | None, new: Rule) -> Iterator[RuleChange]:
    """Compare one rule with what it was."""
    if old is None:
        yield _change(new, ChangeKind.ADDED, f"Rule {new.id} is new: {in_words(new)}")
        return
    if old.paused is not new.paused:
        kind = ChangeKind.PAUSED if new.paused else ChangeKind.RESUMED
        yield _change(new, kind, f"Rule {new.id} {'is paused' if new.paused else 'counts again'}.")
    if names := list(_different(old, new)):
        was, is_ = in_words(old), in_words(new)
        told = f" Before: {was} After: {is_}" if was != is_ else ""
        yield _change(new, ChangeKind.CHANGED, f"Rule {new.id} changes “{'”, “'.join(names)}”.{told}")


def _different(old: Rule, new: Rule) -> list[str]:
    """Name the fields, as the document calls them, in which two rules differ."""
    if type(old) is not type(new):
        return ["deny"]
    names = [one.name for one in fields(old) if one.name not in _UNSAID]
    return list(dict.fromkeys(_WORDS.get(one, one) for one in names if getattr(old, one) != getattr(new, one)))


def _moved(before: Sequence[RuleId], now: Sequence[RuleId], rules: Mapping[RuleId, Rule]) -> Iterator[RuleChange]:
    """Find the fewest rules whose move explains the new order; the order of denials is of no account."""
    both = [one for one in before if one in rules and not isinstance(rules[one], DenyRule)]
    places = {one: place for place, one in enumerate(one for one in now if one in set(both))}
    stayed = _longest_run([places[one] for one in both])
    order = sorted(both, key=places.__getitem__)
    for one in order:
        if places[one] not in stayed:
            after = f"after {order[places[one] - 1]}" if places[one] else "before all that were there"
            yield _change(rules[one], ChangeKind.MOVED, f"Rule {one} has moved: it now stands {after}.")


def _longest_run(numbers: Sequence[int]) -> frozenset[int]:
    """Choose as many numbers as possible that grow from left to right (patience sorting)."""
    tops: list[int] = []
    before: dict[int, int | None] = {}
    for number in numbers:
        pile = bisect_left(tops, number)
        before[number] = tops[pile - 1] if pile else None
        tops[pile : pile + 1] = [number]
    run: list[int] = []
    last = tops[-1] if tops else None
    while last is not None:
        run.append(last)
        last = before[last]
    return frozenset(run)


def _change(rule: Rule, kind: ChangeKind, sentence: str) -> RuleChange:
    return RuleChange(rule=rule.id, kind=kind, sentence=sentence)
