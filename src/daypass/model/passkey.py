"""Passkeys, and the one-time links on which a browser uses them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from daypass.model.principal import PrincipalId
from daypass.model.record import OwnedByPrincipal, Validity
from daypass.model.words import mask


@dataclass(frozen=True, slots=True, kw_only=True)
class Passkey(OwnedByPrincipal):
    """A public key with which somebody proves that it is they who approve (WebAuthn level 3)."""

    credential_id: str
    """base64url, without padding."""
    principal: PrincipalId
    public_key: str
    """COSE key, base64url."""
    sign_count: int
    name: str
    at: datetime
    state: Validity = Validity.OPEN
    revision: int = 0

    def __post_init__(self) -> None:
        mask(self, "name")

    @property
    def key(self) -> str:
        """The credential's id."""
        return self.credential_id


class Purpose(StrEnum):
    """What an errand is for."""

    ENROL = "enrol"
    APPROVE = "approve"
    REMOVE = "remove"
    END = "end"


@dataclass(frozen=True, slots=True, kw_only=True)
class OneTimeLink(OwnedByPrincipal):
    """One thing that one person may do once, soon, in a browser. Of its address only the SHA-256 (hex) is kept."""

    ticket_hash: str
    principal: PrincipalId
    purpose: Purpose
    at: datetime
    ends: datetime
    subject: str = ""
    """The request that would be approved, the passkey that would be removed, the code of what waits to end things."""
    length: timedelta | None = None
    """For how long it would be approved; None leaves it as it was asked."""
    refused: int = 0
    """How often a proof for it did not hold."""
    state: Validity = Validity.OPEN
    revision: int = 0

    @property
    def key(self) -> str:
        """The hash."""
        return self.ticket_hash
