"""Emergency access: the sealed codes, and the review that follows."""

from dataclasses import dataclass
from datetime import datetime

from daypass.model.decision import Approvers
from daypass.model.grant import GrantId
from daypass.model.principal import Principal, PrincipalId
from daypass.model.record import FoundById, OwnedByPrincipal, Validity
from daypass.model.words import mask


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedCode(OwnedByPrincipal):
    """A one-time code for the day when nobody can log in; only its SHA-256 (hex) is kept."""

    code_hash: str
    principal: PrincipalId
    at: datetime
    ends: datetime
    used_for: GrantId | None = None
    person: Principal | None = None
    """As the directory had them when it was sealed; counts only while the directory does not answer."""
    state: Validity = Validity.OPEN
    revision: int = 0

    @property
    def key(self) -> str:
        """The hash."""
        return self.code_hash


@dataclass(frozen=True, slots=True, kw_only=True)
class GlassReview(FoundById, OwnedByPrincipal):
    """What a break-glass grant owes: somebody else looks at what was done, says so, and closes it."""

    id: GrantId
    """That of the request and the grant."""
    principal: PrincipalId
    reviewers: Approvers
    at: datetime
    due: datetime
    reminded_at: datetime | None = None
    reminders: int = 0
    hook_tries: int = 0
    """How often the hook was called."""
    hook_sent_at: datetime | None = None
    """When it took the call; None while it has not."""
    closed_by: PrincipalId | None = None
    closed_at: datetime | None = None
    note: str = ""
    state: Validity = Validity.OPEN
    revision: int = 0

    def __post_init__(self) -> None:
        mask(self, "note")
