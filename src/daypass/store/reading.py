"""Reading many rows of which one may be damaged."""

from typing import Any, TypeAlias

import structlog
from sqlalchemy import Connection, Select

from daypass.store.codec import Codec, Unreadable, Value

AnySelect: TypeAlias = Select[*tuple[Any, ...]]

_log = structlog.get_logger(__name__)


def readable(connection: Connection, query: AnySelect, codec: Codec[Value]) -> list[Value]:
    """Read what can be read; a damaged row is logged and left out, so that it hides nothing but itself."""
    values = []
    for row in connection.execute(query):
        try:
            values.append(codec.read(row))
        except Unreadable as error:
            _log.error("row was unreadable", row=error.row, error=error.sentence)
    return values
