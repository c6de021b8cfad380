"""
The file of an SQLite database: it is made by a migration alone, and every connection to it is made alike.

SQLite's driver makes a file that is not there. Whoever only looks for a database would leave an empty one behind, and
be shown that in place of the one that is missing.
"""

import sqlite3
import time
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

from sqlalchemy import URL, Connection
from sqlalchemy.pool import ConnectionPoolEntry

from daypass.model.errors import Misconfigured


def refuse_missing(dialect: object, record: object, arguments: Sequence[str], options: object) -> None:  # noqa: ARG001 - SQLAlchemy's own shape
    """SQLite makes a file that is not there, and whoever looks for a database would be shown an empty one."""
    file = Path(arguments[0])
    if file.parent.is_dir() and not file.exists():
        raise Misconfigured(f"There is no database {file} yet; run `daypass migrate` to make it.")


def _file_of(url: URL) -> Path | None:
    return Path(url.database) if url.drivername == "sqlite" and url.database else None


def make(url: URL) -> None:
    """Make the file where it is missing. What stands in the way SQLite says when it is opened."""
    if (file := _file_of(url)) is not None and is_missing(url):
        with suppress(OSError):
            file.touch()


def is_missing(url: URL) -> bool:
    """Whether this is SQLite's, and the file is not there though its folder is."""
    file = _file_of(url)
    return file is not None and file.parent.is_dir() and not file.exists()


def prepare(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    """
    Take transactions out of the driver's hands, and ask for a log that survives a power cut.

    SQLite keeps any bytes as a text. Those of one damaged row must not fail the statement that reads it among others.
    """
    connection.isolation_level = None
    connection.text_factory = partial(str, encoding="utf-8", errors="surrogateescape")
    _use_wal(connection)
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA journal_size_limit=67108864")


def _use_wal(connection: sqlite3.Connection) -> None:
    """Switch to the write-ahead log. Where processes switch at once, SQLite fails some of them without waiting."""
    for _ in range(50):
        if connection.execute("PRAGMA journal_mode").fetchone() == ("wal",):
            return
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                raise
            time.sleep(0.05)


def only_read(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    """Let a connection change nothing."""
    connection.execute("PRAGMA query_only=ON")


def begin(connection: Connection) -> None:
    """Begin a transaction that reads."""
    connection.exec_driver_sql("BEGIN")


def begin_immediate(connection: Connection) -> None:
    """Begin a transaction that writes, with the file's lock."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def renew_statistics(connection: Connection) -> bool:
    """Take the planner's statistics anew; False where there are none."""
    kept = connection.exec_driver_sql("SELECT count(*) FROM sqlite_schema WHERE name = 'sqlite_stat1'").scalar_one()
    if not kept:
        return False
    connection.exec_driver_sql(
        "PRAGMA analysis_limit = 1000"
    )  # rows of each index: milliseconds, however many there are
    connection.exec_driver_sql("ANALYZE")
    return True
