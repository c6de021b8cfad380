"""
Small things that are kept beside requests and grants: approvals in advance, absences, robots, codes, passkeys, errands.

Each has a `key` of its own within its kind, an `owner` and a `state` to find it by, and the `revision` it was read
with, so that whoever writes second is told.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from daypass.model.decision import Approvers
from daypass.model.entitlement import Entitlement
from daypass.model.event import LoginScope
from daypass.model.grant import Delivery, GrantId
from daypass.model.principal import DAYPASS, Principal, PrincipalId
from daypass.model.words import mask


class Validity(StrEnum):
    """Whether something kept still counts."""

    OPEN = "open"
    CLOSED = "closed"


class _ById:
    """Found by its id."""

    __slots__ = ()
    id: GrantId | PrincipalId

    @property
    def key(self) -> str:
        """The id."""
        return self.id


class _OfSomebody:
    """Belongs to one person or robot."""

    __slots__ = ()
    principal: PrincipalId

    @property
    def owner(self) -> str:
        """Whose it is."""
        return self.principal


@dataclass(frozen=True, slots=True, kw_only=True)
class Preapproval(_ById, _OfSomebody):
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence(_OfSomebody):
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Bot(_ById):
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


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedCode(_OfSomebody):
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
class Passkey(_OfSomebody):
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
class OneTimeLink(_OfSomebody):
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule(_ById, _OfSomebody):
    """An approved request that recurs, for as long as windows of it are still to be opened."""

    id: GrantId
    """That of the request, whose own grant is the first window."""
    principal: PrincipalId
    at: datetime
    opened_until: datetime
    """Windows that begin before this moment have been opened, or were left out for good."""
    state: Validity = Validity.OPEN
    revision: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class GlassReview(_ById, _OfSomebody):
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
    hook_next: datetime | None = None
    """Not before this is it called again."""
    hook_sent_at: datetime | None = None
    """When it took the call; None while it has not."""
    closed_by: PrincipalId | None = None
    closed_at: datetime | None = None
    note: str = ""
    state: Validity = Validity.OPEN
    revision: int = 0

    def __post_init__(self) -> None:
        mask(self, "note")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally(_OfSomebody):
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Alteration:
    """A row of the ledger that was changed outside Daypass. Open for as long as it was not put right."""

    row: str
    """Its table and key."""
    because: str
    at: datetime
    """When it was found."""
    state: Validity = Validity.OPEN
    revision: int = 0

    @property
    def key(self) -> str:
        """The row."""
        return self.row

    @property
    def owner(self) -> str:
        """Daypass itself."""
        return DAYPASS


Kept = Preapproval | Absence | Bot | SealedCode | Passkey | OneTimeLink | GlassReview | Schedule | Tally | Alteration
