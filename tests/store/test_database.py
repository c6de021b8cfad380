"""Opening, migrating, and what is said when the database does not answer."""

from concurrent.futures import ProcessPoolExecutor
from datetime import timedelta
from multiprocessing import get_context

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, text

from daypass.model.errors import Misconfigured, Unavailable
from daypass.store import database as databases
from daypass.store.ledger import SqlLedger
from daypass.store.queue import SqlQueue
from daypass.store.tables import metadata
from tests.keys import SIGNER
from tests.makers import NOON
from tests.servers.process import free_port
from tests.store.facts import HOLD, a_grant, fact
from tests.store.workers import migrate


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("mysql://root@127.0.0.1/daypass", "SQLite or PostgreSQL, not in mysql"),
        ("sqlite://", "Give SQLite a file"),
        ("sqlite:///:memory:", "Give SQLite a file"),
        ("daypass.db", "cannot be read"),
        ("", "cannot be read"),
    ],
)
def test_a_url_that_is_no_database_of_ours_is_refused(url, sentence):
    """With a sentence that says what to write, before anything is connected to."""
    with pytest.raises(Misconfigured, match=sentence):
        databases.open(url, SIGNER)


def test_opening_connects_to_nothing_and_shows_no_password():
    """The repr is fit for a log."""
    opened = databases.open("postgresql://daypass:hunter2@db.internal/daypass", SIGNER)

    assert "hunter2" not in repr(opened)
    assert "db.internal" in repr(opened)


def test_a_fresh_database_is_brought_to_our_tables(database_url):
    """Before, the check says to migrate; afterwards it is content, and migrating again changes nothing."""
    opened = databases.open(database_url, SIGNER)
    with pytest.raises(Misconfigured, match=r"(has no tables|There is no database .*) yet; run `daypass migrate`"):
        opened.check()

    opened.migrate()
    opened.check()
    opened.migrate()
    opened.close()


def test_processes_that_start_at_once_migrate_once(database_url):
    """Three processes open the same empty database; each finds its tables."""
    with ProcessPoolExecutor(3, mp_context=get_context("spawn")) as pool:
        list(pool.map(migrate, [database_url] * 3))

    opened = databases.open(database_url, SIGNER)
    opened.check()
    opened.close()


def test_the_tables_are_the_sum_of_the_migrations(database):
    """Nothing is in store/tables that the migrations do not make, indexes included, and the other way round."""
    with database.writing() as connection:
        defaults = connection.dialect.name == "postgresql"  # Alembic misreads SQLite's empty text
        context = MigrationContext.configure(connection, opts={"compare_server_default": defaults})
        differences = compare_metadata(context, metadata)
        made = _partial_indexes(inspect(connection))

    assert differences == []
    of_grants = {"grants_busy", "grants_due", "grants_overdue", "grants_faulty"}
    of_logins = {"logins_waiting", "logins_by_network", "logins_by_end"}
    assert made == of_grants | of_logins | {
        "journal_unfolded",
        "outbox_by_subject",
        "records_by_giver",
        "records_by_end",
    }


def _partial_indexes(inspector):
    return {
        index["name"]
        for table in inspector.get_table_names()
        for index in inspector.get_indexes(table)
        if any(option.endswith("_where") for option in index.get("dialect_options", {}))
    }


def test_a_database_of_a_newer_daypass_is_left_alone(database):
    """Neither check nor migrate touches what a newer version made."""
    _at_version(database, "9999")

    for attempt in (database.check, database.migrate):
        with pytest.raises(Misconfigured, match="version 9999, which this Daypass does not know"):
            attempt()


def test_a_database_of_an_older_daypass_is_to_be_migrated(database, monkeypatch):
    """The check names the version that it is at and the one it should be at."""
    monkeypatch.setattr("alembic.script.ScriptDirectory.get_current_head", lambda _: "0002")

    with pytest.raises(Misconfigured, match="is at version 0001; run `daypass migrate` to bring it to 0002"):
        database.check()


def _at_version(database, version):
    with database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :version"), {"version": version})


