"""
A refusal as the person reads it: what is not possible, why in numbers, and what to type instead.

    Denied: at most 2h for delete on acme-uploads/inbox/ (rule inbox-delete). Try --for 2h.

What it suggests would not be refused by that rule again. Where no words of the person's would help, it says who or
what would.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from daypass.model.entitlement import ordered
from daypass.model.errors import BadInput
from daypass.model.grant import Delivery
from daypass.model.length import short_length
from daypass.model.resource import Resource
from daypass.resources.registry import implied, resource_at, spelled
from daypass.rules.describe.refusals import (
    both,
    conditions,
    could_not,
    instead,
    say_approvers,
    say_person,
    say_ticket,
)
from daypass.rules.evaluate.checks import unknown
from daypass.rules.match.opening_hours import ALL_DAY, open_at
from daypass.rules.match.patterns import Pattern
from daypass.rules.match.reason_words import TICKET
from daypass.rules.rule.conditions import clock_of
from daypass.rules.rule.evaluation import RuleEvaluation
from daypass.rules.rule.rule import AllowRule
from daypass.rules.rule.unmet import Unmet

OFFERS = "`offers` lists what you can request."
_LEAST = timedelta(seconds=1)
_SOON = timedelta(minutes=5)
_DAYS_AHEAD = 9
"""Whatever opens on some day of the week opens within these."""

_STEPS = {
    Unmet.URGENT: "In an emergency, add --urgent.",
    Unmet.LENGTH: "Submit a new request when it has ended.",
    Unmet.REASON: "Put that in the reason.",
    Unmet.TICKET: "Name an open ticket in the reason.",
    Unmet.TIME: "Request it for that time with --start.",
    Unmet.WORDING: "Put that in the reason.",
    Unmet.ON_CALL: "Ask the person on call.",
    Unmet.LIVE_GRANTS: "End one of them with `done`.",
    Unmet.APPROVERS: "The owners of the rules can name another approver.",
    Unmet.REVIEWERS: "The owners of the rules can name another reviewer.",
}
"""What helps where other words of the person's would not."""


def refusal(found: Sequence[Unmet], rule: AllowRule, scene: RuleEvaluation) -> str:
    """
    Say everything that stands in the way of this rule, and the next step.

    What could not be found out is left aside when something else stands in the way anyhow.
    """
    not_known = unknown(rule, scene)
    told = [hurdle for hurdle in found if hurdle not in not_known] or list(found)
    first, *more = told
    fragments = [_say(first, rule, scene, _subject(scene)), *(_say(one, rule, scene, "this") for one in more)]
    return (
        f"Denied: {'; '.join(fragments)} (rule {rule.id}). {_next_step(told, rule, scene, unsure=first in not_known)}"
    )


def _subject(scene: RuleEvaluation) -> str:
    asked = scene.question.entitlement
    return f"{both(asked.levels)} on {asked.resource}"


def _say(hurdle: Unmet, rule: AllowRule, scene: RuleEvaluation, subject: str) -> str:
    asked, place = scene.question.entitlement, scene.question.entitlement.resource
    if rule.when and (only := conditions(rule.when).get(hurdle)):
        unsure = hurdle in unknown(rule, scene)
        but = f", and {could_not(hurdle, rule, scene)}" if unsure else f"; {instead(hurdle, scene, rule.when)}"
        return f"{subject} only {only}{but}"
    longest, already = short_length(rule.longest), scene.question.already
    whole, used = (" in all", f", of which {short_length(already)} is used") if already >= _LEAST else ("", "")
    return {
        Unmet.PAUSED: lambda: f"the rule for {subject} is paused",
        Unmet.URGENT: lambda: f"{subject} only in an emergency",
        Unmet.PERSON: lambda: f"{subject} {say_person(rule, scene).rstrip('.')}",
        Unmet.PLACE: lambda: f"{both(asked.levels)} only on {_places(rule)}, which is not all of {place}",
        Unmet.LEVEL: lambda: f"only {both(rule.levels)} on {place}, not {_lacking(rule, scene)}",
        Unmet.EXTRAS: lambda: f"{subject} only without {both(asked.options - rule.extras)}",
        Unmet.DELIVERY: lambda: f"{subject} only as {_kinds(rule)}, not as {scene.question.delivery}",
        Unmet.LENGTH: lambda: f"at most {longest}{whole} for {subject}{used}",
        Unmet.AHEAD: lambda: (
            f"{subject} can start at most {short_length(rule.ahead)} ahead, not in {short_length(scene.question.ahead)}"
        ),
        Unmet.REASON: lambda: f"{subject} needs a reason{_matching(rule)}",
        Unmet.TICKET: lambda: f"{subject} {say_ticket(rule.ticket or TICKET, scene).rstrip('.')}",
        Unmet.APPROVERS: lambda: _approvers(rule, scene, subject),
        Unmet.REVIEWERS: lambda: f"nobody but you can review {subject} afterwards",
    }[hurdle]()


def _next_step(told: Sequence[Unmet], rule: AllowRule, scene: RuleEvaluation, *, unsure: bool) -> str:
    if unsure:
        return OFFERS if told[0] is Unmet.TIME else "Try again in a moment."
    mended: dict[Unmet, str] = {}
    for hurdle in told:
        words = _mended(hurdle, rule, scene)
        if not words:
            return _STEPS.get(hurdle, OFFERS)
        mended[hurdle] = words
    return f"Try {' '.join(_typed(mended, rule, scene))}."


