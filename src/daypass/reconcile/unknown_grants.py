"""
What stands in AWS under our mark and is of a grant that the ledger does not know at all: the ledger is older than AWS.

It was restored from a backup, or it is a copy of another one's (a staging clone, with the same journal key). In the
first case the access was granted and will end by its date; in the second it is somebody else's. So it is reported and
left alone, until whoever runs Daypass says that it is to be removed. What carries another mark is reported alone.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from daypass.model.event import Detail, EntryKind, Event
from daypass.model.fact import Fact
from daypass.model.grant import GrantId
from daypass.model.principal import DAYPASS, OPERATOR
from daypass.ports import Ledger, MarkedObject, Sweep
from daypass.reconcile.backoff import STRANGERS, UNKNOWN
from daypass.reconcile.drift import Swept

log = structlog.get_logger()

_NAMED = 20


@dataclass(slots=True)
class Reports:
    """Says of each thing once in the log that it is not ours to remove; of unknown grants the owners are told too."""

    _logged: set[str] = field(default_factory=set)

    def report(self, swept: Swept, *, ledger: Ledger, now: datetime) -> None:
        """Measure what one sweep found, and say what is new of it."""
        UNKNOWN.set(len(swept.unknown))
        STRANGERS.set(len(swept.strange))
        for strange in self._new(one.what for one in swept.strange):
            log.warning("left alone: of another Daypass, or of no known form", what=strange)
        for what in self._new(one.what for one in swept.unknown):
            log.warning("left alone: the ledger does not know its grant", what=what)
        _tell([one for one in swept.unknown if not _was_told(one, ledger)], ledger, now)

    def _new(self, found: Iterable[str]) -> list[str]:
        new = [what for what in found if what not in self._logged]
        self._logged.update(new)
        return new


def unknown(sweeps: Iterable[Sweep], *, ledger: Ledger) -> list[tuple[MarkedObject, Sweep]]:
    """Look for what stands under our mark of grants that the ledger does not know; changes nothing."""
    found = [(one, where) for where in sweeps for one in where.standing() if isinstance(one, MarkedObject)]
    ids = {standing.grant for standing, _ in found}
    known = ledger.told_of(ids)
    return [(standing, where) for standing, where in found if standing.grant not in known]


def remove_unknown(
    sweeps: Iterable[Sweep], *, os_user: str, ledger: Ledger, clock: Callable[[], datetime]
) -> list[MarkedObject]:
    """Remove it, as whoever runs Daypass has said; returns what was there."""
    removed = []
    for standing, where in unknown(sweeps, ledger=ledger):
        if where.remove(standing):
            ledger.record(Fact(event=_removed(standing, os_user, clock()), told=False))
            removed.append(standing)
    return removed


def _removed(standing: MarkedObject, os_user: str, now: datetime) -> Event:
    details: dict[str, Detail] = {"what": standing.what, "os_user": os_user}
    return Event(kind=EntryKind.DRIFT_REMOVED, at=now, actor=OPERATOR, subject=standing.grant, details=details)


def _was_told(standing: MarkedObject, ledger: Ledger) -> bool:
    return any(event.kind is EntryKind.DRIFT_FOUND for event in ledger.story(standing.grant))


def _tell(fresh: list[MarkedObject], ledger: Ledger, now: datetime) -> None:
    if not fresh:
        return
    found = {one.grant: one.what for one in fresh}
    each = [Fact(event=_found(grant, what, now), told=False) for grant, what in found.items()]
    details: dict[str, Detail] = {"number": len(found), "marks": tuple(list(found.values())[:_NAMED])}
    told = Event(kind=EntryKind.UNKNOWN_FOUND, at=now, actor=DAYPASS, details=details)
    ledger.record(Fact(event=told), *each)


def _found(grant: GrantId, what: str, now: datetime) -> Event:
    details: dict[str, Detail] = {"what": f"{what}, of a grant that the ledger does not know"}
    return Event(kind=EntryKind.DRIFT_FOUND, at=now, actor=DAYPASS, subject=grant, details=details)
