"""Column types that mean the same on SQLite and PostgreSQL."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Column, ColumnElement, Dialect, Integer, type_coerce
from sqlalchemy.types import TypeDecorator

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Serial = BigInteger().with_variant(Integer, "sqlite")
"""A key that the database counts up; SQLite counts `INTEGER` keys alone."""


class Moment(TypeDecorator[datetime]):
    """
    An aware datetime, stored as whole microseconds since 1970 UTC.

    SQLite has no datetimes, and text sorts as moments only while everybody writes it alike; integers sort the same
    everywhere and lose nothing.
    """

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002 - SQLAlchemy's
        """Count the microseconds. Raises ValueError for a naive datetime."""
        return None if value is None else micros(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Give the moment back, in UTC; None for what is none, so that it fails one row and not the statement."""
        return moment(value)


def moment(value: int | None) -> datetime | None:
    """Take a moment, in UTC, out of what is stored; None for what is none."""
    try:
        return None if value is None else EPOCH + timedelta(microseconds=value)
    except (TypeError, OverflowError):
        return None


def raw(column: Column[Any]) -> ColumnElement[Any]:
    """A column as the driver gives it: what is read is compared with it, and no moment has to be made for that."""
    return type_coerce(column, BigInteger).label(column.name) if isinstance(column.type, Moment) else column


def as_stored(column: Column[Any], said: Callable[[Any], Any]) -> Callable[[Any], object]:
    """What a value says of a column, as `raw` gives it."""
    return (lambda value: _stored(said(value))) if isinstance(column.type, Moment) else said


def _stored(at: datetime | None) -> int | None:
    """What a column has of a moment; of one without a time zone, what none has."""
    return None if at is None or at.tzinfo is None else micros(at)


def micros(moment: datetime) -> int:
    """Count the whole microseconds since 1970 UTC. Raises ValueError for a naive datetime."""
    if moment.tzinfo is None:
        raise ValueError("a datetime without a time zone has no meaning here")
    since = moment - EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
