"""
Time: how long somebody asked for, and the stretch in which they have it.

A Term is a wish ("two hours", "until 18:00", "two hours from nine o'clock"). It becomes a Lease only when AWS is
about to be told, so that waiting for an approver never eats into what was asked. All times are aware UTC and
whole seconds, because that is all that an IAM date condition can say.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from daypass.model.errors import BadInput

_SHORTEST = timedelta(seconds=1)
LONGEST = timedelta(days=366)
"""No term, whatever a rule says, is longer than a leap year."""

AWS_TIME = "%Y-%m-%dT%H:%M:%SZ"
"""The one form in which a date enters a policy; every server under test agrees on it."""


def whole_second(moment: datetime) -> datetime:
    """Cut a moment down to its second, in UTC. Raises ValueError for a naive datetime."""
    if moment.tzinfo is None:
        raise ValueError("a datetime without a time zone has no meaning here")
    return moment.astimezone(UTC).replace(microsecond=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """The half-open stretch of time [starts, ends) in which a grant may be used."""

    starts: datetime
    ends: datetime

    def __post_init__(self) -> None:
        for moment in (self.starts, self.ends):  # asked of the moments alone: each grant that is read has two
            if moment.tzinfo is None:
                raise ValueError("a datetime without a time zone has no meaning here")
            if moment.microsecond:
                raise ValueError("a lease begins and ends on whole seconds")
        if self.ends <= self.starts:
            raise BadInput("That time is over before it begins; choose a later end.", field="length")

    def __contains__(self, moment: datetime) -> bool:
        return self.starts <= moment < self.ends

    @property
    def length(self) -> timedelta:
        """From the first second to the end."""
        return self.ends - self.starts


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """
    How long, as a person asked for it: a length or an end, and perhaps a start.

    Exactly one of `length` and `until` is set. Raises BadInput (field `length`) for nothing, less than a second or
    more than 366 days.
    """

    length: timedelta | None = None
    until: datetime | None = None
    starts: datetime | None = None

    def __post_init__(self) -> None:
        if (self.length is None) == (self.until is None):
            raise BadInput("Say either for how long (2h) or until when (until 18:00).", field="length")
        if self.length is not None and self.length < _SHORTEST:
            raise BadInput("That is no time at all; ask for a minute or more, such as 90m or 2h.", field="length")
        if self.length is not None and self.length > LONGEST:
            raise BadInput("That is more than a year; nothing is lent for so long.", field="length")

    def lease(self, now: datetime) -> Lease:
        """The lease this becomes if AWS accepts it now. Raises BadInput when it would be over already."""
        starts = whole_second(max(now, self.starts or now))
        if self.until is not None:
            return _bounded(Lease(starts=starts, ends=whole_second(self.until)))
        assert self.length is not None  # noqa: S101 - __post_init__ saw to it
        return _bounded(Lease(starts=starts, ends=whole_second(starts + self.length)))

    def cut_to(self, length: timedelta) -> "Term":
        """The same start with the length that an approver chose."""
        return Term(length=length, starts=self.starts)


def _bounded(lease: Lease) -> Lease:
    if lease.length > LONGEST:
        raise BadInput("That is more than a year; nothing is lent for so long.", field="length")
    return lease
