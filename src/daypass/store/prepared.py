"""
Statements that every commit runs: compiled once for each driver, and given to it as they are.

SQLAlchemy looks up a statement by its shape at each execution and adapts each row to it, which costs more than what
SQLite does then. The statements of a commit never change, and of their values moments alone need to be adapted.

PostgreSQL takes many rows with one statement: one for each of them costs it several times what the row costs.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, TypeAlias

from sqlalchemy import Connection, CursorResult, Dialect, Insert, Select, Update
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeDecorator

from daypass.store.bulk_statements import ROWS, as_json, at_once

Row: TypeAlias = dict[str, object]


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A statement as one driver wants it."""

    text: str
    order: Callable[[Row], tuple[object, ...]] | None
    """Puts a row's values in the order of the marks; None where the driver takes them by name."""
    adapt: tuple[tuple[str, Callable[[Any], Any]], ...]
    own: Row
    """Values that stand in the statement itself."""


class Prepared:
    """One statement. Its results are as the driver gives them: ask for texts and numbers alone."""

    def __init__(self, statement: Insert | Update | Select[*tuple[Any, ...]]) -> None:
        """Take the statement; an insert or update sets the columns that its rows have, and returns nothing."""
        self._statement = statement if isinstance(statement, Select) else statement.inline()
        self._compiled: dict[tuple[str | bool, ...], _Compiled] = {}

    def run(self, connection: Connection, rows: Sequence[Row]) -> CursorResult[*tuple[Any, ...]]:
        """Run it once for each of the rows, at least one, which all have the same columns; it takes them over."""
        columns, dialect = tuple(rows[0]), connection.dialect
        together = len(rows) > 1 and dialect.name == "postgresql" and not isinstance(self._statement, Select)
        compiled = self._compiled.get((dialect.name, together, *columns))
        if compiled is None:
            compiled = self._compile(dialect, columns, together=together)
        for name, adapted in compiled.adapt:
            for row in rows:
                row[name] = adapted(row[name])
        if together:
            return connection.exec_driver_sql(compiled.text, {ROWS: as_json(rows)})
        if compiled.own:
            for row in rows:
                row.update(compiled.own)
        values: list[Any] = list(rows) if compiled.order is None else list(map(compiled.order, rows))
        return connection.exec_driver_sql(compiled.text, values)

    def _compile(self, dialect: Dialect, columns: tuple[str, ...], *, together: bool) -> _Compiled:
        single = self._statement.compile(dialect=dialect, column_keys=list(columns))
        assert isinstance(single, SQLCompiler)  # noqa: S101 - the statement is no DDL
        ours = {name: single.binds[name].type for name in columns if isinstance(single.binds[name].type, TypeDecorator)}
        adapt = {name: one.dialect_impl(dialect).bind_processor(dialect) for name, one in ours.items()}
        made = single
        if together and not isinstance(self._statement, Select):
            made = at_once(self._statement, columns).compile(dialect=dialect)
            assert isinstance(made, SQLCompiler)  # noqa: S101 - nor is this
        compiled = _Compiled(
            made.string,
            _in_order(made.positiontup) if made.positiontup else None,
            tuple((name, adapted) for name, adapted in adapt.items() if adapted is not None),
            {name: bind.value for name, bind in made.binds.items() if name not in columns},
        )
        self._compiled[dialect.name, together, *columns] = compiled
        return compiled


def _in_order(names: Sequence[str]) -> Callable[[Row], tuple[object, ...]]:
    pick = itemgetter(*names)
    return pick if len(names) > 1 else lambda row: (pick(row),)
