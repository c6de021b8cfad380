"""Approvals in advance, absences and offers, as programs see them."""

from datetime import datetime

from pydantic import Field

from daypass.doors.wire.approval import ApproversOut
from daypass.doors.wire.outputs import WireOut
from daypass.model.absence import Absence
from daypass.model.entitlement import ordered
from daypass.model.preapproval import Preapproval
from daypass.model.record import Validity


class PermitOut(WireOut):
    """What somebody approved in advance."""

    id: str
    by: str
    to: str
    resource: str
    levels: list[str]
    extras: list[str]
    longest_s: int
    starts: datetime
    ends: datetime
    delivery: str
    reason: str
    open: bool
    doubt: str | None = None
    """To whoever has just given it: why it would count for nothing, or not by itself, as the rules stand."""
    names: dict[str, str] = Field(default_factory=dict)
    """To whoever has just given it: the names of the people in it, by id."""

    @classmethod
    def of(
        cls, permit: Preapproval, now: datetime, doubt: str = "", names: dict[str, str] | None = None
    ) -> "PermitOut":
        """Show a permit as it is now."""
        return cls(
            id=permit.id,
            by=permit.by,
            to=permit.principal,
            resource=str(permit.entitlement.resource),
            levels=ordered(permit.entitlement.levels),
            extras=sorted(permit.entitlement.options),
            longest_s=int(permit.length.total_seconds()),
            starts=permit.starts,
            ends=permit.ends,
            delivery=permit.delivery,
            reason=permit.reason,
            open=permit.state is Validity.OPEN and now < permit.ends,
            doubt=doubt or None,
            names=names or {},
        )


class PermitsOut(WireOut):
    """Those that I gave or was given, the newest first."""

    permits: list[PermitOut]
    names: dict[str, str]


class AbsenceOut(WireOut):
    """Until when somebody is away, and who decides meanwhile."""

    until: datetime
    delegate: str | None
    away: bool
    names: dict[str, str]
    """The delegate's name, by id."""

    @classmethod
    def of(cls, absence: Absence, names: dict[str, str]) -> "AbsenceOut":
        """Show an absence."""
        away = absence.state is Validity.OPEN
        return cls(until=absence.until, delegate=absence.delegate, away=away, names=names)


class OfferOut(WireOut):
    """One thing that I could ask for."""

    rule: str
    sentence: str
    resources: list[str]
    levels: list[str]
    deliveries: list[str]
    default_s: int
    longest_s: int
    at_once: bool
    urgent: bool


class OffersOut(WireOut):
    """What the rules would let me ask for. A rule that denies may still stand in the way of some of it."""

    offers: list[OfferOut]
    denials: list[str]
    owners: ApproversOut
    """Who can change the rules."""
    names: dict[str, str]
