"""
Reading many rows of which one may be damaged: all of them, all of them one after the other, or a page for people.

Nothing else in the store cuts a list short: what decides by "the newest so many" misses whatever is older (a test in
tests/house holds this).
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeAlias, TypeVar

import structlog
from sqlalchemy import Column, Connection, func, select, tuple_

from daypass.ports import Page
from daypass.store.codec import AnyRow, AnySelect, Codec, Unreadable, Value
from daypass.store.database import Database
from daypass.store.seal import Sealer

Order: TypeAlias = tuple[Column[Any], Column[Any]]
"""A moment, and the key of the table, which no two rows share."""

_AT_ONCE = 500
_IDS = 1000
"""Ids that one statement names."""

Item = TypeVar("Item")

_log = structlog.get_logger(__name__)


def readable(connection: Connection, query: AnySelect, codec: Codec[Value], sealer: Sealer) -> list[Value]:
    """Read what can be read; a damaged row is logged and left out, so that it hides nothing but itself."""
    return list(_read(connection.execute(query).all(), codec, sealer))


def each(
    database: Database, query: AnySelect, codec: Codec[Value], *, order: Order, newest_first: bool = False
) -> Iterator[Value]:
    """
    Read all rows of a query, however many, some hundreds at a time, with no connection held while they are used.

    A row that is moved behind the place that was reached is read again, one that is moved before it is not.
    """
    place, ordered = tuple_(*order), [column.desc() if newest_first else column for column in order]
    following = query.add_columns(*order).order_by(*ordered).limit(_AT_ONCE)
    rows = _rows(database, following)
    while rows:
        yield from _read(rows, codec, database.sealer)
        last = rows[-1][-len(order) :]
        beyond = place < last if newest_first else place > last
        rows = _rows(database, following.where(beyond)) if len(rows) == _AT_ONCE else []


def page(database: Database, query: AnySelect, codec: Codec[Value], *, skip: int, size: int) -> Page[Value]:
    """Read a page of an ordered query, and count all of it."""
    with database.reading() as connection:
        total = connection.execute(select(func.count()).select_from(query.order_by(None).subquery())).scalar_one()
        rows = connection.execute(query.offset(skip).limit(size)).all()
    return Page(items=tuple(_read(rows, codec, database.sealer)), total=total)


def slices(ids: Iterable[Item]) -> Iterator[list[Item]]:
    """Cut ids into as many at a time as one statement names."""
    left = iter(ids)
    while some := list(islice(left, _IDS)):
        yield some


def _rows(database: Database, query: AnySelect) -> list[AnyRow]:
    with database.reading() as connection:
        return list(connection.execute(query).all())


def _read(rows: Sequence[AnyRow], codec: Codec[Value], sealer: Sealer) -> Iterator[Value]:
    for row in rows:
        try:
            yield codec.read(row, sealer)
        except Unreadable as error:
            _log.error("row was unreadable", row=error.row, error=error.sentence)
