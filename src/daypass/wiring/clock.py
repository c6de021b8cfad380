"""
The one clock: the database's time, which all replicas share, held against this machine's and against AWS's.

    agree                      everything goes on
    this machine is off        it gives nothing and its worker does nothing, as it would sign wrongly and a healthy
                               replica is there; who ends something is heard, and that is dated by the database
    database and AWS differ    the time is AWS's; nothing is put into AWS and nothing is called over before both say so;
                               endings go on
    nobody knows               nothing is claimed, and AWS, which answers nobody, is asked again

The database's time is not taken where AWS contradicts it: SQLite's is this machine's, and what is put off by a clock
that runs ahead would wait for everybody. Between two looks at the database its time goes on by a monotonic clock, so
that nothing happens when somebody sets the machine's. It is never ahead of the database's: whoever claims and renews by
it claims nothing too early.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from enum import StrEnum
from threading import Lock
from typing import NamedTuple

import structlog
from prometheus_client import Gauge

from daypass.aws.clock import AwsTime
from daypass.model.errors import DaypassError, Unavailable
from daypass.model.length import words_for_length

log = structlog.get_logger()

OF_DATABASE = timedelta(seconds=2)
"""How far this machine's clock may be from the database's."""
OF_AWS = timedelta(seconds=5)
"""How far the database's clock may be from AWS's."""
_NOTHING = timedelta()
_STEP = timedelta(seconds=1)
"""A database whose time jumps by more was set; by less, an answer was slow."""
_OFF = Gauge("daypass_clock_ahead_seconds", "How far a clock is ahead of the database's.", ["clock"])


class Agreement(StrEnum):
    """What the three clocks say of each other."""

    AGREE = "agree"
    MACHINE_OFF = "machine_off"
    DATABASE_OFF = "database_off"
    UNKNOWN = "unknown"


class _Anchor(NamedTuple):
    at: float
    """A monotonic reading."""
    time: datetime
    """The database's time then, or a little before."""


class Bounds(NamedTuple):
    """Between what a clock is ahead of the database's."""

    least: timedelta
    most: timedelta

    def beyond(self, tolerated: timedelta) -> bool:
        """Whether it is off for certain."""
        return self.least > tolerated or self.most < -tolerated

    @property
    def nearest(self) -> timedelta:
        """The smallest difference that is possible."""
        return self.closest_to(_NOTHING)

    def closest_to(self, before: timedelta) -> timedelta:
        """What is possible and nearest to what was taken before, so that it changes only when it must."""
        return min(max(self.least, before), self.most)