def test_a_database_without_tables_says_to_migrate(database_url):
    """Whoever forgot to is told so at the first statement."""
    opened = databases.open(database_url, SIGNER)

    with pytest.raises(Misconfigured, match="run `daypass migrate`"):
        SqlLedger(opened).grant(a_grant().id)
    opened.close()


def test_a_database_that_is_gone_is_unavailable_and_comes_back(postgres, postgres_url):
    """While the server is down there is a sentence; once it is up the same Database goes on."""
    opened = databases.open(postgres_url, SIGNER)
    opened.migrate()
    ledger, grant = SqlLedger(opened), a_grant()
    ledger.record(fact(grant))

    postgres.stop()
    try:
        with pytest.raises(Unavailable, match="The database does not answer"):
            ledger.grant(grant.id)
        with pytest.raises(Unavailable, match="What it holds is safe"):
            ledger.record(fact(a_grant()))
    finally:
        postgres.start()

    assert ledger.grant(grant.id).id == grant.id
    opened.close()


def test_a_connection_that_was_cut_costs_nobody_an_error(postgres_url):
    """An idle connection that the server closed meanwhile is replaced before it is used."""
    opened = databases.open(postgres_url, SIGNER, connections=1)
    opened.migrate()
    with opened.reading() as connection:
        process = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
    other = databases.open(postgres_url, SIGNER)
    with other.writing() as connection:
        connection.execute(text("SELECT pg_terminate_backend(:process)"), {"process": process})

    assert SqlQueue(opened).depth(now=NOON) == 0
    opened.close()
    other.close()


def test_a_server_that_never_was_is_unavailable():
    """Nobody listens there."""
    opened = databases.open(f"postgresql://daypass@127.0.0.1:{free_port()}/daypass", SIGNER)

    with pytest.raises(Unavailable, match="The database does not answer"):
        opened.check()


def test_a_directory_that_is_missing_is_unavailable(tmp_path):
    """SQLite's own words are for the operator."""
    opened = databases.open(f"sqlite:///{tmp_path}/no/such/daypass.db", SIGNER)

    with pytest.raises(Unavailable) as told:
        opened.check()

    assert "unable to open database file" not in told.value.sentence
    assert "unable to open database file" in told.value.report


def test_a_file_that_is_no_database_is_said_to_be_damaged(tmp_path):
    """The operator is told to restore it, and nothing is written into it."""
    file = tmp_path / "daypass.db"
    file.write_bytes(b"this is not SQLite" * 100)

    with pytest.raises(Misconfigured, match=r"cannot be read .*restore it"):
        databases.open(f"sqlite:///{file}", SIGNER).migrate()

    assert file.read_bytes() == b"this is not SQLite" * 100


def test_a_lock_that_is_never_given_back_is_unavailable(sqlite_url):
    """A writer waits for its patience, then is told; the other's work stands."""
    holder, impatient = (
        databases.open(sqlite_url, SIGNER),
        databases.open(sqlite_url, SIGNER, patience=timedelta(seconds=0.1)),
    )
    holder.migrate()

    with holder.writing(), pytest.raises(Unavailable) as told:
        SqlLedger(impatient).record(fact(a_grant()))
    assert "database is locked" in told.value.report

    SqlLedger(impatient).record(fact(a_grant()))
    assert len(SqlQueue(holder).claim(now=NOON, hold=HOLD, limit=9)) == 1
    holder.close()
    impatient.close()


def test_a_commit_in_sqlite_survives_a_power_cut(sqlite_url):
    """The log is written ahead and synced at every commit."""
    opened = databases.open(sqlite_url, SIGNER)
    opened.migrate()
    with opened.writing() as connection:
        settings = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in SAFE}

    assert settings == SAFE
    opened.close()


SAFE = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_a_claim_costs_the_same_however_many_wait(sqlite_url):
    """The claim reads the index of what is due, and sorts nothing."""
    opened = databases.open(sqlite_url, SIGNER)
    opened.migrate()
    with opened.reading() as connection:
        plan = connection.exec_driver_sql(
            "EXPLAIN QUERY PLAN SELECT id FROM grants WHERE due <= 5 ORDER BY due LIMIT 64"
        ).all()

    assert [row.detail for row in plan] == ["SEARCH grants USING INDEX grants_due (due<?)"]
    opened.close()
