"""
Reading many rows of which one may be damaged: all of them, all of them one after the other, or a page for people.

Nothing else in the store cuts a list short: what decides by "the newest so many" misses whatever is older (a test in
tests/house holds this).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from heapq import merge
from itertools import islice
from typing import Any, TypeAlias, TypeVar

import structlog
from sqlalchemy import Column, Connection, Table, func, tuple_

from daypass.ports import Page
from daypass.store import tables
from daypass.store.codec import AnyRow, AnySelect, Codec, Unreadable, Value
from daypass.store.database import Database
from daypass.store.seal import Sealer

Order: TypeAlias = tuple[Column[Any], Column[Any]]
"""A moment, and the key of the table, which no two rows share."""
_ORDERS: Mapping[Table, Order] = {
    tables.requests: (tables.requests.c.filed_at, tables.requests.c.id),
    tables.grants: (tables.grants.c.approved_at, tables.grants.c.id),
    tables.logins: (tables.logins.c.asked_at, tables.logins.c.device_hash),
    tables.records: (tables.records.c.at, tables.records.c.id),
}
"""How each table is listed."""

_AT_FIRST = 20
"""Rows that are read to begin with, as most who look for the newest need no more."""
_AT_ONCE = 500
_IDS = 1000
"""Ids that one statement names."""

Item = TypeVar("Item")

_log = structlog.get_logger(__name__)


def readable(connection: Connection, query: AnySelect, codec: Codec[Value], sealer: Sealer) -> list[Value]:
    """Read what can be read; a damaged row is logged and left out, so that it hides nothing but itself."""
    return list(_read(connection.execute(query).all(), codec, sealer))


def each(
    database: Database, queries: Iterable[AnySelect], codec: Codec[Value], *, newest_first: bool = False
) -> Iterator[Value]:
    """
    Read all rows of some queries in one order, however many, with no connection held while they are used.

    A row that is moved behind the place that was reached is read again, one that is moved before it is not. Each query
    is one that an index answers in this order, such as that for one state: of two states at once, each page would be
    sorted out of all there are.
    """
    order = _ORDERS[codec.table]
    rows = (_each_row(database, query, order, newest_first=newest_first) for query in queries)
    in_order = merge(*rows, key=lambda row: tuple(row[-len(order) :]), reverse=newest_first)
    return _read(in_order, codec, database.sealer)


def page(database: Database, queries: Sequence[AnySelect], codec: Codec[Value], *, skip: int, size: int) -> Page[Value]:
    """Read a page of some queries together, newest first, and count all of them. Each is one as for `each`."""
    order = _ORDERS[codec.table]
    newest = [column.desc() for column in order]
    upto, total = list[AnyRow](), 0
    with database.reading() as connection:
        for query in queries:
            total += connection.execute(query.with_only_columns(func.count())).scalar_one()
            upto += connection.execute(query.with_only_columns(*order).order_by(*newest).limit(skip + size)).all()
        keys = [key for *_, key in sorted(upto, key=tuple, reverse=True)[skip : skip + size]]
        rows = connection.execute(codec.select.where(order[-1].in_(keys))).all() if keys else []
    places = {key: place for place, key in enumerate(keys)}
    found = sorted(rows, key=lambda row: places.get(row[0], 0))
    return Page(items=tuple(_read(found, codec, database.sealer)), total=total)


def slices(ids: Iterable[Item]) -> Iterator[list[Item]]:
    """Cut ids into as many at a time as one statement names."""
    left = iter(ids)
    while some := list(islice(left, _IDS)):
        yield some


def _each_row(database: Database, query: AnySelect, order: Order, *, newest_first: bool) -> Iterator[AnyRow]:
    """Read the rows of one query, some hundreds at a time."""
    place, ordered = tuple_(*order), [column.desc() if newest_first else column for column in order]
    following, many = query.add_columns(*order).order_by(*ordered), _AT_FIRST
    rows = _rows(database, following.limit(many))
    while rows:
        yield from rows
        last, whole = rows[-1][-len(order) :], len(rows) < many
        beyond, many = place < last if newest_first else place > last, min(2 * many, _AT_ONCE)
        rows = [] if whole else _rows(database, following.where(beyond).limit(many))


def _rows(database: Database, query: AnySelect) -> list[AnyRow]:
    with database.reading() as connection:
        return list(connection.execute(query).all())


def _read(rows: Iterable[AnyRow], codec: Codec[Value], sealer: Sealer) -> Iterator[Value]:
    for row in rows:
        try:
            yield codec.read(row, sealer)
        except Unreadable as error:
            _log.error("row was unreadable", row=error.row, error=error.sentence)