def _typed(mended: dict[Unmet, str], rule: AllowRule, scene: RuleEvaluation) -> Iterator[str]:
    """Yield the words of a suggestion: level and place where one of them changes, then the options that do."""
    asked = scene.question.entitlement
    place = asked.resource
    if mended.keys() & {Unmet.LEVEL, Unmet.PLACE}:
        levels = mended.get(Unmet.LEVEL) or spelled(asked.levels, place.kind)
        yield f"{place.kind} {levels} {mended.get(Unmet.PLACE) or place}"
    if mended.keys() & {Unmet.TIME, Unmet.AHEAD} and Unmet.LENGTH not in mended:
        mended[Unmet.LENGTH] = f"--for {short_length(scene.question.length or rule.default)}"
    for hurdle in (Unmet.DELIVERY, Unmet.TIME, Unmet.AHEAD, Unmet.LENGTH, Unmet.REASON, Unmet.EXTRAS):
        if hurdle in mended and not (hurdle is Unmet.AHEAD and Unmet.TIME in mended):
            yield mended[hurdle]


def _mended(hurdle: Unmet, rule: AllowRule, scene: RuleEvaluation) -> str:
    """Say what to type so that this does not stand in the way; nothing when no words would do."""
    asked, rest = scene.question.entitlement, rule.longest - scene.question.already
    words = {
        Unmet.LEVEL: spelled(asked.levels & implied(rule.levels, rule.kind) or rule.levels, rule.kind),
        Unmet.EXTRAS: f"without {' '.join(f'--{one}' for one in ordered(asked.options - rule.extras))}",
        Unmet.DELIVERY: next(f"--as {one}" for one in Delivery if one in rule.deliveries),
        Unmet.LENGTH: f"--for {short_length(_for_a_while(rest, scene))}" if rest >= _LEAST else "",
        Unmet.AHEAD: f"--start in {short_length(rule.ahead)}" if rule.ahead else "--start now",
        Unmet.REASON: "" if rule.reason_matching else '--reason "what you need it for"',
    }
    if hurdle is Unmet.PLACE:
        return next((str(place) for one in rule.places if (place := _within(one, asked.resource))), "")
    if hurdle is Unmet.TIME and (opening := _opening(rule, scene)):
        return f"--start {opening.isoformat(timespec='minutes')}"
    return words.get(hurdle, "")


def _for_a_while(rest: timedelta, scene: RuleEvaluation) -> timedelta:
    """What is left of a length: for one that shrinks by the second, as much as will still be left in a few minutes."""
    if scene.question.already < _LEAST or rest < 2 * _SOON:
        return rest
    return (rest - _SOON) // _SOON * _SOON


def _within(pattern: Pattern, asked: Resource) -> Resource | None:
    """Find the part of a place that a pattern has, where that is one place, as `*/public/**` is in one bucket."""
    bucket, _, key = pattern.path.partition("/")
    path = f"{asked.root if '*' in bucket else bucket}/{key.removesuffix('**')}" if key or asked.whole else pattern.path
    try:
        place = resource_at(path, kind=asked.kind, account=asked.account)
    except BadInput:
        return None
    return place if asked.root == place.root and asked.holds(place) and pattern.contains(place) else None


def _opening(rule: AllowRule, scene: RuleEvaluation) -> datetime | None:
    """Find when the hours of the rule begin next; None where that is further ahead than may be asked."""
    clock = clock_of(rule.when, scene) if rule.when else None
    if not rule.when or not clock or not scene.around:
        return None
    at = scene.around.at
    today = at.astimezone(clock).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    starts = (
        (today + timedelta(days=day, minutes=hours.opens)).replace(tzinfo=clock)
        for day in range(_DAYS_AHEAD)
        for hours in rule.when.hours or (ALL_DAY,)
    )
    found = [start for start in starts if start.astimezone(UTC) > at and _opens(start, rule)]
    soonest = min(found, default=None, key=lambda start: start.astimezone(UTC))
    if soonest is None or soonest - (at - scene.question.ahead) > rule.ahead:
        return None
    return soonest


def _opens(start: datetime, rule: AllowRule) -> bool:
    there = start.astimezone(UTC).astimezone(start.tzinfo) == start  # not in an hour that the clocks skip
    clock = start.tzinfo
    return there and rule.when is not None and open_at(start, clock, rule.when.days, rule.when.hours)  # type: ignore[arg-type]


def _approvers(rule: AllowRule, scene: RuleEvaluation, subject: str) -> str:
    said = say_approvers(rule, scene).rstrip(".")
    if said.startswith("lets you alone"):
        return f"you are the only approver for {subject}, and nobody decides on their own request"
    return f"{subject} {said}"


def _places(rule: AllowRule) -> str:
    return ", ".join(str(pattern) for pattern in rule.places)


def _lacking(rule: AllowRule, scene: RuleEvaluation) -> str:
    asked = scene.question.entitlement.levels
    return both((asked - implied(rule.levels, rule.kind)) or asked)


def _kinds(rule: AllowRule) -> str:
    return " or ".join(one for one in Delivery if one in rule.deliveries)


def _matching(rule: AllowRule) -> str:
    return f' that contains "{rule.reason_matching}"' if rule.reason_matching else ""
