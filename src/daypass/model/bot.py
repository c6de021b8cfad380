"""Programs that request access in their own name."""

from dataclasses import dataclass
from datetime import datetime

from daypass.model.login import LoginScope
from daypass.model.principal import PrincipalId
from daypass.model.record import FoundById, Validity
from daypass.model.words import mask


@dataclass(frozen=True, slots=True, kw_only=True)
class Bot(FoundById):
    """A program that may ask: by tokens of ours, or by a token of somebody whom we trust for it."""

    id: PrincipalId
    """Begins with `bot:`."""
    owner: PrincipalId
    """Who answers for it. Nobody approves for a robot of theirs."""
    at: datetime
    about: str = ""
    token_hash: str | None = None
    """SHA-256 (hex) of its token; None for one that only comes by workload identity."""
    token_ends: datetime | None = None
    scopes: frozenset[LoginScope] = frozenset({LoginScope.READ, LoginScope.ASK, LoginScope.USE})
    issuer: str = ""
    """The issuer (OpenID Connect) whose tokens it comes with."""
    audience: str = ""
    named_by: PrincipalId | None = None
    """Who named the issuer and the claims: they may hold, or get, a token that fits."""
    handed_to: PrincipalId | None = None
    """Who was shown its token in the one moment it was seen."""
    claims: tuple[tuple[str, str], ...] = ()
    """What its token must say, such as (`repository`, `acme/deploy`); patterns with `*` as in rules."""
    state: Validity = Validity.OPEN
    revision: int = 0

    def __post_init__(self) -> None:
        mask(self, "about")

    @property
    def holders(self) -> frozenset[PrincipalId]:
        """
        Who can speak for it besides itself: whoever was handed the token that counts, or named the claims that count.

        A token that is over still stands behind what it asked for; only the next one takes its holder's place.
        """
        token = {self.handed_to} if self.token_hash and self.handed_to else set[PrincipalId]()
        return frozenset(token | ({self.named_by} if self.issuer and self.named_by else set()))
