"""
When a rule holds besides: days and hours, words of the reason, who is on call, what the bucket is.

Whether a condition is met may be unknown. Then a rule that lends does not hold, and one that denies does.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from zoneinfo import ZoneInfo

from daypass.model.decision import Needs, ScheduleName
from daypass.rules.match.opening_hours import AS_REQUESTOR, Hours, open_at, zone
from daypass.rules.match.reason_words import Wording
from daypass.rules.rule.evaluation import RuleEvaluation
from daypass.rules.rule.unmet import Unmet

"""The time zone of who would have the access."""


class Met(Enum):
    """Whether a condition is met."""

    YES = auto()
    NO = auto()
    UNKNOWN = auto()
    """It could not be found out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """Everything that is given must be met."""

    days: frozenset[int] = frozenset()
    """ISO weekdays: 1 is Monday."""
    hours: tuple[Hours, ...] = ()
    zone: str = ""
    """The IANA name of a time zone, or `requestor`; empty without days and hours."""
    reason: Wording | None = None
    on_call: frozenset[ScheduleName] = frozenset()
    """Who would have it is on call in one of these."""
    fewer_grants_than: int | None = None
    """How many live grants they have."""
    tags: tuple[tuple[str, frozenset[str]], ...] = ()
    """Of the bucket: each of these tags with one of its values."""
    accounts: frozenset[str] = frozenset()
    """The bucket is in one of these."""
    sensitivity: frozenset[str] = frozenset()


def judged(when: Conditions, scene: RuleEvaluation, *, lends: bool) -> Iterator[tuple[Unmet, Met]]:
    """Go through the conditions that are given. Of several words for a place, what lends wants all, what denies any."""
    if when.zone:
        yield Unmet.TIME, _time(when, scene)
    if when.reason:
        yield Unmet.WORDING, _met(found=when.reason.within(scene.question.reason))
    if when.on_call:
        yield Unmet.ON_CALL, _on_call(when, scene)
    if when.fewer_grants_than is not None:
        yield Unmet.LIVE_GRANTS, _live_grants(when.fewer_grants_than, scene)
    if when.tags:
        yield Unmet.TAGS, _tags(when, scene)
    if when.accounts:
        yield Unmet.ACCOUNT, _account(when, scene)
    if when.sensitivity:
        words = scene.sensitivity
        yield Unmet.SENSITIVITY, _met(found=words <= when.sensitivity if lends else bool(words & when.sensitivity))


def needed(when: Conditions) -> Needs:
    """What must be known to judge the conditions."""
    return Needs(
        schedules=when.on_call,
        tags=bool(when.tags or when.accounts),
        live_grants=when.fewer_grants_than is not None,
    )


def zone_of(when: Conditions, scene: RuleEvaluation) -> str:
    """The name of the time zone whose clock counts."""
    return scene.question.principal.tz if when.zone == AS_REQUESTOR else when.zone


def clock_of(when: Conditions, scene: RuleEvaluation) -> ZoneInfo | None:
    """Whose clock counts; None when no such time zone is known."""
    return zone(zone_of(when, scene))


def _met(*, found: bool) -> Met:
    return Met.YES if found else Met.NO


def _time(when: Conditions, scene: RuleEvaluation) -> Met:
    clock = clock_of(when, scene)
    if scene.around is None or clock is None:
        return Met.UNKNOWN
    return _met(found=open_at(scene.around.at, clock, when.days, when.hours))


def _on_call(when: Conditions, scene: RuleEvaluation) -> Met:
    known = scene.around.on_call if scene.around else {}
    if any(not scene.accounts.isdisjoint(known.get(schedule, ())) for schedule in when.on_call):
        return Met.YES
    return Met.NO if when.on_call <= known.keys() else Met.UNKNOWN


def _live_grants(fewer_than: int, scene: RuleEvaluation) -> Met:
    count = scene.around.live_grants if scene.around else None
    return Met.UNKNOWN if count is None else _met(found=count < fewer_than)


def _tags(when: Conditions, scene: RuleEvaluation) -> Met:
    tags = scene.around.tags if scene.around else None
    if tags is None:
        return Met.UNKNOWN
    return _met(found=all(tags.get(name) in values for name, values in when.tags))


def _account(when: Conditions, scene: RuleEvaluation) -> Met:
    account = scene.around.account if scene.around else None
    return Met.UNKNOWN if account is None else _met(found=account in when.accounts)
