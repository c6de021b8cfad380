"""A database of each kind in turn, with its tables, and what the house keeps in it."""

from collections.abc import Iterator

import pytest

from daypass.journal.key import Signer
from daypass.ports import Records
from daypass.store.database import Database
from daypass.store.journal import SqlBook
from daypass.store.ledger import SqlLedger
from daypass.store.logins import SqlLogins
from daypass.store.outbox import SqlOutbox
from daypass.store.postings import SqlPostings
from daypass.store.queue import SqlQueue
from daypass.store.records import SqlCabinet
from tests.heads import HandHead
from tests.keys import SIGNER
from tests.tables import with_tables


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """Yield an open database with its tables."""
    opened = with_tables(database_url)
    yield opened
    opened.close()


@pytest.fixture
def ledger(database: Database) -> SqlLedger:
    """Return the ledger."""
    return SqlLedger(database)


@pytest.fixture
def queue(database: Database) -> SqlQueue:
    """Return the queue."""
    return SqlQueue(database)


@pytest.fixture
def outbox(database: Database) -> SqlOutbox:
    """Return the outbox."""
    return SqlOutbox(database)


@pytest.fixture
def postings(database: Database) -> SqlPostings:
    """Return the postings."""
    return SqlPostings(database)


@pytest.fixture
def logins(database: Database) -> SqlLogins:
    """Return the logins."""
    return SqlLogins(database)


@pytest.fixture
def records(database: Database) -> Records:
    """Return the cabinet."""
    return SqlCabinet(database)


@pytest.fixture(scope="session")
def signer() -> Signer:
    """Return a key of a book."""
    return SIGNER


@pytest.fixture
def head() -> HandHead:
    """Return where the book's head is remembered."""
    return HandHead()


@pytest.fixture
def book(database: Database, head: HandHead) -> SqlBook:
    """Return the book, begun while the database was still empty."""
    begun = SqlBook(database, head)
    begun.fold()
    return begun
