"""PostgreSQL behind a pooler that gives each transaction another connection: PgBouncer in its transaction mode."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from daypass.model.errors import Misconfigured, Unavailable
from daypass.model.grant import GrantId, GrantState
from daypass.store import database as databases
from daypass.store.database import Database
from daypass.store.journal import SqlBook
from daypass.store.ledger import SqlLedger
from daypass.store.queue import SqlQueue
from tests.heads import HandHead
from tests.keys import SIGNER
from tests.servers.pgbouncer import CONNECTIONS, PgBouncer
from tests.store.facts import HOLD, a_grant, at, fact
from tests.tables import with_tables

THREADS, EACH = 4 * CONNECTIONS, 30


@pytest.fixture
def through(pgbouncer: PgBouncer, postgres_url: str) -> str:
    """The address of a database through the pooler; whoever goes past it must not be in its way afterwards."""
    return pgbouncer.url(postgres_url)


@pytest.fixture
def database(through: str) -> Iterator[Database]:
    """A database through the pooler, with its tables."""
    opened = with_tables(f"{through}?pooler=transaction")
    yield opened
    opened.close()


def test_b08_everything_is_done_through_a_pooler(database: Database):
    """More threads than it has connections record, read, claim and sign; nothing fails, nothing is there twice."""
    ledger, queue, book = SqlLedger(database), SqlQueue(database), SqlBook(database, HandHead())
    book.fold()

    def record(_: int) -> list[GrantId]:
        grants = [a_grant() for _ in range(EACH)]
        for grant in grants:
            ledger.record(fact(grant))
        return [ledger.grant(grant.id).id for grant in grants]

    def claim(_: int) -> list[GrantId]:
        return [one.grant.id for one in queue.claim(now=at(1), hold=HOLD, limit=EACH)]

    with ThreadPoolExecutor(THREADS) as threads:
        made = [one for some in threads.map(record, range(THREADS)) for one in some]
        claimed = [one for some in threads.map(claim, range(THREADS)) for one in some]
    while book.fold():
        pass

    assert len(set(made)) == THREADS * EACH
    assert sorted(claimed) == sorted(made)
    assert len(ledger.grants(states=(GrantState.APPROVED,))) == THREADS * EACH
    assert book.checkpoint().size == THREADS * EACH


def test_each_transaction_has_its_limits_also_on_another_connection(database: Database):
    """What is set for a session would be somebody else's at the next transaction."""
    for _ in range(2 * CONNECTIONS):
        with database.writing() as connection:
            told = [connection.exec_driver_sql(f"SHOW {name}").scalar_one() for name in databases.SETTINGS]
        assert told == ["UTC", "10s", "1min"]


def test_a_pooler_that_nobody_told_us_of_is_named(through: str):
    """It refuses what we say at the start: that is no silence, and the way out is one word in the address."""
    database = databases.open(through, SIGNER)
    try:
        with pytest.raises(Misconfigured, match=r"unsupported startup parameter.*add \?pooler=transaction"):
            database.check()
    finally:
        database.close()


def test_a_kind_of_pooler_that_is_not_known_is_refused(postgres_url: str):
    """Before anything is asked of it."""
    with pytest.raises(Misconfigured, match="pooler=statement; write pooler=transaction"):
        databases.open(f"{postgres_url}?pooler=statement", SIGNER)


def test_a_server_that_refuses_is_not_called_silent(postgres_url: str):
    """It does answer: that there is no such database."""
    database = databases.open(f"{postgres_url}_gone", SIGNER)
    try:
        with pytest.raises(Unavailable, match="The database refuses connections"):
            database.check()
    finally:
        database.close()
