"""
Whether somebody whom a rule names can decide on an ask, and who decides in their stead.

One who is away is stood in for by the delegate they chose, if that one is there; a delegate's own delegate was chosen
by nobody who is named, and does not count.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from daypass.model.asking_side import AskingSide
from daypass.model.decision import Circumstances, Question
from daypass.model.principal import ROBOT, Away, Principal, PrincipalId
from daypass.rules.approval.quorum import askers, asking

OWN = "is on the asking side, and nobody decides on their own request"
"""Why somebody is passed over who is on the asking side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """Who decides where a rule names somebody: themselves, their delegate or nobody; and why not themselves."""

    taken_by: PrincipalId | None
    passed_over: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Colleagues:
    """The people around one ask, as the directory has them at that moment."""

    asking: frozenset[PrincipalId]
    """Every account of everybody on the asking side."""
    at: datetime | None = None
    people: Mapping[PrincipalId, Principal] = field(default_factory=dict)
    strangers: frozenset[PrincipalId] = frozenset()

    @classmethod
    def of(cls, question: Question, around: Circumstances | None) -> "Colleagues":
        """Those around this ask; None knows nobody but who asks."""
        if around is None:
            return cls(asking=askers(question))
        side = AskingSide.of(asking(question), around.people.values())
        return cls(asking=side.ids, at=around.at, people=around.people, strangers=around.strangers)

    def seat(self, named: PrincipalId) -> Seat:
        """Say who decides where the rule names this one. Whoever is not known to be missing is there."""
        if never := self._never(named):
            return Seat(taken_by=None, passed_over=never)
        away = self._away(named)
        if away is None:
            return Seat(taken_by=named)
        is_away = _until(away, self.people[named].tz, self.at)
        delegate = away.delegate
        if delegate is None:
            return Seat(taken_by=None, passed_over=is_away)
        if reason := self._never(delegate) or (self._away(delegate) and "is away too"):
            return Seat(taken_by=None, passed_over=f"{is_away}; {delegate}, their delegate, {reason}")
        return Seat(taken_by=delegate, passed_over=f"{is_away}; {delegate} decides in their stead")

    def count(self, accounts: frozenset[PrincipalId]) -> int:
        """How many different people these accounts are, as far as is known."""
        known = [self.people[one] for one in sorted(accounts & self.people.keys())]
        again = sum(any(one.is_also(other) for other in known[:nth]) for nth, one in enumerate(known))
        return len(accounts) - again

    def _never(self, one: PrincipalId) -> str:
        known = self.people.get(one)
        if one in self.asking:
            return OWN
        if one.startswith(ROBOT):
            return "is a robot, and robots never decide"
        if one in self.strangers:
            return "is nobody whom the directory knows"
        if known and known.guest:
            return "is a guest, and guests never decide"
        return "has left" if known and not known.active else ""

    def _away(self, one: PrincipalId) -> Away | None:
        known = self.people.get(one)
        away = known.away if known else None
        return away if away and self.at and away.at(self.at) else None


def _until(away: Away, tz: str, at: datetime | None) -> str:
    if away.until is None or at is None:
        return "is away"
    zone = _zone(tz)
    back, now = away.until.astimezone(zone), at.astimezone(zone)
    if back.date() == now.date():
        return f"is away until {back:%H:%M} ({zone.key})"
    year = f" {back.year}" if back.year != now.year else ""
    return f"is away until {back.day} {back:%B}{year}"


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")
