"""Many rows written with one statement: what is read back is what was given."""

from datetime import UTC, datetime

from sqlalchemy import bindparam, insert, select, update

from daypass.store.database import Database
from daypass.store.prepared import Prepared
from daypass.store.tables import grants, outbox
from tests.makers import NOON

STRANGE = [
    "",
    "it's",
    'say "so"',
    "a\\b",
    "two\nlines\r\t",
    "ä€😀",
    "\x01\x7f\u2028",
    "{a,b}",
    "null",
    "%(name)s %s :a",
]
LATEST = datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)


def _line(number: int, text: str) -> dict[str, object]:
    entry = bytes(range(256)) if number else b""
    due = (NOON, LATEST)[number % 2]
    return {
        "listener": "slack",
        "subject": text or None,
        "entry": entry,
        "person": text,
        "at": NOON,
        "seal": text,
        "due": due,
        "attempts": number,
        "error": text,
    }


def _grant(name: str) -> dict[str, object]:
    texts = dict.fromkeys(("principal", "chain", "state", "body", "seal"), name)
    return {"id": name, "revision": 1, "approved_at": NOON, "due": NOON, "reported": False, **texts}


def test_rows_of_every_kind_of_column_are_read_back_in_their_order(database: Database):
    """Texts of any signs, bytes, numbers, moments and nothing: by many as by one, numbered as they were given."""
    columns = outbox.c
    asked = select(
        columns.listener,
        columns.at,
        columns.subject,
        columns.entry,
        columns.person,
        columns.seal,
        columns.due,
        columns.attempts,
        columns.error,
    )
    given = [_line(number, text) for number, text in enumerate(STRANGE * 30)]
    with database.writing() as connection:
        Prepared(insert(outbox)).run(connection, [dict(line) for line in given])

        assert [dict(row._mapping) for row in connection.execute(asked.order_by(columns.id))] == given


def test_each_row_gets_its_own_values_and_no_other_is_changed(database: Database):
    """An update of many rows takes from each what is meant for it, and no row that is not named."""
    change = Prepared(update(grants).where(grants.c.id == bindparam("row_key")))
    names = [text or "empty" for text in STRANGE]
    rows = [
        {"row_key": name, "revision": number, "body": f"{name}!", "due": None if number % 2 else LATEST, "fault": None}
        for number, name in enumerate(names)
    ]
    with database.writing() as connection:
        Prepared(insert(grants)).run(connection, [_grant(name) for name in [*names, "other"]])
        change.run(connection, [dict(row) for row in rows])

        found = connection.execute(select(grants.c.id, grants.c.revision, grants.c.body, grants.c.due)).all()

    expected = {(row["row_key"], row["revision"], row["body"], row["due"]) for row in rows}
    assert {tuple(row) for row in found} == {*expected, ("other", 1, "other", NOON)}
