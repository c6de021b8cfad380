"""`daypass journal accept`: an operator goes on with a journal that does not fit the head that was remembered."""

import getpass

from daypass import settings as settings_page
from daypass.journal.head import Head
from daypass.journal.tree import EMPTY
from daypass.model.event import Detail, Event, Kind
from daypass.model.fact import Fact
from daypass.model.principal import DAYPASS
from daypass.store import database
from daypass.store.book import SqlBook
from daypass.store.ledger import SqlLedger
from daypass.wiring.house import now
from daypass.wiring.journal import journal_head, journal_key


def accept_journal(*, accept: bool) -> str:
    """Say what the database has and what is missing; accept it when told to. Raises BookDamaged and Misconfigured."""
    settings = settings_page.load()
    store = database.open(settings.store.url, journal_key(settings, make=False))
    try:
        store.check()
        book = SqlBook(store, journal_head(settings.journal))
        if not accept:
            return _told(*book.compare())
        head, before = book.accept()
        _record(store, head, before)
        return f"Accepted, and written into the journal. {_told(head, before)}"
    finally:
        store.close()


def _record(store: database.Database, head: Head, before: Head | None) -> None:
    remembered = EMPTY if before is None else before.frontier
    details: dict[str, Detail] = {
        "operator": getpass.getuser(),
        "size": head.size,
        "root": head.frontier.root().hex(),
        "remembered_size": remembered.size,
        "remembered_root": remembered.root().hex(),
    }
    event = Event(kind=Kind.JOURNAL_ACCEPTED, at=now(), actor=DAYPASS, details=details)
    SqlLedger(store).record(Fact(event=event, told=False))


def _told(head: Head, before: Head | None) -> str:
    has = f"The database has {head.size} signed entries, with the root {head.frontier.root().hex()}."
    if before is None:
        return f"{has} No head was remembered here."
    if before.size > head.size:
        return f"{has} {before.size} were signed: the last {before.size - head.size} are missing."
    if before.size == head.size and before.frontier != head.frontier:
        return f"{has} The remembered head has as many, with another root: {before.frontier.root().hex()}."
    return f"{has} The remembered head has {before.size}."
