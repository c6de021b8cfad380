"""
Whether a row's key is among many, which are bound as one value.

SQLAlchemy's own `in_` makes a mark for each key and writes the statement anew at each execution, which takes longer
than what SQLite does then. For statements that are `Prepared`.
"""

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import ARRAY, Boolean, Column, ColumnElement, Dialect, String, Text, bindparam, func, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.operators import OperatorType
from sqlalchemy.types import TypeDecorator, TypeEngine


class IdList(TypeDecorator[Sequence[str]]):
    """Keys as one value: an array of PostgreSQL's, or JSON for SQLite, which has none."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose what the database has."""
        return dialect.type_descriptor(ARRAY(String) if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: Sequence[str] | None, dialect: Dialect) -> Any:
        """Give the driver what it takes."""
        return value if dialect.name == "postgresql" else msgspec.json.encode(value).decode()


class among(ColumnElement[bool]):  # noqa: N801 - read as a condition: where(among(grants.c.id, "ids"))
    """Whether a column of text is one of the keys that are bound to a name."""

    inherit_cache = False
    type = Boolean()

    def __init__(self, column: Column[Any], name: str) -> None:
        """Take the column, and the name that the keys are bound to."""
        keys = bindparam(name, type_=IdList)
        self.by_dialect: dict[str, ColumnElement[bool]] = {
            "postgresql": column == func.any(keys),
            "sqlite": column.in_(select(func.json_each(keys).table_valued("value").c.value)),
        }

    def self_group(self, against: OperatorType | None = None) -> ColumnElement[bool]:  # noqa: ARG002 - SQLAlchemy's
        """Stand as it is: compared with 1, as SQLAlchemy would have it for SQLite, it asks no index."""
        return self


@compiles(among)
def _compile(element: among, compiler: SQLCompiler, **context: Any) -> str:
    return compiler.process(element.by_dialect[compiler.dialect.name], **context)
