"""What records have in common: a key of their own, an owner, a state, and the revision they were read with."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from daypass.model.grant import GrantId
from daypass.model.principal import PrincipalId


class Validity(StrEnum):
    """Whether something kept still counts."""

    OPEN = "open"
    CLOSED = "closed"


class FoundById:
    """Found by its id."""

    __slots__ = ()
    id: GrantId | PrincipalId

    @property
    def key(self) -> str:
        """The id."""
        return self.id


class OwnedByPrincipal:
    """Belongs to one person or robot."""

    __slots__ = ()
    principal: PrincipalId

    @property
    def owner(self) -> str:
        """Whose it is."""
        return self.principal


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally(OwnedByPrincipal):
    """Moves with whatever is decided over several rows of one person; see lifecycle/counts."""

    principal: PrincipalId
    at: datetime
    """When it was begun."""
    passkeys: int = 0
    """How many they have: so that one whose rows somebody hides in the database is not taken for who has none."""
    state: Validity = Validity.OPEN
    revision: int = 0

    @property
    def key(self) -> str:
        """Whose it is: one each."""
        return self.principal
