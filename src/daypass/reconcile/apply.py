"""
Do the one next step for one grant.

The order of every step is the point of this page. Going in: intent committed, then AWS, then a look at AWS, then
`active`. Coming out: AWS first, until it shows nothing, then `ended`. So a kill between any two statements leaves a
ledger row that says what to do next, and never access without one. A moment that a fact carries is read after what it
vouches for: `ended` is dated after AWS has answered, however long that took.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from daypass.model.errors import BadInput, Refusal
from daypass.model.event import Detail, EntryKind, Event
from daypass.model.fact import Fact
from daypass.model.grant import Ending, Grant, GrantState, Presence, Why
from daypass.model.lease import Lease
from daypass.model.principal import DAYPASS
from daypass.ports import Clearance, Ledger, Provisioner
from daypass.reconcile.claim import HeldClaim
from daypass.reconcile.plan import Activate, Close, End, Phase, Provision, Remove, Wait, Warn, phase, plan
from daypass.reconcile.start_check import must_begin_by

LOOK_AGAIN = timedelta(seconds=1)
"""When AWS has accepted something and does not show it yet."""

LAPSES = timedelta(seconds=30)
"""When what ends by itself is looked at again."""


@dataclass(frozen=True, slots=True)
class Write:
    """The step is done; this is to be committed."""

    fact: Fact


@dataclass(frozen=True, slots=True)
class LookAgain:
    """Nothing to commit; look again at a moment. An error makes it a failed try."""

    until: datetime
    error: str = ""


Outcome = Write | LookAgain


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """Takes grants of one delivery further."""

    provisioner: Provisioner
    ledger: Ledger
    clock: Callable[[], datetime]
    gate: Callable[[], None] = lambda: None
    """Raises while nothing may be put into AWS (our clock is off, say); never stands in the way of a removal."""
    clearance: Clearance | None = None
    """Asked before what was approved a while ago is put into AWS (start_check.py)."""

    def advance(self, held: HeldClaim) -> Outcome:  # noqa: PLR0911 - one answer for each step of the plan
        """
        Take one grant one step further. May be repeated, may be cut off anywhere.

        Raises what the gate and the provisioner raise, and Overtaken; the loop turns that into another try.
        """
        grant = held.grant
        if grant.state is GrantState.ENDING or _is_over(grant, self.clock()):
            return self._take_out(held)
        with held.looking():
            seen = self.provisioner.observe(grant, self.clock())
        match plan(grant, seen, self.clock()):
            case Wait(until=until):
                return LookAgain(until)
            case Provision() if held.is_busy(self.clock()):
                return LookAgain(self.clock() + LOOK_AGAIN)
            case Provision(lease=lease):
                self.gate()
                return self._put_in(held, lease)
            case Activate():
                return Write(_activated(grant, self.clock()))
            case Warn():
                return Write(_fact(EntryKind.GRANT_WARNED, replace(grant, warned=True), self.clock()))
            case End(why=why):
                return Write(ending(grant, why, self.clock()))
            case Remove():
                with held.taking_out():
                    self.provisioner.revoke(grant, self.clock())
                return LookAgain(self.clock() + LOOK_AGAIN)
            case Close():
                now = self.clock()
                return Write(_fact(EntryKind.GRANT_ENDED, grant.ended(now), now))

    def _put_in(self, held: HeldClaim, lease: Lease) -> Outcome:
        try:
            stands = () if self.clearance is None else (must_begin_by(held.grant, self.clearance, self.clock()),)
        except Refusal as refused:  # it ends before it begins
            return Write(ending(held.grant, Why.REFUSED, self.clock(), refused.sentence))
        leased = held.grant.leased(lease)
        self.ledger.record(replace(_provisioning(leased, self.clock()), stands=stands))
        held.grant = leased = replace(leased, revision=leased.revision + 1)
        try:
            with held.putting_in():
                self.provisioner.provision(leased)
        except BadInput as refused:
            return Write(ending(leased, Why.FAILED, self.clock(), refused.sentence))
        with held.looking():
            seen = self.provisioner.observe(leased, self.clock())
        if seen is Presence.ABSENT:
            return LookAgain(self.clock() + LOOK_AGAIN)
        return Write(_activated(leased, self.clock()))

    def _take_out(self, held: HeldClaim) -> Outcome:
        """
        Remove what stands in AWS, then close.

        Once the date inside has ended the access, AWS's answer to the removal is proof enough, and a burst of endings
        costs one call each. Before that date AWS is looked at once more; and while something that an earlier worker
        sent may still take effect, it is removed again every second, and not closed.

        A removal that was tried before is looked for first: an AWS that answers too late for us has carried it out, and
        would be too late again.
        """
        grant = held.grant
        if held.claim.attempts and not held.is_busy(self.clock()):
            with held.looking():
                seen = self.provisioner.observe(_as_ending(grant), self.clock())
            if seen is Presence.ABSENT:
                return Write(_ended(grant, self.clock()))
        with held.taking_out():
            seen = self.provisioner.revoke(grant, self.clock())
            if seen is Presence.ABSENT and grant.lease is not None and self.clock() < grant.lease.ends:
                seen = self.provisioner.observe(grant, self.clock())
        if seen is Presence.PRESENT:
            return LookAgain(self.clock() + LOOK_AGAIN, error="AWS still shows it after the removal.")
        if seen is Presence.LAPSING:  # nothing failed, and nobody need be alarmed
            return LookAgain(self.clock() + LAPSES)
        if held.is_busy(self.clock()):
            return LookAgain(self.clock() + LOOK_AGAIN)
        return Write(_ended(grant, self.clock()))


def ending(grant: Grant, why: Why, now: datetime, note: str = "") -> Fact:
    """The fact that a grant begins to end by itself: because its time is over, or AWS would not take or keep it."""
    at = grant.lease.ends if why is Why.EXPIRED and grant.lease else now
    ends = Ending(why=why, by=DAYPASS, at=min(at, now), note=note)
    details: dict[str, Detail] = {"why": why.value, "note": note}
    return _fact(EntryKind.GRANT_ENDING, grant.ending_now(ends), now, details)


def _is_over(grant: Grant, now: datetime) -> bool:
    return grant.state is GrantState.ACTIVE and phase(grant, now) is Phase.OVER


def _as_ending(grant: Grant) -> Grant:
    """The grant as it is on its way out, whether that was written down or its time is just over."""
    if grant.state is not GrantState.ACTIVE:
        return grant
    assert grant.lease is not None  # noqa: S101 - an active grant was leased
    return grant.ending_now(Ending(why=Why.EXPIRED, by=DAYPASS, at=grant.lease.ends))


def _ended(grant: Grant, now: datetime) -> Fact:
    grant = _as_ending(grant)
    assert grant.ending is not None  # noqa: S101 - the line above, or ending_now before
    now = max(now, grant.ending.at)  # by the earlier of two clocks that differ it may not have begun to end yet
    return _fact(
        EntryKind.GRANT_ENDED, grant.ended(now), now, {"why": grant.ending.why.value, "note": grant.ending.note}
    )


def _provisioning(grant: Grant, now: datetime) -> Fact:
    return replace(_fact(EntryKind.GRANT_PROVISIONING, grant, now, _dates(grant)), told=False)


def _activated(grant: Grant, now: datetime) -> Fact:
    return _fact(EntryKind.GRANT_ACTIVATED, grant.activated(), now, _dates(grant))


def _dates(grant: Grant) -> dict[str, Detail]:
    assert grant.lease is not None  # noqa: S101 - asked of leased grants alone
    return {"starts": grant.lease.starts.isoformat(), "ends": grant.lease.ends.isoformat()}


def _fact(kind: EntryKind, grant: Grant, now: datetime, details: dict[str, Detail] | None = None) -> Fact:
    event = Event(kind=kind, at=now, actor=DAYPASS, subject=grant.id, details=details or {})
    return Fact(event=event, changes=(grant,))
