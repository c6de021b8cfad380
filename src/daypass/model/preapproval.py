"""Approvals given before anybody asks."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from daypass.model.entitlement import Entitlement
from daypass.model.grant import Delivery, GrantId
from daypass.model.principal import PrincipalId
from daypass.model.record import FoundById, OwnedByPrincipal, Validity
from daypass.model.words import mask


@dataclass(frozen=True, slots=True, kw_only=True)
class Preapproval(FoundById, OwnedByPrincipal):
    """An approval given in advance: what `by` would approve, for whom, within a window, for how long at most."""

    id: GrantId
    by: PrincipalId
    principal: PrincipalId
    """Who may ask under it."""
    entitlement: Entitlement
    """The most that is approved; an ask for less of it is covered too."""
    length: timedelta
    """The longest grant it approves."""
    starts: datetime
    ends: datetime
    """Asks outside [starts, ends) are not covered, nor what would begin after it. A grant may end after it."""
    at: datetime
    delivery: Delivery = Delivery.SESSION
    """The one way that it approves."""
    reason: str = ""
    state: Validity = Validity.OPEN
    revision: int = 0

    def __post_init__(self) -> None:
        mask(self, "reason")
