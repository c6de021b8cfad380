"""
What was found wrong with the journal, kept and told: the owners hear of each thing once, and again when it is over.

Each process knows only what it has found itself. What it has found twice in a row, a quarter of a minute apart, is kept
for all of them: a new replica that waits for another to confirm the journal's head is no news.

    found, not kept              kept, and told
    found here, not any more     closed, and told
    found before a restart       closed, once this machine has gone over the whole journal and found it in order
    found elsewhere              the same, when nobody has closed it for two days: that machine is gone
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from daypass.model.errors import Conflict
from daypass.model.event import Detail, EntryKind, Event
from daypass.model.fact import Fact
from daypass.model.finding import JournalFinding
from daypass.model.principal import DAYPASS
from daypass.model.record import Validity
from daypass.ports import Ledger

log = structlog.get_logger()

_ORPHANED = timedelta(days=2)
"""More than a day lies between two scrubs, so one has come after it was found."""


class DamageReports:
    """What one process has found of damage to the journal, and has told of."""

    def __init__(self, *, source: str, ledger: Ledger) -> None:
        """Name this machine in what it finds."""
        self._source = source
        self._ledger = ledger
        self._before: frozenset[str] = frozenset()
        self._known: frozenset[str] = frozenset()

    def report(self, found: Sequence[str], *, scrubbed: bool, now: datetime) -> None:
        """Keep and tell what is new of what is wrong now, and what is over."""
        here = frozenset(found)
        standing = {one.because: one for one in self._ledger.all(JournalFinding, states=(Validity.OPEN,))}
        steady, over = here & self._before, self._known - here
        for because in sorted(steady - self._known - standing.keys()):
            standing[because] = self._open(because, now)
        for because, one in list(standing.items()):
            settled = because in over or (scrubbed and self._may_close(one, now))
            if because not in here and settled:
                del standing[because]
                self._record(EntryKind.JOURNAL_MENDED, replace(one, state=Validity.CLOSED), now, left=len(standing))
        self._before, self._known = here, (self._known | steady) & here

    def _open(self, because: str, now: datetime) -> JournalFinding:
        before = {one.because: one.revision for one in self._ledger.all(JournalFinding)}
        made = JournalFinding(because=because, source=self._source, at=now, revision=before.get(because, 0))
        self._record(EntryKind.JOURNAL_DAMAGED, made, now, left=0)
        return made

    def _may_close(self, one: JournalFinding, now: datetime) -> bool:
        return one.source == self._source or one.at < now - _ORPHANED

    def _record(self, kind: EntryKind, finding: JournalFinding, now: datetime, *, left: int) -> None:
        details: dict[str, Detail] = {
            "because": finding.because,
            "source": finding.source,
            "since": finding.at.isoformat(),
            "number": left,
        }
        event = Event(kind=kind, at=now, actor=DAYPASS, details=details)
        try:
            self._ledger.record(Fact(event=event, changes=(finding,)))
        except Conflict:  # another process found the same and was quicker
            log.info("reported by somebody else", kind=kind.value)
