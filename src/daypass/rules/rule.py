"""A rule as the judges see it: read, checked, its groups unfolded and its patterns compiled."""

from dataclasses import dataclass
from datetime import timedelta

from daypass.model.decision import Approvers, RuleId
from daypass.model.entitlement import Extra, Level, S3Place
from daypass.model.grant import Delivery
from daypass.rules.match import Pattern
from daypass.rules.people import People


@dataclass(frozen=True, slots=True, kw_only=True)
class AllowRule:
    """Lends levels of access on places to people, for so long, when these approve."""

    id: RuleId
    line: int
    about: str
    who: People
    levels: frozenset[Level]
    extras: frozenset[Extra]
    places: tuple[Pattern, ...]
    default: timedelta
    longest: timedelta
    reason_required: bool
    deliveries: frozenset[Delivery]
    approvers: Approvers
    at_once: bool

    def contains(self, place: S3Place) -> bool:
        """Whether all of the place lies inside one of the rule's patterns."""
        return any(pattern.contains(place) for pattern in self.places)

    def overlaps(self, place: S3Place) -> bool:
        """Whether any part of the place lies inside one of the rule's patterns."""
        return any(pattern.overlaps(place) for pattern in self.places)


@dataclass(frozen=True, slots=True, kw_only=True)
class DenyRule:
    """Forbids what so much as touches it, whatever other rules allow."""

    id: RuleId
    line: int
    about: str
    who: People
    levels: frozenset[Level]
    extras: frozenset[Extra]
    """Empty: with extras or without."""
    places: tuple[Pattern, ...]
    deliveries: frozenset[Delivery]
    because: str

    def overlaps(self, place: S3Place) -> bool:
        """Whether any part of the place lies inside one of the rule's patterns."""
        return any(pattern.overlaps(place) for pattern in self.places)


Rule = AllowRule | DenyRule


def listing(levels: frozenset[Level]) -> frozenset[Level]:
    """The levels with what they bring along: who reads, lists what they read."""
    return levels | {Level.LIST} if Level.READ in levels else levels
