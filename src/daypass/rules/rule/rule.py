"""A rule as the judges see it: read, checked, its groups unfolded and its patterns compiled."""

from dataclasses import dataclass, replace
from datetime import timedelta
from functools import reduce
from operator import or_

from daypass.model.decision import Approvers, RuleId
from daypass.model.grant import Delivery
from daypass.model.principal import Principal
from daypass.model.resource import BARE, Resource
from daypass.rules.approval.stage import RuleStage
from daypass.rules.match.patterns import Pattern
from daypass.rules.match.reason_words import Wording
from daypass.rules.rule.conditions import Conditions
from daypass.rules.rule.finding import FindingKind
from daypass.rules.rule.people import NamedPeople


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleScope:
    """What every rule has: a name, and whom and what it speaks of."""

    id: RuleId
    line: int
    about: str
    who: NamedPeople
    levels: frozenset[str]
    extras: frozenset[str]
    """Lent besides, in a rule that lends. In one that denies: what it strikes alone; empty, with or without."""
    places: tuple[Pattern, ...]
    deliveries: frozenset[Delivery]
    when: Conditions | None = None
    meant: frozenset[FindingKind] = frozenset()
    """What lint would point out, and whoever wrote it means."""
    paused: bool = False
    """It stands in the document and counts for nothing."""

    @property
    def kind(self) -> str:
        """The kind of resource it speaks of: of one alone."""
        return next((pattern.kind for pattern in self.places), BARE)

    def is_for(self, principal: Principal) -> bool:
        """Whether it speaks of this person. What denies speaks of guests, too."""
        return self.who.include(principal, guests=True)

    def may_contain(self, name: str) -> bool:
        """Whether what is called so can lie inside one of the patterns: soon said, and mostly no."""
        for pattern in self.places:  # noqa: SIM110 - a generator takes twice as long, and a decision asks this most
            if pattern.literal in name and name.startswith(pattern.stem):
                return True
        return False

    def contains(self, place: Resource) -> bool:
        """Whether all of the place lies inside one of the patterns."""
        return any(pattern.contains(place) for pattern in self.places)

    def overlaps(self, place: Resource) -> bool:
        """Whether any part of the place lies inside one of the patterns."""
        return any(pattern.overlaps(place) for pattern in self.places)


@dataclass(frozen=True, slots=True, kw_only=True)
class Raised:
    """What a rule says of how much one person may have at a time; None where it says nothing."""

    pending: int | None = None
    live: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantLimits:
    """How much one person may have at a time."""

    pending: int = 20
    """Requests of theirs that wait."""
    live: int = 50
    """Live grants that they asked for."""
    urgent: int = 5
    """Times that they break glass within an hour."""
    hourly: int = 60
    """Requests that they file within an hour."""

    @property
    def filed(self) -> int:
        """Requests that they may file within an hour: never fewer than may wait or live at a time."""
        return max(self.hourly, self.pending, self.live)

    def raised(self, by: Raised | None) -> "GrantLimits":
        """What holds where a rule says this besides."""
        if by is None:
            return self
        return replace(self, pending=max(self.pending, by.pending or 0), live=max(self.live, by.live or 0))


EVERYBODY = GrantLimits()
"""What holds where the document says nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Emergency:
    """What a rule for emergencies wants afterwards."""

    reviewers: Approvers
    within: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class AllowRule(RuleScope):
    """Lends levels of access on places to people, for so long, when these approve."""

    default: timedelta
    longest: timedelta
    ahead: timedelta
    """How far ahead of its beginning access may be asked for."""
    reason_required: bool
    stages: tuple[RuleStage, ...]
    """Each after the one before it; empty when the rule approves without asking anybody."""
    reason_matching: Wording | None = None
    """What the reason must have in it."""
    ticket: Wording | None = None
    """How the ticket is called that the reason must name."""
    second_factor: bool = False
    channel: str = ""
    break_glass: Emergency | None = None
    """It answers urgent asks alone, and no other rule does."""
    limits: Raised | None = None
    """How much more at a time somebody may have who asks under it."""
    guests: bool = False
    """Whether `anyone` and groups take in guests of the workspace."""

    def is_for(self, principal: Principal) -> bool:
        """Whether it lends to this person. A robot breaks no glass, whatever names it."""
        if not principal.active or (principal.robot and self.break_glass):
            return False
        return self.who.include(principal, guests=self.guests)

    @property
    def at_once(self) -> bool:
        """Whether nobody is asked."""
        return not self.stages

    @property
    def approvers(self) -> Approvers:
        """Everybody who may decide in any stage, now or later."""
        return reduce(or_, (step.everybody() for step in self.stages), Approvers())


@dataclass(frozen=True, slots=True, kw_only=True)
class DenyRule(RuleScope):
    """Forbids what so much as touches it, whatever other rules allow."""

    because: str
    """The sentence that the person is shown."""


Rule = AllowRule | DenyRule
