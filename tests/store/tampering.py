"""What a writer of the database does to rows that give something: one of every kind, and edits of it in plain SQL."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import text

from daypass.model.link import Link
from daypass.store.codec import KINDS
from daypass.store.database import Database
from tests.makers import ANN, NOON
from tests.store.facts import a_grant, a_login, a_request
from tests.store.records import BARE

A_LINK = Link(token_hash="ab" * 32, grant=a_grant().id, key="2026/q1.csv", made_at=NOON)
ANNS = replace(a_login(), principal=ANN, token_hash="cd" * 32, expires_at=NOON + timedelta(days=36_500))
"""Not over for a long time: one that is, Daypass may have deleted itself."""


@dataclass(frozen=True)
class Sealed:
    """A row that gives something: two of its kind to swap, how it is read, and a column that decides."""

    table: str
    key: str
    one: Any
    other: Any
    name: Callable[[Any], str]
    find: Callable[..., Any]
    column: str


def _record(kind: str) -> Sealed:
    one: Any = BARE[kind]
    of = {name: kind for kind, name in KINDS.items()}[kind]
    other: Any = replace(one, **{_KEY_FIELD.get(kind, "id"): _OTHER_KEY.get(kind, "zzzzzzzzzzz2")})
    return Sealed(
        table="records",
        key="id",
        one=one,
        other=other,
        name=lambda value: f"{kind}/{value.key}",
        find=lambda ledger, _, value: ledger.find(of, value.key),
        column="state",
    )


_KEY_FIELD = {
    "rules-version": "number",
    "absence": "principal",
    "sealed-code": "code_hash",
    "passkey": "credential_id",
    "errand": "ticket_hash",
    "tally": "principal",
    "alteration": "row",
    "known-group": "group",
    "known-workspace": "token_hash",
    "departure": "principal",
    "people-watch": "owner",
    "journal-finding": "because",
}
_OF_ONE_KEY = {"freezes", "known-owners", "known-rules-file"}
"""There is never a second one to swap with."""
_OTHER_KEY: Mapping[str, object] = {"rules-version": 2, "robot": "bot:other"}

SEALED = {
    "request": Sealed(
        table="requests",
        key="id",
        one=a_request(),
        other=a_request(),
        name=lambda value: value.id,
        find=lambda ledger, _, value: ledger.request(value.id),
        column="state",
    ),
    "grant": Sealed(
        table="grants",
        key="id",
        one=a_grant(),
        other=a_grant(),
        name=lambda value: value.id,
        find=lambda ledger, _, value: ledger.grant(value.id),
        column="principal",
    ),
    "link": Sealed(
        table="links",
        key="token_hash",
        one=A_LINK,
        other=replace(A_LINK, token_hash="ef" * 32),
        name=lambda value: value.token_hash,
        find=lambda ledger, _, value: ledger.link(value.token_hash),
        column="grant_id",
    ),
    "login": Sealed(
        table="logins",
        key="device_hash",
        one=ANNS,
        other=replace(ANNS, device_hash="12" * 32, token_hash="34" * 32, user_code="ZZZZ-ZZZZ"),
        name=lambda value: value.device_hash,
        find=lambda _, logins, value: logins.by_device(value.device_hash),
        column="principal",
    ),
    **{kind: _record(kind) for kind in BARE if kind not in _OF_ONE_KEY},
}

EDITS = {
    "another body": "UPDATE {table} SET body = replace(body, 'U0', 'U9') || ' ' WHERE {key} = :one",
    "another column": "UPDATE {table} SET {column} = 'U0EVE' WHERE {key} = :one",
    "another revision": "UPDATE {table} SET revision = revision + 1 WHERE {key} = :one",
    "another seal": "UPDATE {table} SET seal = substr(seal, 33) || substr(seal, 1, 32) WHERE {key} = :one",
    "no seal": "UPDATE {table} SET seal = '' WHERE {key} = :one",
    "the seal of another": "UPDATE {table} SET seal = (SELECT seal FROM {table} WHERE {key} = :other) "
    "WHERE {key} = :one",
    "body and seal of another": "UPDATE {table} SET body = (SELECT body FROM {table} WHERE {key} = :other), "
    "seal = (SELECT seal FROM {table} WHERE {key} = :other) WHERE {key} = :one",
    "deleted": "DELETE FROM {table} WHERE {key} = :one",
}


def sql(database: Database, statement: str, **words: object) -> None:
    """Run a statement of the writer's."""
    with database.writing() as connection:
        connection.execute(text(statement), words)


def edit(database: Database, sealed: Sealed, statement: str) -> None:
    """Run one of EDITS on a row."""
    statement = statement.format(table=sealed.table, key=sealed.key, column=sealed.column)
    words = {"one": sealed.name(sealed.one), "other": sealed.name(sealed.other)}
    sql(database, statement, **{name: word for name, word in words.items() if f":{name}" in statement})


def backup(database: Database, sealed: Sealed) -> dict[str, object]:
    """Take a copy of a row as it is now."""
    statement = text(f"SELECT * FROM {sealed.table} WHERE {sealed.key} = :key")  # noqa: S608 - the test's own
    with database.reading() as connection:
        return dict(connection.execute(statement, {"key": sealed.name(sealed.one)}).mappings().one())


def put_back(database: Database, sealed: Sealed, row: Mapping[str, object]) -> None:
    """Put a copy back in the place of what is there."""
    sql(database, f"DELETE FROM {sealed.table} WHERE {sealed.key} = :key", key=row[sealed.key])  # noqa: S608
    put(database, sealed, row)


def put(database: Database, sealed: Sealed, row: Mapping[str, object]) -> None:
    """Insert a copy."""
    columns, values = ", ".join(row), ", ".join(f":{one}" for one in row)
    sql(database, f"INSERT INTO {sealed.table} ({columns}) VALUES ({values})", **row)  # noqa: S608
