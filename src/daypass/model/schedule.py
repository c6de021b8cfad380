"""Access that recurs."""

from dataclasses import dataclass
from datetime import datetime

from daypass.model.grant import GrantId
from daypass.model.principal import PrincipalId
from daypass.model.record import FoundById, OwnedByPrincipal, Validity


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule(FoundById, OwnedByPrincipal):
    """An approved request that recurs, for as long as windows of it are still to be opened."""

    id: GrantId
    """That of the request, whose own grant is the first window."""
    principal: PrincipalId
    at: datetime
    opened_until: datetime
    """Windows that begin before this moment have been opened, or were left out for good."""
    state: Validity = Validity.OPEN
    revision: int = 0
