"""
Permission given, and the life it leads.

    approved ----> active ----> ending ----> ended
        |                         ^
        `-------------------------'   cannot be provisioned, withdrawn, or over before AWS accepted it

A grant and the request it came from share one id; names in AWS derive from it. Every grant passes through
`ending`, whatever ended it, because only there does Daypass look at AWS until nothing stands.
"""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Any, NewType

from daypass.model.entitlement import Entitlement
from daypass.model.lease import Lease, Term
from daypass.model.principal import AwsIdentity, PrincipalId
from daypass.model.words import mask

GrantId = NewType("GrantId", str)
"""Twelve characters out of 31, 59 bits: no vowels but `a`, `e`, `u`, nothing that looks like something else."""

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
ID_LENGTH = 12
"""What an id is made of, and how long it is."""

WARNING = timedelta(minutes=10)
"""How long before its end a grant is said to be about to end; at most a quarter of the lease."""


class Delivery(StrEnum):
    """How access reaches the person."""

    SESSION = "session"
    POLICY = "policy"
    LINK = "link"


class GrantState(StrEnum):
    """Where a grant is in its life."""

    APPROVED = "approved"
    ACTIVE = "active"
    ENDING = "ending"
    ENDED = "ended"


class Why(StrEnum):
    """Why a grant ends."""

    EXPIRED = "expired"
    DONE = "done"
    REVOKED = "revoked"
    FAILED = "failed"
    VANISHED = "vanished"
    LEFT = "left"
    """The account of the person was deactivated."""
    REFUSED = "refused"
    """It was judged again when it was to begin, and refused."""
    RESTORED = "restored"
    """The ledger was restored from a backup, in which it was approved only."""
    TICKET = "ticket"
    """The ticket that it was lent for was closed."""


class Presence(StrEnum):
    """What AWS shows of a grant."""

    ABSENT = "absent"
    LAPSING = "lapsing"
    """Nothing is handed out any more, and what was cannot be taken back: it ends by itself, in minutes."""
    PRESENT = "present"


_MOVES = {
    GrantState.APPROVED: {GrantState.ACTIVE, GrantState.ENDING},
    GrantState.ACTIVE: {GrantState.ENDING},
    GrantState.ENDING: {GrantState.ENDED},
    GrantState.ENDED: set(),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How a grant comes to its end: why, by whom, since when, with what words."""

    why: Why
    by: PrincipalId
    at: datetime
    note: str = ""

    def __post_init__(self) -> None:
        mask(self, "note")


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """Permission given to one person, with everything a worker needs to put it into AWS and take it out again."""

    id: GrantId
    principal: PrincipalId
    entitlement: Entitlement
    delivery: Delivery
    term: Term
    approved_at: datetime
    aws: AwsIdentity | None = None
    """Where a policy is put; fixed at the approval, so that nothing said later can move it."""
    state: GrantState = GrantState.APPROVED
    lease: Lease | None = None
    """Set, and committed, before AWS is touched for the first time; set anew while AWS still shows nothing."""
    ending: Ending | None = None
    ended_at: datetime | None = None
    warned: bool = False
    extends: GrantId | None = None
    root: GrantId | None = None
    """The first grant of the chain that this prolongs; None for one that prolongs nothing."""
    handed_out: bool = False
    """Whether a session of it may have been opened for somebody: written down before the first one is."""
    revision: int = 0
    """Grows by one at each commit: whoever commits on an older one is told `Conflict`."""

    @property
    def chain(self) -> GrantId:
        """What it shares with all that it prolongs and that prolong it: the id of the first of them."""
        return self.root or self.extends or self.id

    def activated(self) -> "Grant":
        """AWS shows the access."""
        return self._moved(GrantState.ACTIVE)

    def leased(self, lease: Lease) -> "Grant":
        """The intent to put it into AWS with these dates. Only before it was ever active."""
        if self.state is not GrantState.APPROVED:
            raise ValueError(f"a grant that is {self.state} gets no new lease")
        return replace(self, lease=lease)

    def ending_now(self, ending: Ending) -> "Grant":
        """From here on nothing is vended, and the loop takes the access out of AWS."""
        return self._moved(GrantState.ENDING, ending=ending)

    def ended(self, at: datetime) -> "Grant":
        """AWS shows nothing any more."""
        return self._moved(GrantState.ENDED, ended_at=at)

    def usable(self, now: datetime) -> bool:
        """Whether the person may be handed anything: active, not ending, and inside the lease."""
        return self.state is GrantState.ACTIVE and self.lease is not None and now in self.lease

    def next_look(self) -> datetime | None:
        """When the loop must look at this grant again; None once it has ended."""
        match self.state:
            case GrantState.APPROVED:
                return self.term.starts or self.approved_at
            case GrantState.ACTIVE:
                assert self.lease is not None  # noqa: S101 - an active grant was leased
                return self.lease.ends if self.warned else self.warn_at
            case GrantState.ENDING:
                assert self.ending is not None  # noqa: S101 - ending_now set it
                return self.ending.at
            case GrantState.ENDED:
                return None

    @property
    def warn_at(self) -> datetime:
        """When the person is told that it is about to end."""
        assert self.lease is not None  # noqa: S101 - asked of leased grants alone
        return self.lease.ends - min(WARNING, self.lease.length / 4)

    def _moved(self, state: GrantState, **changes: Any) -> "Grant":
        if state not in _MOVES[self.state]:
            raise ValueError(f"a grant that is {self.state} cannot become {state}")
        return replace(self, state=state, **changes)


def grant_id_for(key: str) -> GrantId:
    """The id that belongs to a key: what was asked twice with one key is one request."""
    number = int.from_bytes(sha256(key.encode()).digest(), "big")
    signs = []
    for _ in range(ID_LENGTH):
        number, sign = divmod(number, len(ALPHABET))
        signs.append(ALPHABET[sign])
    return GrantId("".join(signs))


def new_grant_id() -> GrantId:
    """Draw an id that nobody else has; see GrantId."""
    return GrantId("".join(secrets.choice(ALPHABET) for _ in range(ID_LENGTH)))
