"""
Opens SQLite or PostgreSQL, and hands out the only transactions there are.

SQLite is one writer and many readers: writers of this process queue for the one write connection, those of other
processes for the file's lock, taken at BEGIN IMMEDIATE. A transaction that reads first and asks for the lock later
(SQLite's default) fails with "database is locked" however long it is told to wait.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, timedelta
from functools import cached_property

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, select
from sqlalchemy.exc import ArgumentError

from daypass.journal.chain import PURPOSE
from daypass.journal.damage import Damage
from daypass.journal.key import Signer
from daypass.model.errors import Misconfigured
from daypass.store import schema, sqlite_file
from daypass.store.chain import Writers
from daypass.store.columns import EPOCH
from daypass.store.failures import translated
from daypass.store.seal import Sealer
from daypass.store.tables import journal

_PATIENCE = timedelta(seconds=10)
_CONNECTIONS = 24
_POSTGRESQL = {"postgresql", "postgres", "postgresql+psycopg"}
_ANY_ENTRY = select(journal.c.id).limit(1)
SETTINGS = {"timezone": "UTC", "lock_timeout": "10s", "idle_in_transaction_session_timeout": "60s"}
_SESSION = " ".join(f"-c {name}={value}" for name, value in SETTINGS.items())
_TRANSACTION = "; ".join(f"SET LOCAL {name} = '{value}'" for name, value in SETTINGS.items())
POOLER = "pooler"
"""What an address says of what stands before PostgreSQL: `?pooler=transaction`."""


_NOW = {
    "postgresql": "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint",
    "sqlite": "SELECT CAST(round((julianday('now') - 2440587.5) * 86400000.0) AS INTEGER) * 1000",  # milliseconds
}
"""Microseconds since 1970."""
_SMALLEST_WRITE = {
    "postgresql": "SELECT txid_current()",  # a commit record in the log, and a refusal on a standby
    "sqlite": "PRAGMA user_version = 1",
}


class Database:
    """One database, open. Every method may raise Unavailable, or Misconfigured when its tables are not there."""

    def __init__(self, *, writer: Engine, reader: Engine, snapshots: Engine, signer: Signer | None) -> None:
        """
        Take engines, and the journal's key.

        Transactions of the first write, every statement of the second stands alone, and transactions of the third read
        the database of one moment.
        """
        self._writer = writer
        self._reader = reader
        self._snapshots = snapshots
        self._signer = signer
        self._writers = None if signer is None else Writers(signer.derive(PURPOSE))
        self.damage = Damage()
        """What was found wrong with the journal in this database."""
        self.gate: Callable[[], None] = lambda: None
        """Raises Unavailable while this process may give nothing, because its machine's clock is off, say."""

    @property
    def signer(self) -> Signer:
        """The journal's key, from which the keys of what is stored are derived. Raises Misconfigured without one."""
        if self._signer is None:
            raise Misconfigured("This database was opened without the journal's key, which is needed to read or write.")
        return self._signer

    @cached_property
    def sealer(self) -> Sealer:
        """What seals rows and checks their seals. Raises Misconfigured without the journal's key."""
        return Sealer(self.signer)

    @property
    def writers(self) -> Writers:
        """What this process writes, bound with a key derived from the journal's. Raises Misconfigured without one."""
        if self._writers is None:
            raise Misconfigured("This database was opened without the journal's key, which is needed to write.")
        return self._writers

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Open a transaction that commits at the end, or leaves nothing behind when anything is raised."""
        with translated(), self._writer.connect() as connection, self._transaction(connection):
            yield connection

    def _transaction(self, connection: Connection) -> AbstractContextManager[object]:
        return connection.begin() if self._writers is None else self._writers.transaction(connection)

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """Open a connection for statements that all see the database as it is at the first of them."""
        with translated(), self._snapshots.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Open a connection for statements that each see the newest commit, and change nothing."""
        with translated(), self._reader.connect() as connection:
            yield connection

    def now(self) -> datetime:
        """Read the database's clock, which every replica shares; SQLite's is this machine's."""
        with self.reading() as connection:
            micros = connection.exec_driver_sql(_NOW[connection.dialect.name]).scalar_one()
        return EPOCH + timedelta(microseconds=micros)

    def must_take_writes(self) -> None:
        """Write next to nothing, in a transaction of its own. Raises Unavailable when that fails: a full disk, say."""
        with self.writing() as connection:
            connection.exec_driver_sql(_SMALLEST_WRITE[connection.dialect.name])

    def must_be_allowed_to_give(self) -> None:
        """Raise JournalDamaged or Unavailable while nothing may be given through this database by this process."""
        self.damage.forbid()
        self.gate()

    def migrate(self) -> None:
        """
        Bring an empty or older database to the tables of this Daypass. Safe in many processes at once.

        This alone makes the file of an SQLite database: whoever only looks leaves nothing behind.
        """
        sqlite_file.make(self._writer.url)
        with self.writing() as connection:
            schema.migrate(connection)

    def check(self) -> None:
        """Raise Misconfigured, saying what to do, unless the tables are those of this Daypass."""
        with self.reading() as connection:
            schema.check(connection)

    def has_journal(self) -> bool:
        """Whether anything was ever written into the journal of this database, which may have no tables yet."""
        if sqlite_file.is_missing(self._writer.url):
            return False
        with self.reading() as connection:
            return schema.is_made(connection) and connection.execute(_ANY_ENTRY).first() is not None

    def renew_statistics(self) -> None:
        """
        Let SQLite learn anew how its tables have grown, where somebody once let it learn (ANALYZE).

        Our statements need no statistics, and old ones mislead it. PostgreSQL does this by itself.
        """
        with self.writing() as connection:
            renewed = connection.dialect.name == "sqlite" and sqlite_file.renew_statistics(connection)
        if renewed:  # what is open goes by what it read when it was opened
            self._reader.dispose()
            self._snapshots.dispose()

    def close(self) -> None:
        """Close every connection that is not in use."""
        self._writer.dispose()
        self._reader.dispose()
        self._snapshots.dispose()

    def __repr__(self) -> str:
        return f"Database({self._writer.url.render_as_string(hide_password=True)})"


