"""Who is out of office, and who acts for them meanwhile."""

from dataclasses import dataclass
from datetime import datetime

from daypass.model.principal import PrincipalId
from daypass.model.record import OwnedByPrincipal, Validity


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence(OwnedByPrincipal):
    """What an approver said of their own absence; it stands beside what the directory knows."""

    principal: PrincipalId
    until: datetime
    delegate: PrincipalId | None
    at: datetime
    state: Validity = Validity.OPEN
    revision: int = 0

    @property
    def key(self) -> str:
        """Whose it is: one each."""
        return self.principal
