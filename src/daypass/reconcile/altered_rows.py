"""
What a scrub of the ledger found, kept and told: rows that were changed outside Daypass.

Each is kept for as long as it is not put right, so that every process knows of it. The owners of the rules are told
once of each, and again when it has been put right.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

import structlog

from daypass.model.errors import Conflict
from daypass.model.event import Detail, EntryKind, Event
from daypass.model.fact import Fact
from daypass.model.finding import Alteration
from daypass.model.principal import DAYPASS
from daypass.model.record import Validity
from daypass.ports import AlteredRow, Ledger, Sweep
from daypass.reconcile.drift import sweep

log = structlog.get_logger()

MOST = 1000
"""Rows that one scrub reports: where more were changed, which ones no longer matters."""
_NAMED = 20


@dataclass(frozen=True, slots=True)
class Reported:
    """How many rows are altered, and how many of them were not known to be."""

    altered: int
    fresh: int


def report_altered(found: Iterable[AlteredRow], *, ledger: Ledger, now: datetime, whole: bool = True) -> Reported:
    """
    Keep and tell what is new of the altered rows, and what has been put right when `whole` of the ledger was looked at.

    Whoever finds the same at the same time reports it once.
    """
    rows = {one.row: one for one in islice(found, MOST)}
    for one in rows.values():
        log.error("a row was changed outside Daypass", row=one.row, because=one.because)
    standing = ledger.all(Alteration, states=(Validity.OPEN,))
    kept = {one.row: one for one in (*ledger.some(Alteration, rows), *standing)}
    fresh = [_opened(one, kept.get(row), now) for row, one in rows.items() if not _is_open(kept.get(row))]
    right = (
        [one for row, one in kept.items() if whole and _is_open(one) and row not in rows] if len(rows) < MOST else []
    )
    _record(EntryKind.LEDGER_ALTERED, fresh, ledger, now)
    _record(EntryKind.LEDGER_RESTORED, [replace(one, state=Validity.CLOSED) for one in right], ledger, now)
    return Reported(altered=len(rows), fresh=len(fresh))


def report_set_aside(
    found: Iterable[AlteredRow], *, sweeps: Iterable[Sweep], ledger: Ledger, clock: Callable[[], datetime]
) -> Reported:
    """Report grants whose rows were set aside; what stands in AWS of new ones is taken out at once, by its mark."""
    reported = report_altered(found, ledger=ledger, now=clock(), whole=False)
    if reported.fresh:
        sweep(sweeps, ledger=ledger, clock=clock)
    return reported


def _is_open(one: Alteration | None) -> bool:
    return one is not None and one.state is Validity.OPEN


def _opened(found: AlteredRow, before: Alteration | None, now: datetime) -> Alteration:
    revision = 0 if before is None else before.revision
    return Alteration(row=found.row, because=found.because, at=now, revision=revision)


def _record(kind: EntryKind, altered: Sequence[Alteration], ledger: Ledger, now: datetime) -> None:
    if not altered:
        return
    details: dict[str, Detail] = {
        "number": len(altered),
        "rows": tuple(one.row for one in altered[:_NAMED]),
        "because": altered[0].because,
    }
    event = Event(kind=kind, at=now, actor=DAYPASS, details=details)
    try:
        ledger.record(Fact(event=event, changes=tuple(altered)))
    except Conflict:  # another process found the same and was quicker
        log.info("reported by somebody else", kind=kind.value)
