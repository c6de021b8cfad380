"""
A claim as its worker holds it: whether the next call to AWS may still be made under it, and what was sent so far.

    putting in    each attempt of each write renews the claim in the database first, and leaves word there until when
                  the write may take effect; whoever lost the claim sends nothing more
    taking out    asks the database only when less than an attempt is left of the hold: a burst of endings costs no
                  renewals, and no database that is away keeps an access in AWS
    looking       renews when less than half of the hold is left, so that a slow AWS does not cost the claim
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from daypass.model.errors import DaypassError, Unavailable
from daypass.model.grant import Grant
from daypass.ports import Claim, Overtaken, Queue
from daypass.ports.fence import ATTEMPT, FLIGHT, HOLD, writing_under

LONGEST_STEP = timedelta(minutes=2)
"""After which a step puts nothing more into AWS, however its claim stands: it begins again from the ledger."""


class HeldClaim:
    """One claim, in the hands of one worker."""

    def __init__(
        self,
        claim: Claim,
        *,
        queue: Queue,
        clock: Callable[[], datetime],
        hold: timedelta = HOLD,
        flight: timedelta = FLIGHT,
    ) -> None:
        """Take the claim, and the clock that all workers agree on."""
        self.claim = claim
        self.grant: Grant = claim.grant
        """As this worker last wrote it."""
        self.wrote = False
        """Whether anything to be put into AWS was sent."""
        self._queue = queue
        self._clock = clock
        self._hold = hold
        self._flight = flight
        self._held_until = claim.held_until
        self._begun = clock()
        self._unsettled = 0

    @property
    def landed(self) -> bool:
        """Whether something was put into AWS, and it is known what became of all of it."""
        return self.wrote and not self._unsettled

    def is_busy(self, now: datetime) -> bool:
        """Whether a write of an earlier claim may still take effect."""
        return self.claim.busy_until is not None and now < self.claim.busy_until

    def putting_in(self) -> writing_under:
        """Fence what the block writes to AWS for a grant that lives."""
        return writing_under(_PuttingIn(self))

    def taking_out(self) -> writing_under:
        """Fence what the block removes from AWS."""
        return writing_under(_TakingOut(self))

    def looking(self) -> writing_under:
        """Keep the claim while the block reads."""
        return writing_under(_Looking(self))

    def send(self, write: str) -> None:
        """Renew the claim for a write that puts something in. Raises Overtaken, Unavailable after LONGEST_STEP."""
        now = self._clock()
        if now > self._begun + LONGEST_STEP:
            raise Unavailable(f"AWS is so slow that {write} was not sent; the step begins again.")
        self._renew(write, now, lands_by=now + self._flight)
        self.wrote = True
        self._unsettled += 1

    def settle(self) -> None:
        """Hear that it is known what became of the last write."""
        self._unsettled -= 1

    def keep(self, call: str, at_least: timedelta) -> None:
        """Renew the claim if less is left of it. Raises Overtaken when it has ended."""
        now = self._clock()
        if now > self._held_until - at_least:
            self._renew(call, now)

    def keep_for_looking(self) -> None:
        """Renew the claim if less than half of it is left."""
        self.keep("reading", self._hold / 2)

    def _renew(self, call: str, now: datetime, lands_by: datetime | None = None) -> None:
        if not self._queue.renew(self.claim, now=now, hold=self._hold, lands_by=lands_by):
            raise Overtaken(f"Somebody else went on with {self.grant.id}, so {call} was not sent.")
        self._held_until = now + self._hold
        self.claim = replace(self.claim, held_until=self._held_until)


class _Looking:
    """Nothing may be written under it."""

    def __init__(self, held: HeldClaim) -> None:
        self._held = held

    def ask(self, write: str) -> None:
        raise AssertionError(f"{write} was about to be sent by what only looks.")

    def told(self, write: str, *, settled: bool) -> None:
        pass

    def reading(self) -> None:
        self._held.keep_for_looking()


class _PuttingIn(_Looking):
    """Every write renews the claim."""

    def ask(self, write: str) -> None:
        self._held.send(write)

    def told(self, write: str, *, settled: bool) -> None:  # noqa: ARG002 - the port's
        if settled:
            self._held.settle()


class _TakingOut(_Looking):
    """Nothing stands in its way but a lost claim."""

    def ask(self, write: str) -> None:
        self._keep(write)

    def reading(self) -> None:
        self._keep("reading")

    def _keep(self, call: str) -> None:
        try:
            self._held.keep(call, ATTEMPT)
        except Overtaken:
            raise
        except DaypassError:  # a database that is away keeps nothing in AWS
            pass
