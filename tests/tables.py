"""A database with its tables. Those of SQLite are made once in a test process and copied: a millisecond, not forty."""

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

from sqlalchemy import make_url

from daypass.store import database as databases
from daypass.store.database import Database
from tests.keys import SIGNER


def with_tables(url: str) -> Database:
    """Open a database, and make its tables unless it has them."""
    file = make_url(url).database
    if url.startswith("sqlite") and file and not Path(file).exists():
        shutil.copy(_empty(), file)
        return databases.open(url, SIGNER)
    database = databases.open(url, SIGNER)
    database.migrate()
    return database


@cache
def _empty() -> Path:
    """A SQLite database in which nothing is but its tables; it is gone with this process."""
    folder = tempfile.mkdtemp(prefix="daypass-tables-")
    atexit.register(shutil.rmtree, folder)
    file = Path(folder) / "empty.db"
    database = databases.open(f"sqlite:///{file}", SIGNER)
    database.migrate()
    database.close()
    return file
