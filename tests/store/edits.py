"""What somebody who can write to the database, and has no key, does to it: past triggers and constraints."""

from sqlalchemy import text

from daypass.store.database import Database

_COPIED = "subject, entry, writer, counter, previous, mac"
_UNGUARDED = (
    "CREATE TABLE bare (id INTEGER PRIMARY KEY AUTOINCREMENT, $, leaf_index, leaf_hash, place)",
    "INSERT INTO bare SELECT id, $, leaf_index, leaf_hash, place FROM journal",
    "DROP TABLE journal",
    "ALTER TABLE bare RENAME TO journal",
)
"""SQLite has no way to drop a constraint but to write the table anew; its triggers go with it."""


def edit(database: Database, *statements: str) -> None:
    """Run plain SQL in one transaction, with the journal's guards out of the way; $ is what is copied of a row."""
    with database.writing() as connection:
        if connection.dialect.name == "sqlite":
            unguarded: tuple[str, ...] = _UNGUARDED
        else:
            unguarded = (
                "ALTER TABLE journal DISABLE TRIGGER USER",
                "ALTER TABLE journal DROP CONSTRAINT IF EXISTS journal_leaf_index_key",
                "ALTER TABLE journal DROP CONSTRAINT IF EXISTS journal_bound_once",
            )
        for statement in (*unguarded, *statements):
            connection.execute(text(statement.replace("$", _COPIED)))


def rewrite(database: Database, where: str, old: bytes, new: bytes) -> None:
    """Change the words of one entry."""
    edit(database)
    with database.writing() as connection:
        row = connection.execute(text(f"SELECT id, entry FROM journal WHERE {where}")).one()  # noqa: S608 - the test's own
        assert old in row.entry
        changed = {"id": row.id, "entry": bytes(row.entry).replace(old, new)}
        connection.execute(text("UPDATE journal SET entry = :entry WHERE id = :id"), changed)