def open(  # noqa: A001 - database.open
    url: str, signer: Signer | None = None, *, connections: int = _CONNECTIONS, patience: timedelta = _PATIENCE
) -> Database:
    """
    Open `sqlite:///path/to/file` or `postgresql://user:password@host/name`; nothing is connected to yet.

    With `?pooler=transaction` the address is that of a pooler which gives each transaction another connection, such as
    PgBouncer in its transaction mode: nothing is then prepared or set for longer than a transaction.
    `signer` is the journal's key: without it there is nothing to do but to migrate.
    `connections` is the most that are kept to PostgreSQL, or readers of SQLite; threads beyond them wait their turn.
    `patience` is how long to wait for a connection, or for another process's write to end. Raises Misconfigured for a
    URL that is neither.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise Misconfigured("The database URL cannot be read; write sqlite:////var/lib/daypass/daypass.db.") from None
    if parsed.drivername == "sqlite":
        return _sqlite(parsed, signer, connections, patience)
    if parsed.drivername in _POSTGRESQL:
        return _postgresql(parsed.set(drivername="postgresql+psycopg"), signer, connections, patience)
    raise Misconfigured(f"Daypass stores its data in SQLite or PostgreSQL, not in {parsed.drivername}.")


def _postgresql(url: URL, signer: Signer | None, connections: int, patience: timedelta) -> Database:
    pooled = _is_pooled(url)
    url = url.difference_update_query([POOLER])
    settings: dict[str, str | int | None] = {
        "application_name": "daypass",
        "connect_timeout": 5,
        "tcp_user_timeout": 15_000,
        **({"prepare_threshold": None} if pooled else {"options": _SESSION}),
    }
    engine = create_engine(
        url,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=patience.total_seconds(),
        pool_pre_ping=True,  # a server that was restarted meanwhile costs nobody an error
        hide_parameters=True,
        connect_args={key: value for key, value in settings.items() if key not in url.query},
    )
    if pooled:
        event.listen(engine, "begin", _set_for_a_transaction)
    return Database(
        writer=engine,
        reader=engine.execution_options(isolation_level="AUTOCOMMIT"),
        snapshots=engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True),
        signer=signer,
    )


def _is_pooled(url: URL) -> bool:
    """Whether a pooler stands before it. Raises Misconfigured for a kind of pooler that is not known."""
    match url.query.get(POOLER):
        case None:
            return False
        case "transaction":
            return True
        case other:
            raise Misconfigured(f"The database's address says pooler={other}; write pooler=transaction.")


def _set_for_a_transaction(connection: Connection) -> None:
    """The next transaction has another connection, and others have had this one; what stands alone needs none of it."""
    if connection.get_isolation_level() != "AUTOCOMMIT":
        connection.exec_driver_sql(_TRANSACTION)


def _sqlite(url: URL, signer: Signer | None, connections: int, patience: timedelta) -> Database:
    if not url.database or url.database == ":memory:":
        raise Misconfigured("Give SQLite a file: a database in memory is forgotten, and grants must never be.")
    writer = _sqlite_engine(url, 1, patience)
    reader = _sqlite_engine(url, connections, patience)
    event.listen(writer, "begin", sqlite_file.begin_immediate)
    snapshots = _sqlite_engine(url, connections, patience)
    for engine in (reader, snapshots):
        event.listen(engine, "connect", sqlite_file.only_read)
    event.listen(snapshots, "begin", sqlite_file.begin)
    return Database(writer=writer, reader=reader, snapshots=snapshots, signer=signer)


def _sqlite_engine(url: URL, connections: int, patience: timedelta) -> Engine:
    engine = create_engine(
        url,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=3 * patience.total_seconds(),
        hide_parameters=True,
        connect_args={"timeout": patience.total_seconds()},
    )
    event.listen(engine, "do_connect", sqlite_file.refuse_missing)
    event.listen(engine, "connect", sqlite_file.prepare)
    return engine
