"""
Compare AWS with the ledger: take out what carries our mark and has no live grant, report what vanished.

It only ever takes away. What is missing from AWS is never put back, whatever the ledger says; so a ledger restored
from an old backup can end access early, and can never make it longer.
"""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

import structlog

from daypass.model.event import Event, Kind
from daypass.model.fact import Fact
from daypass.model.grant import Delivery, Grant, GrantId, GrantState, Presence, Why
from daypass.model.principal import DAYPASS
from daypass.ports import Ledger, Provisioner, Standing, Sweep
from daypass.reconcile.apply import ending
from daypass.reconcile.meters import SWEPT

log = structlog.get_logger()

_LIVE = frozenset({GrantState.APPROVED, GrantState.ACTIVE, GrantState.ENDING})
_BATCH = 200


@dataclass(frozen=True, slots=True)
class Swept:
    """What one sweep saw of ours in AWS, and how much of it no live grant accounted for."""

    seen: frozenset[GrantId]
    removed: int


def sweep(sweeps: Iterable[Sweep], *, ledger: Ledger, now: datetime) -> Swept:
    """Remove everything of ours in AWS that no live grant accounts for."""
    seen: set[GrantId] = set()
    removed = 0
    for one in sweeps:
        found = one.standing()
        while batch := list(islice(found, _BATCH)):
            seen |= {standing.grant for standing in batch}
            orphans = _orphans(batch, ledger)
            for standing in orphans:
                _remove(standing, one, ledger, now)
            removed += len(orphans)
    return Swept(seen=frozenset(seen), removed=removed)


def vanished(
    seen: Container[GrantId], *, provisioners: Mapping[Delivery, Provisioner], ledger: Ledger, now: datetime
) -> int:
    """
    Begin to end the active policies that a sweep did not see and that AWS, asked again, does not show.

    Sessions and links leave nothing in AWS that a sweep could miss. Returns how many have vanished.
    """
    active = ledger.each_grant(states=(GrantState.ACTIVE,))
    missed = [one for one in active if one.delivery is Delivery.POLICY and one.id not in seen]
    gone = [one for one in missed if _is_gone(one, provisioners, now)]
    ledger.record_each([ending(one, Why.VANISHED, now, "It was removed in AWS by hand.") for one in gone])
    for one in gone:
        log.warning("vanished from AWS", grant=one.id)
    return len(gone)


def _is_gone(grant: Grant, provisioners: Mapping[Delivery, Provisioner], now: datetime) -> bool:
    return grant.usable(now) and provisioners[grant.delivery].observe(grant, now) is Presence.ABSENT


def _orphans(batch: list[Standing], ledger: Ledger) -> list[Standing]:
    ids = {standing.grant for standing in batch}
    live = {grant.id for grant in ledger.grants(ids=ids, states=_LIVE)}
    return [standing for standing in batch if standing.grant not in live]


def _remove(standing: Standing, where: Sweep, ledger: Ledger, now: datetime) -> None:
    where.remove(standing)
    SWEPT.inc()
    log.warning("swept", grant=standing.grant, what=standing.what)
    event = Event(
        kind=Kind.DRIFT_REMOVED, at=now, actor=DAYPASS, subject=standing.grant, details={"what": standing.what}
    )
    ledger.record(Fact(event=event, told=False))
