"""Whom to look at, and who looks: grants that are due, each claimed by one worker at a time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from daypass.model.grant import Grant, GrantId


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedStep:
    """A grant whose step did not succeed: how often, since when it is overdue, and what was said last."""

    grant: Grant
    attempts: int
    overdue_since: datetime
    error: str
    reported: bool
    """Whether the journal has been told that it is stuck."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A grant that one worker looks at, until its hold is over or somebody moves the grant on."""

    grant: Grant
    token: str
    """Drawn for this claim alone; the row holds it while the claim does."""
    held_until: datetime
    busy_until: datetime | None = None
    """Until when a write of an earlier claim, sent to AWS and not known to be answered, may still take effect."""
    attempts: int = 0
    """How often this step has failed in a row before."""


class Queue(Protocol):
    """
    Grants that somebody must look at, each held by one worker at a time.

    `now` is the time that all workers agree on, the database's.
    """

    def claim(self, *, now: datetime, hold: timedelta, limit: int, gives: bool = True) -> list[Claim]:
        """
        Take up to `limit` due grants that nobody holds, longest overdue first, and hold them until now + hold.

        Two callers never hold the same grant. A claim ends when the grant is moved on (recorded in another state, or to
        be looked at at another moment), given back, or taken by another once its hold is over, so that a dead worker's
        grants are gone on with. Recording a new lease for a grant that is still approved does not end it.
        Without `gives` what is still to be put into AWS is left where it is.
        """
        ...

    def take(self, grant_id: GrantId, *, now: datetime, hold: timedelta) -> Claim | None:
        """Claim one grant whether it is due or not; None when it has ended, or somebody holds it."""
        ...

    def renew(self, claim: Claim, *, now: datetime, hold: timedelta, lands_by: datetime | None = None) -> bool:
        """
        Hold on until now + hold; False when the claim has ended.

        `lands_by` says that something is about to be put into AWS, and until when that may take effect: whoever
        claims the grant next is told, even if this worker is never heard of again.
        """
        ...

    def landed(self, claims: Iterable[Claim], *, now: datetime) -> None:
        """Nothing that was put into AWS under these claims can take effect any more: what ends need not wait for it."""
        ...

    def late(self, *, busy_before: datetime) -> list[Grant]:
        """Read ended grants of which an unanswered write might have taken effect before a moment, or after it."""
        ...

    def forget_late(self, grant_ids: Iterable[GrantId]) -> None:
        """These were looked at once more."""
        ...

    def postpone(self, claim: Claim, *, until: datetime, error: str, landed: bool = False) -> bool:
        """
        Give a grant back to be looked at again later, its step failed once more; False when the claim has ended.

        Whoever moved the grant on meanwhile said when it is to be looked at, and that stands. `landed` says that
        what was put into AWS under this claim has taken effect, or never will.
        """
        ...

    def wait(self, claim: Claim, *, until: datetime, landed: bool = False) -> bool:
        """Give a grant back, untroubled, to be looked at again at a moment; False as for `postpone`."""
        ...

    def attempts(self, grant_id: GrantId) -> int:
        """How often this grant's step has failed in a row; 0 once it was moved on."""
        ...

    def troubled(self, *, overdue_before: datetime) -> list[FailedStep]:
        """Read all grants that have been overdue since before a moment, longest first."""
        ...

    def reported(self, grant_ids: Iterable[GrantId]) -> None:
        """Remember that the journal has been told of these troubles."""
        ...

    def depth(self, *, now: datetime) -> int:
        """How many grants are due now."""
        ...
