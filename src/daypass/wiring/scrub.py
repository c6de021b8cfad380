"""
The scrub of the ledger: what is done about rows that were changed outside Daypass, and about a damaged journal.

A grant whose row is set aside is reported within a minute, and what stands in AWS of it is swept at once. Everything
else is found by the scrub of the whole, at each start and once a day, in a thread of its own: it may take long.
"""

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial

from daypass.journal.damage import BookDamaged
from daypass.journal.note import BadNote
from daypass.model.errors import Unavailable
from daypass.ports import AlteredRow
from daypass.reconcile import altered_rows
from daypass.reconcile.chores import Chore
from daypass.reconcile.journal_damage import DamageReports
from daypass.store.scrub import SqlScrub
from daypass.wiring.build import Daypass

_LOOK_EVERY = timedelta(seconds=15)
_EVERY = timedelta(days=1)
_AGAIN_S = 15.0
_PAUSE_S = 0.02
"""Between two pages, so that a scrub takes a small part of the database's and of our time."""


def scrubbing(house: Daypass, stop: threading.Event, *, each_page: Callable[[], object]) -> Chore:
    """Go over the whole ledger, until told to stop."""
    return Chore(name="scrub", every=_EVERY, run=partial(scrub_ledger, house, stop, each_page))


def scrub_ledger(
    house: Daypass, stop: threading.Event, each_page: Callable[[], object], *, again_s: float = _AGAIN_S
) -> int:
    """
    Go over the whole journal and ledger once and report what was altered; returns how many rows of the ledger.

    Where the remembered head cannot be read, the journal comes last, as soon as it can be.
    """

    def pause() -> None:
        each_page()
        if stop.wait(_PAUSE_S):
            raise Unavailable("The scrub was stopped, and begins anew at the next start.")

    done = _scrub_journal(house, stop, pause)
    scrub = SqlScrub(house.database, pause=pause)
    reported = altered_rows.report_altered(scrub.altered(), ledger=house.services.ledger, now=house.clock())
    while not done and not stop.wait(again_s):
        each_page()
        done = _scrub_journal(house, stop, pause)
    return reported.altered


def _scrub_journal(house: Daypass, stop: threading.Event, pause: Callable[[], None]) -> bool:
    """Go over the whole journal; False where nobody says now which head it must have."""
    try:
        with suppress(BookDamaged, BadNote):  # which it has reported, and which is no reason to leave the rest out
            house.book.scrub(pause)
    except Unavailable:
        if stop.is_set():
            raise
        return False
    return True


def report_set_aside(house: Daypass) -> None:
    """Report the grants that could not be read, and take out of AWS what stands there of new ones."""
    rows = [AlteredRow(row=f"grants/{one.grant}", because=one.fault) for one in house.queue.damaged()]
    altered_rows.report_set_aside(rows, sweeps=[house.sweep], ledger=house.services.ledger, clock=house.clock)


def telling_of_damage(house: Daypass) -> Chore:
    """Tell the owners of the rules, once each, what this process finds wrong with the journal, and when it is over."""
    source = f"{socket.gethostname()}, {house.settings.journal.head}"
    reports, damage = DamageReports(source=source, ledger=house.services.ledger), house.database.damage

    def look() -> None:
        reports.report(damage.found, scrubbed=damage.scrubbed, now=house.clock())

    return Chore(name="damage", every=_LOOK_EVERY, run=look)
