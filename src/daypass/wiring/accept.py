"""
`daypass journal accept`: an operator goes on with a journal that does not fit the head that was remembered.

A journal that lacks entries which were signed, or of which no head is remembered, may come from a backup. What it knows
as approved only is ended before the journal is accepted, so that no worker grants it once more.
"""

import getpass

from daypass import settings as settings_page
from daypass.journal.head import Head
from daypass.journal.tree import EMPTY
from daypass.lifecycle.restore import end_approved
from daypass.model.event import Detail, EntryKind, Event
from daypass.model.fact import Fact
from daypass.model.principal import DAYPASS
from daypass.store import database
from daypass.store.journal import SqlBook
from daypass.store.ledger import SqlLedger
from daypass.wiring.journal import journal_head, journal_key


def accept_journal(*, accept: bool) -> str:
    """Say what the database has and what is missing; accept it when told to. Raises BookDamaged and Misconfigured."""
    settings = settings_page.load()
    store = database.open(settings.store.url, journal_key(settings, make=False))
    try:
        store.check()
        book = SqlBook(store, journal_head(settings.journal))
        compared = book.compare()
        if not accept:
            return f"{_told(*compared)} Nothing has changed: `daypass journal accept --yes` accepts it."
        ended = 0
        if _may_be_restored(*compared):
            ended = end_approved(os_user=getpass.getuser(), ledger=SqlLedger(store), now=store.now())
        head, before = book.accept()
        _record(store, head, before, ended)
        return f"Accepted, and written into the journal. {_told(head, before)}{_said(ended)}"
    finally:
        store.close()


def _may_be_restored(head: Head, before: Head | None) -> bool:
    return before is None or before.size > head.size


def _said(ended: int) -> str:
    if not ended:
        return ""
    what = "One grant that was approved and not yet in AWS" if ended == 1 else f"{ended} grants that were approved only"
    return f" {what} ended, as it may have been used since the backup: ask again."


def _record(store: database.Database, head: Head, before: Head | None, ended: int) -> None:
    remembered = EMPTY if before is None else before.frontier
    details: dict[str, Detail] = {
        "operator": getpass.getuser(),
        "size": head.size,
        "root": head.frontier.root().hex(),
        "remembered_size": remembered.size,
        "remembered_root": remembered.root().hex(),
        "approved_ended": ended,
    }
    event = Event(kind=EntryKind.JOURNAL_ACCEPTED, at=store.now(), actor=DAYPASS, details=details)
    SqlLedger(store).record(Fact(event=event, told=False))


def _told(head: Head, before: Head | None) -> str:
    has = f"The database has {head.size} signed entries, with the root {head.frontier.root().hex()}."
    if before is None:
        return (
            f"{has} No head is remembered here, so Daypass cannot tell how many are missing: compare with a checkpoint "
            "that you kept."
        )
    if before.size > head.size:
        missing = before.size - head.size
        which = "the last one is" if missing == 1 else f"the last {missing} are"
        return f"{has} {before.size} were signed: {which} missing."
    if before.size == head.size and before.frontier != head.frontier:
        return f"{has} The remembered head has as many, with another root: {before.frontier.root().hex()}."
    return f"{has} The remembered head has {before.size}."
