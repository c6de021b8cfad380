"""
Compare AWS with the ledger: take out what carries our mark and is of a grant that has ended, report what vanished.

    our mark, a grant that has ended       removed, counted and journalled
    our mark, a grant that nobody knows    reported and left alone: the ledger is older than AWS (unknown_grants.py)
    another mark                           reported and left alone: another Daypass lives in this account

It only ever takes away. What is missing from AWS is never put back, whatever the ledger says.
"""

from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice

import structlog

from daypass.model.event import EntryKind, Event
from daypass.model.fact import Fact
from daypass.model.grant import Delivery, Grant, GrantId, GrantState, Presence, Why
from daypass.model.principal import DAYPASS
from daypass.ports import Ledger, MarkedObject, Provisioner, Queue, Strange, Sweep
from daypass.ports.fence import Free, writing_under
from daypass.reconcile.apply import ending
from daypass.reconcile.backoff import SWEPT

log = structlog.get_logger()

_LIVE = frozenset({GrantState.APPROVED, GrantState.ACTIVE, GrantState.ENDING})
_BATCH = 200
_LATE_AFTER = timedelta(seconds=30)
"""How long after a write may have taken effect it is looked at once more, for an AWS that was slower than we think."""
_LATE = Free("removes what an unanswered write may have left of a grant that has ended")


@dataclass(frozen=True, slots=True)
class Swept:
    """What one sweep saw in AWS, how much it removed that no live grant accounted for, and what it left alone."""

    seen: frozenset[GrantId]
    removed: int
    unknown: tuple[MarkedObject, ...]
    """What carries our mark and is of grants that the ledger does not know at all."""
    strange: tuple[Strange, ...]


@dataclass(slots=True)
class _Sorted:
    """A batch of what was found, by what is to be done about it."""

    ended: list[tuple[MarkedObject, bool]] = field(default_factory=list)
    """Of grants that have ended, each with whether an alarm on it means something."""
    unknown: list[MarkedObject] = field(default_factory=list)


def sweep(sweeps: Iterable[Sweep], *, ledger: Ledger, clock: Callable[[], datetime]) -> Swept:
    """
    Remove everything of ours in AWS that is of grants that have ended.

    A deny whose date is over, of a grant that the ledger has, is what every early end of a session leaves behind: it
    goes without a word. So does what was gone by the time that it was to be removed. Only the rest is counted, logged
    and journalled, so that an alarm on it means something.
    """
    seen: set[GrantId] = set()
    unknown: list[MarkedObject] = []
    strange: list[Strange] = []
    removed = 0
    for one in sweeps:
        found = one.standing()
        while batch := list(islice(found, _BATCH)):
            strange += [each for each in batch if isinstance(each, Strange)]
            ours = [each for each in batch if isinstance(each, MarkedObject)]
            seen |= {standing.grant for standing in ours}
            rest = _unaccounted(ours, ledger)
            unknown += rest.unknown
            removed += sum(_remove(standing, one, ledger, clock) for standing in rest.ended)
    return Swept(seen=frozenset(seen), removed=removed, unknown=tuple(unknown), strange=tuple(strange))


def vanished(
    seen: Container[GrantId],
    *,
    provisioners: Mapping[Delivery, Provisioner],
    ledger: Ledger,
    clock: Callable[[], datetime],
) -> int:
    """
    Begin to end the active policies that a sweep did not see and that AWS, asked again, does not show.

    Sessions and links leave nothing in AWS that a sweep could miss. Returns how many have vanished.
    """
    active = ledger.each_grant(states=(GrantState.ACTIVE,))
    missed = [one for one in active if one.delivery is Delivery.POLICY and one.id not in seen]
    gone = [one for one in missed if _is_gone(one, provisioners, clock())]
    ledger.record_each([ending(one, Why.VANISHED, clock(), "It was removed in AWS by hand.") for one in gone])
    for one in gone:
        log.warning("vanished from AWS", grant=one.id)
    return len(gone)


def look_again(*, queue: Queue, provisioners: Mapping[Delivery, Provisioner], now: datetime) -> int:
    """
    Remove once more what a write that AWS never answered may have left of grants that have ended.

    Whoever sent it was killed, or never heard of it; so nobody else looks before the next sweep.
    """
    late = queue.late(busy_before=now - _LATE_AFTER)
    for grant in late:
        with writing_under(_LATE):
            provisioners[grant.delivery].revoke(grant, now)
    if late:
        queue.forget_late([grant.id for grant in late])
    return len(late)


def _is_gone(grant: Grant, provisioners: Mapping[Delivery, Provisioner], now: datetime) -> bool:
    return grant.usable(now) and provisioners[grant.delivery].observe(grant, now) is Presence.ABSENT


def _unaccounted(batch: list[MarkedObject], ledger: Ledger) -> _Sorted:
    """
    Pick what no live grant accounts for.

    A grant whose row cannot be read, or was deleted, is known as long as the journal tells of it; nothing is given by
    it, so what stands of it is removed.
    """
    found = {grant.id: grant.state for grant in ledger.grants(ids={standing.grant for standing in batch})}
    rest = [standing for standing in batch if found.get(standing.grant) not in _LIVE]
    told = ledger.told_of({standing.grant for standing in rest} - found.keys())
    picked = _Sorted()
    for standing in rest:
        if standing.grant in found or standing.grant in told:
            picked.ended.append((standing, not (standing.spent and standing.grant in found)))
        else:
            picked.unknown.append(standing)
    return picked


def _remove(found: tuple[MarkedObject, bool], where: Sweep, ledger: Ledger, clock: Callable[[], datetime]) -> bool:
    """Remove one thing; returns whether it was there, and an alarm on it means something."""
    standing, alarming = found
    if not where.remove(standing) or not alarming:
        return False
    SWEPT.inc()
    log.warning("swept", grant=standing.grant, what=standing.what)
    event = Event(
        kind=EntryKind.DRIFT_REMOVED, at=clock(), actor=DAYPASS, subject=standing.grant, details={"what": standing.what}
    )
    ledger.record(Fact(event=event, told=False))
    return True
