"""Many keys in a condition, bound as one value."""

from sqlalchemy import insert, select
from sqlalchemy.dialects import sqlite

from daypass.store.database import Database
from daypass.store.id_lists import among
from daypass.store.prepared import Prepared
from daypass.store.tables import changes, grants
from tests.tables import with_tables

KEYS = ["", "a", "it's", 'say "so"', "[1]", "ä,b", "{}", "{a,b}", "\\"]
OTHERS = ["b", "its", "null", "NULL", "1"]


def test_each_key_is_found_as_it_is_written_and_no_other(database: Database):
    """Whatever signs a key has: quotes, brackets and commas mean something in JSON or in an array."""
    named = Prepared(select(changes.c.name).where(among(changes.c.name, "names")))
    with database.writing() as connection:
        connection.execute(insert(changes), [{"name": name, "revision": 1} for name in [*KEYS, *OTHERS]])

        assert sorted(named.run(connection, [{"names": KEYS}]).scalars()) == sorted(KEYS)
        assert named.run(connection, [{"names": []}]).all() == []


def test_many_keys_are_looked_up_in_the_index(sqlite_url: str):
    """However many rows there are, none but those of the keys is read."""
    database = with_tables(sqlite_url)
    query = str(select(grants.c.id).where(among(grants.c.id, "ids")).compile(dialect=sqlite.dialect()))
    with database.reading() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", ("[]",)).all()

    assert plan[0].detail.startswith("SEARCH grants USING")
    database.close()
