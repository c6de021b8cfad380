"""
A condition that few rows meet, as SQLite's planner is told so that it asks the index whatever its statistics say.

States are few and most rows have one of them, that of what is over. From statistics SQLite concludes that any state is
as frequent, and reads the whole table for those that are live. PostgreSQL knows how frequent each value is.
"""

from typing import Any

from sqlalchemy import Boolean, ColumnElement, func, literal_column
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.operators import OperatorType

_LIKELIHOOD: ColumnElement[float] = literal_column("0.0001")


class seldom(ColumnElement[bool]):  # noqa: N801 - read as a condition: where(seldom(grants.c.state == "active"))
    """The same condition, of which SQLite is told that few rows meet it (likelihood() in its list of functions)."""

    inherit_cache = False
    type = Boolean()

    def __init__(self, condition: ColumnElement[bool]) -> None:
        """Take the condition."""
        self.by_dialect = {"postgresql": condition, "sqlite": func.likelihood(condition, _LIKELIHOOD, type_=Boolean())}

    def self_group(self, against: OperatorType | None = None) -> ColumnElement[bool]:  # noqa: ARG002 - SQLAlchemy's
        """Stand as it is: compared with 1, as SQLAlchemy would have it for SQLite, it asks no index."""
        return self


@compiles(seldom)
def _compile(element: seldom, compiler: SQLCompiler, **context: Any) -> str:
    return compiler.process(element.by_dialect[compiler.dialect.name], **context)
