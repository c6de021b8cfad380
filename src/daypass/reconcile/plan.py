"""
What to do about one grant, from its lease and what AWS shows.

                       AWS: absent              AWS: present
    lease ahead        Wait until it starts     Remove
    lease running      Provision, but once      Activate, then wait until it ends
    lease over         Close                    Remove, then close

"But once": access that was active and has vanished was taken away by a person. Daypass reports that, closes the grant
and never puts access back. A grant that is not in AWS yet has no clock running: its lease is drawn up anew at each try.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from daypass.model.errors import BadInput
from daypass.model.grant import Grant, GrantState, Presence, Why
from daypass.model.lease import Lease

PATIENCE = timedelta(hours=1)
"""How long after the approval, or the start asked for, access is still put into AWS for the first time."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing to do before a moment."""

    until: datetime


@dataclass(frozen=True, slots=True)
class Provision:
    """Write down the intent with these dates, then put it into AWS."""

    lease: Lease


@dataclass(frozen=True, slots=True)
class Activate:
    """AWS shows it: the person may be told."""


@dataclass(frozen=True, slots=True)
class Warn:
    """The end is near: the person is told."""


@dataclass(frozen=True, slots=True)
class End:
    """Move it to `ending`; the next look takes it out of AWS."""

    why: Why


@dataclass(frozen=True, slots=True)
class Remove:
    """Take it out of AWS, and look again."""


@dataclass(frozen=True, slots=True)
class Close:
    """Nothing stands; the grant is at its end."""


Step = Wait | Provision | Activate | Warn | End | Remove | Close


class Phase(StrEnum):
    """Where now lies with regard to the lease."""

    AHEAD = "ahead"
    RUNNING = "running"
    OVER = "over"


def plan(grant: Grant, seen: Presence, now: datetime) -> Step:
    """Choose the one next step for this grant. Pure; every combination has an answer."""
    match grant.state:
        case GrantState.APPROVED:
            return _first_steps(grant, seen, now)
        case GrantState.ACTIVE:
            return _while_active(grant, seen, now)
        case GrantState.ENDING | GrantState.ENDED:
            return Close() if seen is Presence.ABSENT else Remove()


def phase(grant: Grant, now: datetime) -> Phase:
    """Where now lies. A grant without a lease yet has all of it ahead once its start comes."""
    if grant.lease is None:
        return Phase.AHEAD if grant.term.starts and now < grant.term.starts else Phase.RUNNING
    if now < grant.lease.starts:
        return Phase.AHEAD
    return Phase.RUNNING if now in grant.lease else Phase.OVER


def _first_steps(grant: Grant, seen: Presence, now: datetime) -> Step:
    match phase(grant, now), seen:
        case Phase.AHEAD, Presence.ABSENT:
            starts = grant.lease.starts if grant.lease else grant.term.starts
            return Wait(until=starts or now)
        case Phase.AHEAD, Presence.PRESENT:
            return Remove()
        case Phase.RUNNING, Presence.PRESENT if grant.lease is not None:
            return Activate()
        case Phase.OVER, Presence.PRESENT:
            return End(why=Why.EXPIRED)
        case _:
            return _provision(grant, now)


def _provision(grant: Grant, now: datetime) -> Step:
    if now > max(grant.approved_at, grant.term.starts or grant.approved_at) + PATIENCE:
        return End(why=Why.FAILED)
    try:
        return Provision(lease=grant.term.lease(now))
    except BadInput:
        return End(why=Why.EXPIRED)


def _while_active(grant: Grant, seen: Presence, now: datetime) -> Step:
    assert grant.lease is not None  # noqa: S101 - an active grant was leased
    match phase(grant, now), seen:
        case Phase.OVER, _:
            return End(why=Why.EXPIRED)
        case _, Presence.ABSENT:
            return End(why=Why.VANISHED)
        case _:
            if not grant.warned and now >= grant.warn_at:
                return Warn()
            return Wait(until=grant.lease.ends if grant.warned else grant.warn_at)
