"""
What stands between an ask and a rule, in the order in which a person is told.

An allowing rule decides when nothing stands in the way. A denying rule strikes when nothing keeps it off.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from enum import StrEnum

from daypass.model.decision import Question
from daypass.model.entitlement import Extra, Level
from daypass.model.length import words_for_length
from daypass.rules.filling import askers, left, shortage
from daypass.rules.rule import AllowRule, DenyRule, listing


class Hurdle(StrEnum):
    """What stands in the way. The order is that of the sentences."""

    PERSON = "person"
    PLACE = "place"
    LEVEL = "level"
    EXTRAS = "extras"
    DELIVERY = "delivery"
    LENGTH = "length"
    REASON = "reason"
    APPROVERS = "approvers"


FIELD = {
    Hurdle.PERSON: "person",
    Hurdle.PLACE: "resource",
    Hurdle.LEVEL: "level",
    Hurdle.EXTRAS: "level",
    Hurdle.DELIVERY: "delivery",
    Hurdle.LENGTH: "length",
    Hurdle.REASON: "reason",
    Hurdle.APPROVERS: "person",
}
"""The word of the ask beside which a form shows the sentence."""

_LEAST = timedelta(seconds=1)


def hurdles(rule: AllowRule, question: Question) -> Iterator[Hurdle]:
    """Go through everything that keeps this rule from allowing the ask as it is."""
    entitlement = question.entitlement
    if not (question.principal.active and rule.who.include(question.principal)):
        yield Hurdle.PERSON
    if not rule.contains(entitlement.place):
        yield Hurdle.PLACE
    if not entitlement.levels <= listing(rule.levels):
        yield Hurdle.LEVEL
    if not entitlement.extras <= rule.extras:
        yield Hurdle.EXTRAS
    if question.delivery not in rule.deliveries:
        yield Hurdle.DELIVERY
    if question.length is not None and not _LEAST <= question.length <= rule.longest:
        yield Hurdle.LENGTH
    if rule.reason_required and not question.reason.strip():
        yield Hurdle.REASON
    if shortage(left(rule.stages, askers(question))):
        yield Hurdle.APPROVERS


def escapes(rule: DenyRule, question: Question) -> Iterator[Hurdle]:
    """Go through everything that keeps this denying rule off the ask."""
    entitlement = question.entitlement
    if not rule.who.include(question.principal):
        yield Hurdle.PERSON
    if not rule.overlaps(entitlement.place):
        yield Hurdle.PLACE
    if listing(entitlement.levels).isdisjoint(rule.levels):
        yield Hurdle.LEVEL
    if rule.extras and entitlement.extras.isdisjoint(rule.extras):
        yield Hurdle.EXTRAS
    if question.delivery not in rule.deliveries:
        yield Hurdle.DELIVERY


def say(found: Sequence[Hurdle], rule: AllowRule, question: Question) -> str:
    """Tell the person everything that stands in the way, and what would be possible."""
    first, *more = (_say(hurdle, rule, question) for hurdle in found)
    return " ".join([f"Rule {rule.id} {first}", *(f"It also {sentence}" for sentence in more)])


def say_escape(hurdle: Hurdle, rule: DenyRule) -> str:
    """Tell why a denying rule does not strike."""
    sentences = {
        Hurdle.PERSON: "denies other people.",
        Hurdle.PLACE: f"denies {_places(rule)}, which has nothing in common with what is asked.",
        Hurdle.LEVEL: f"denies {_all(Level, rule.levels)} alone.",
        Hurdle.EXTRAS: f"denies asks for {_all(Extra, rule.extras)} alone.",
        Hurdle.DELIVERY: f"denies asks for a {_one(rule.deliveries)} alone.",
    }
    return f"Rule {rule.id} {sentences[hurdle]}"


def _say(hurdle: Hurdle, rule: AllowRule, question: Question) -> str:
    asked = question.entitlement
    return {
        Hurdle.PERSON: "is for other people.",
        Hurdle.PLACE: f"lends {_places(rule)} alone; {asked.place} is not wholly inside it.",
        Hurdle.LEVEL: f"lends {_all(Level, rule.levels)} here, not {_lacking(rule, question)}.",
        Hurdle.EXTRAS: f"lends this without {_all(Extra, asked.extras - rule.extras)}.",
        Hurdle.DELIVERY: f"hands this out as {_one(rule.deliveries)}, not as {question.delivery}.",
        Hurdle.LENGTH: _say_length(rule, question.length or timedelta(0)),
        Hurdle.REASON: "wants a reason: say what you need it for.",
        Hurdle.APPROVERS: _say_approvers(rule, question),
    }[hurdle]


def _say_length(rule: AllowRule, length: timedelta) -> str:
    longest = f"lends this for at most {words_for_length(rule.longest)}"
    if length < _LEAST:
        return f"{longest}, and you asked for no time at all."
    return f"{longest}; you asked for {words_for_length(length)}."


def _say_approvers(rule: AllowRule, question: Question) -> str:
    short = shortage(left(rule.stages, askers(question)))
    if short is None or (short.needed == 1 and len(rule.stages) == 1 and question.asker is None):
        return "lets you alone decide, and nobody decides on their own request; it needs another approver."
    people = "1 person" if short.needed == 1 else f"{short.needed} different people"
    where = f" at {_stages(short.stages)}" if len(rule.stages) > 1 else ""
    others = {0: "nobody else", 1: "only 1 other"}.get(short.named, f"only {short.named} others")
    return f"needs {people} to decide{where}, but names {others}, and nobody decides on their own request."


def _stages(names: Sequence[str]) -> str:
    return f"stage{'s' if len(names) > 1 else ''} {' and '.join(names)}"


def _lacking(rule: AllowRule, question: Question) -> str:
    lacking = question.entitlement.levels - listing(rule.levels)
    return _all(Level, lacking or question.entitlement.levels)


def _places(rule: AllowRule | DenyRule) -> str:
    return ", ".join(pattern.text for pattern in rule.places)


def _all(kinds: type[StrEnum], chosen: frozenset[Level] | frozenset[Extra]) -> str:
    return " and ".join(kind for kind in kinds if kind in chosen)


def _one(deliveries: frozenset[StrEnum]) -> str:
    return " or ".join(sorted(deliveries))
