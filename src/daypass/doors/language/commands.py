"""What a person can say to Daypass, as a closed set of values: parsed, not yet done. A door matches on them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from daypass.doors.language.request_words import RequestDraft
from daypass.model.entitlement import Entitlement
from daypass.model.freeze import Extent
from daypass.model.grant import Delivery, GrantId
from daypass.model.lease import Term
from daypass.model.principal import PrincipalId


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestAccess:
    """Ask for access; the draft may lack something, and then a form asks for it."""

    draft: RequestDraft


@dataclass(frozen=True, slots=True, kw_only=True)
class Approve:
    """Approve, for the length given or as it was asked."""

    id: GrantId
    length: timedelta | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Deny:
    """Deny, with a reason or none."""

    id: GrantId
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListMine:
    """List my grants and requests and what waits for me."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """Review what was done behind broken glass; None lists what waits."""

    id: GrantId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowRequest:
    """Show one request or grant with its story."""

    id: GrantId


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """End my own access now."""

    id: GrantId


@dataclass(frozen=True, slots=True, kw_only=True)
class Revoke:
    """End access that somebody else has."""

    id: GrantId
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StartPanic:
    """End everything in an extent at once, and freeze it unless `hold` is False."""

    extent: Extent
    reason: str
    hold: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SetFreeze:
    """Give nothing in an extent; None lists the freezes that stand."""

    extent: Extent | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lift:
    """Lift a freeze, with a second owner."""

    id: GrantId


@dataclass(frozen=True, slots=True, kw_only=True)
class Extend:
    """Ask to keep access for longer; no term leaves the length to the rule."""

    id: GrantId
    term: Term | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancel:
    """Take back a request."""

    id: GrantId


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeLink:
    """Make a Daypass link to an object; an empty key means the object that the grant is for."""

    id: GrantId
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirm:
    """Let the command line with this code speak for me, once I have clicked on it too."""

    user_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Help:
    """Say what one command does, or which there are."""

    verb: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Allow:
    """Approve in advance what somebody may ask for within a window."""

    to: PrincipalId
    entitlement: Entitlement
    length: timedelta
    starts: datetime
    ends: datetime
    delivery: Delivery | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdraw:
    """Take back an approval in advance."""

    id: GrantId


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """Ask once more for what was asked before: the last, or the one with this id."""

    id: GrantId | None
    term: Term | None
    reason: str
    dry_run: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowOffers:
    """Say what I could ask for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GoAway:
    """Say that I am not at work until then, and who decides in my stead."""

    until: datetime
    delegate: PrincipalId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ComeBack:
    """Say that I am back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowRules:
    """Show the rules, or one of them, or the changes that wait; an empty word means all rules."""

    what: str


Said = (
    RequestAccess
    | Allow
    | Withdraw
    | Again
    | ShowOffers
    | GoAway
    | ComeBack
    | Approve
    | Deny
    | ListMine
    | Review
    | ShowRequest
    | Done
    | Revoke
    | StartPanic
    | SetFreeze
    | Lift
    | Extend
    | Cancel
    | MakeLink
    | Confirm
    | ShowRules
    | Help
)
