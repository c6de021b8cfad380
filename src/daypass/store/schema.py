"""
Brings a database to the tables of this Daypass, and tells when it is not at them.

The migration runs in one transaction that everybody else waits for: BEGIN IMMEDIATE on SQLite, an advisory lock on
PostgreSQL. Whoever comes second finds nothing left to do.
"""

from pathlib import Path
from threading import Lock

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from daypass.model.errors import Misconfigured

_SCRIPTS = Path(__file__).with_name("migrations")
_LOCK_KEY = 0x64617970617373  # "daypass"
_ONE_AT_A_TIME = Lock()  # Alembic keeps the running migration in a global


def migrate(connection: Connection) -> None:
    """Run the migrations that lack, within the caller's transaction. Raises Misconfigured for a newer database."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL lock_timeout = '5min'"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK_KEY})
    config = _config()
    scripts = ScriptDirectory.from_config(config)
    _refuse_newer(_current(connection), scripts)
    config.attributes["connection"] = connection
    with _ONE_AT_A_TIME:
        command.upgrade(config, "head")


def check(connection: Connection) -> None:
    """Raise Misconfigured unless the tables are those of this Daypass."""
    scripts = ScriptDirectory.from_config(_config())
    current = _current(connection)
    _refuse_newer(current, scripts)
    if current != scripts.get_current_head():
        at = f"is at version {current}" if current else "has no tables yet"
        raise Misconfigured(f"The database {at}; run `daypass migrate` to bring it to {scripts.get_current_head()}.")


def is_made(connection: Connection) -> bool:
    """Whether there are tables."""
    return _current(connection) is not None


def _refuse_newer(current: str | None, scripts: ScriptDirectory) -> None:
    if current and current not in {script.revision for script in scripts.walk_revisions()}:
        raise Misconfigured(
            f"The database is at version {current}, which this Daypass does not know: a newer one migrated it. "
            "Run that newer one, or restore the backup made before."
        )


def _current(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    return config