class SharedClock:
    """Reads the time that all replicas agree on. Safe to share between threads."""

    def __init__(
        self,
        *,
        database: Callable[[], datetime],
        machine: Callable[[], datetime],
        monotonic: Callable[[], float],
        aws: AwsTime,
    ) -> None:
        """Take the three clocks, and a monotonic one."""
        self._database = database
        self._machine = machine
        self._monotonic = monotonic
        self._aws = aws
        self._anchor: _Anchor | None = None
        self._lock = Lock()
        self._looked = self._asked = 0.0
        self._machine_ahead: Bounds | None = None
        self._correction = _NOTHING
        """What AWS's time is ahead of the database's, where they differ by too much."""
        self.agreement = self._logged = Agreement.UNKNOWN

    def __call__(self) -> datetime:
        """Read it. Raises Unavailable only when the database was never reached."""
        return self._databases() + self._correction

    def by_both(self) -> datetime:
        """Read the earlier of the database's clock and AWS's, where they differ: by it, nothing is over too early."""
        return self._databases() + min(self._correction, _NOTHING)

    def compare(self) -> Agreement:
        """Look at the database's clock and hold all three against each other. Raises Unavailable."""
        self._look()
        self.agreement = self._judge()
        return self.agreement

    def compare_with_aws(self) -> None:
        """Ask AWS the time first. Raises Unavailable."""
        try:
            self._aws.ask()
        finally:
            self.compare()

    def keep_comparing(self) -> None:
        """
        Compare, and log what has changed.

        AWS is asked where it has not said anything for a minute; sooner while the clocks do not agree.
        """
        last, most_s = self._aws.last, 60.0 if self.agreement is Agreement.AGREE else 5.0
        heard = max(self._asked, last.received if last else self._asked)
        if heard == 0 or self._monotonic() > heard + most_s:
            self._asked = self._monotonic()
            with suppress(DaypassError):  # an AWS that is away is heard of where it is needed
                self._aws.ask()
        self.compare()
        if self._logged is not self.agreement:
            self._logged = self.agreement
            say = log.info if self.agreement is Agreement.AGREE else log.error
            say("clocks compared", agreement=self.agreement.value, reason=self.sentence)

    def may_work(self) -> bool:
        """Whether a worker here may do anything, by a look that is at most a second old. Raises Unavailable."""
        if self._anchor is None or self._monotonic() > self._looked + _STEP.total_seconds():
            self.compare()
        return self.agreement is not Agreement.MACHINE_OFF

    def may_claim(self) -> bool:
        """Whether a worker here may claim grants: only when it knows by AWS what time it is. Raises Unavailable."""
        return self.may_work() and self.agreement is not Agreement.UNKNOWN

    def agrees(self) -> bool:
        """Whether anything may be put into AWS, as far as is known without asking."""
        return self.agreement is Agreement.AGREE

    def must_be_right(self) -> None:
        """Raise Unavailable while this machine's clock is off: it gives nothing then."""
        if self.agreement is Agreement.MACHINE_OFF:
            raise Unavailable(self.sentence)

    def may_put_in(self) -> None:
        """Raise Unavailable unless the clocks agree, so that nothing is put into AWS by a wrong one."""
        if self.agreement is not Agreement.AGREE:
            self.compare_with_aws()
        if self.agreement is not Agreement.AGREE:
            raise Unavailable(self.sentence)

    @property
    def sentence(self) -> str:
        """Say how the clocks stand, and what to do."""
        machine, aws = self._machine_ahead, self._aws_ahead()
        match self.agreement:
            case Agreement.AGREE:
                return "This machine's clock, the database's and AWS's agree."
            case Agreement.MACHINE_OFF:
                return _machine_off(machine.nearest if machine else _NOTHING)
            case Agreement.DATABASE_OFF:
                off = _off(-aws.nearest if aws else _NOTHING)
                apart = machine is not None and machine.beyond(OF_DATABASE)
                whose = "The database's clock" if apart else "The clock of this machine and its database"
                return f"{whose} is {off} AWS's. Set it (NTP). Until then no access is granted."
            case Agreement.UNKNOWN:
                return "AWS's clock has not been compared with ours yet. Until then no access is granted."

    def _databases(self) -> datetime:
        anchor = self._anchor or self._look()
        return anchor.time + timedelta(seconds=self._monotonic() - anchor.at)

    def _look(self) -> _Anchor:
        """Ask the database the time, and see where this machine's clock is beside it."""
        sent, machine_sent = self._monotonic(), self._machine()
        time = self._database()
        received, machine_received = self._monotonic(), self._machine()
        with self._lock:
            self._looked = received
            fresh, old = _Anchor(received, time), self._anchor
            held = old.time + timedelta(seconds=received - old.at) if old else time
            if old is None or held < time or abs(held - time) > _STEP + timedelta(seconds=received - sent):
                self._anchor = fresh
            self._machine_ahead = Bounds(machine_sent - time, machine_received - time)
            _OFF.labels("machine").set(self._machine_ahead.nearest.total_seconds())
            return self._anchor or fresh

    def _judge(self) -> Agreement:
        aws, machine = self._aws_ahead(), self._machine_ahead
        machine_off = machine is not None and machine.beyond(OF_DATABASE)
        if aws is None:
            return Agreement.UNKNOWN
        _OFF.labels("aws").set(aws.nearest.total_seconds())
        self._correction = aws.closest_to(self._correction) if aws.beyond(OF_AWS) else _NOTHING
        if aws.beyond(OF_AWS):
            return Agreement.DATABASE_OFF
        return Agreement.MACHINE_OFF if machine_off else Agreement.AGREE

    def _aws_ahead(self) -> Bounds | None:
        """Between what bounds AWS's clock is ahead of the database's; None before its first answer."""
        told, anchor = self._aws.last, self._anchor
        if told is None or anchor is None:
            return None
        least, most = told.ahead(lambda reading: anchor.time + timedelta(seconds=reading - anchor.at))
        return Bounds(-most, -least)


def must_be_near(*, machine: datetime, database: datetime) -> None:
    """Raise Unavailable where a process that compares nothing would give something by a machine's clock that is off."""
    if abs(machine - database) > OF_DATABASE:
        raise Unavailable(_machine_off(machine - database))


def _machine_off(ahead: timedelta) -> str:
    return f"This machine's clock is {_off(ahead)} the database's. Set it (NTP). Until then it only ends access."


def _off(ahead: timedelta) -> str:
    whole = timedelta(seconds=max(1, round(abs(ahead).total_seconds())))
    return f"{words_for_length(whole)} {'ahead of' if ahead > _NOTHING else 'behind'}"
