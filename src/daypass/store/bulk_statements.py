"""
A statement for one row as one for many, which come as JSON.

PostgreSQL's way:

    INSERT INTO t (a, b) VALUES (:a, :b)
    INSERT INTO t (a, b) SELECT one.a, one.b FROM json_to_recordset(:rows) AS one(a TEXT, b TEXT)

    UPDATE t SET a = :a WHERE key = :row_key
    UPDATE t SET a = one.a FROM json_to_recordset(:rows) AS one(a TEXT, row_key TEXT) WHERE key = one.row_key

Arrays would do as well, and psycopg takes five times as long to write them.
"""

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import (
    JSON,
    BindParameter,
    ColumnElement,
    Insert,
    LargeBinary,
    TableValuedAlias,
    Text,
    Update,
    bindparam,
    column,
    func,
    insert,
    literal_column,
    select,
    update,
)
from sqlalchemy.sql.elements import ClauseElement
from sqlalchemy.sql.visitors import replacement_traverse
from sqlalchemy.types import TypeEngine

ROWS = "rows"
"""What the rows are bound to."""


def at_once(statement: Insert | Update, names: Sequence[str]) -> Insert | Update:
    """
    Make one statement of it for many rows that all have these names, bound to `ROWS` as `as_json` writes them.

    An insert's rows are numbered in their order.
    """
    table = statement.table
    keys = next(iter(table.primary_key)).type
    types: dict[str, TypeEngine[Any]] = {name: table.c[name].type if name in table.c else keys for name in names}
    columns = (column(name, Text() if _is_bytes(kind) else kind) for name, kind in types.items())
    given = func.json_to_recordset(bindparam(ROWS, type_=JSON))
    one = given.table_valued(*columns).render_derived(name="one", with_types=True)
    values = {name: _value(one.c[name], kind) for name, kind in types.items()}
    if isinstance(statement, Insert):
        return insert(table).from_select(list(names), select(*values.values()), include_defaults=False)
    return (
        update(table)
        .values({name: value for name, value in values.items() if name in table.c})
        .where(_with_rows(statement.whereclause, one))
    )


def as_json(rows: Sequence[dict[str, object]]) -> str:
    """Write rows as the statement takes them; bytes are written in base64."""
    return msgspec.json.encode(rows).decode()


def _value(given: ColumnElement[Any], kind: TypeEngine[Any]) -> ColumnElement[Any]:
    return func.decode(given, literal_column("'base64'")) if _is_bytes(kind) else given


def _is_bytes(kind: TypeEngine[Any]) -> bool:
    return isinstance(kind, LargeBinary)


def _with_rows(condition: Any, one: TableValuedAlias) -> Any:
    """A condition that asks the rows, instead of what was bound."""

    def replaced(element: ClauseElement, **_: Any) -> ClauseElement | None:
        return one.c[element.key] if isinstance(element, BindParameter) and element.key in one.c else None

    return replacement_traverse(condition, {}, replaced)
