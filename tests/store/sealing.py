"""Rows changed by somebody who has the key of the seals: another Daypass, older or newer, and never an attacker."""

from sqlalchemy import Table, select, update

from daypass.store.database import Database


def reseal(database: Database, table: Table) -> None:
    """Give every row of a table the seal that fits what it holds now."""
    (key,) = table.primary_key
    with database.writing() as connection:
        for row in connection.execute(select(key, table.c.revision, table.c.body)).all():
            seal = database.sealer.seal(table.name, row[0], row.revision, row.body)
            connection.execute(update(table).where(key == row[0]).values(seal=seal))
