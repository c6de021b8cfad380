"""
The grants that somebody must look at: ports.Queue.

A hold is nothing but a later `due`, with `held` beside it: a worker that dies leaves a row that becomes due by itself.
A row that cannot be read is set aside for ten minutes, reported, and tried again: it never stands in the way of others,
and it is never forgotten, because a repaired row, or a newer Daypass, makes it readable.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection, bindparam, false, func, select, true, update

from daypass.model.errors import NotFound
from daypass.model.grant import Grant, GrantId, GrantState
from daypass.ports import Trouble
from daypass.store.codec import GRANTS, AnyRow, Unreadable
from daypass.store.database import Database
from daypass.store.tables import grants

SET_ASIDE = timedelta(minutes=10)
"""After which time a row that could not be read is tried again."""

_LONGEST_ERROR = 1000

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Damaged:
    """A grant's row that could not be read when somebody last tried."""

    grant: GrantId
    fault: str


class SqlQueue:
    """The queue in a database."""

    def __init__(self, database: Database) -> None:
        """Keep it in this database, which must have its tables."""
        self._database = database

    def claim(self, *, now: datetime, hold: timedelta, limit: int) -> list[Grant]:
        """Take up to `limit` due grants that nobody holds, longest overdue first, and hold them until now + hold."""
        if not self._anything_due(now):  # so that idle workers do not take SQLite's write lock in turn
            return []
        with self._database.writing() as connection:
            rows = connection.execute(_DUE, {"now": now, "limit": limit}).all()
            taken = _read_all(connection, rows, now)
            if taken:
                connection.execute(_HOLD, {"ids": [grant.id for grant in taken], "until": now + hold})
        return taken

    def postpone(self, grant_id: GrantId, *, until: datetime, error: str, state: GrantState | None = None) -> int:
        """Give a grant back to be looked at again later; returns how often it has failed in a row."""
        change = _RELEASE.values(attempts=grants.c.attempts + 1, error=error[:_LONGEST_ERROR])
        with self._database.writing() as connection:
            connection.execute(change, {"grant": grant_id, "until": until, "claimed_in": state})
            return _attempts(connection, grant_id)

    def wait(self, grant_id: GrantId, *, until: datetime, state: GrantState | None = None) -> None:
        """Give a grant back, untroubled, to be looked at again at a moment."""
        change = _RELEASE.values(overdue_since=bindparam("until"), attempts=0, error="", reported=False)
        with self._database.writing() as connection:
            connection.execute(change, {"grant": grant_id, "until": until, "claimed_in": state})

    def attempts(self, grant_id: GrantId) -> int:
        """How often this grant's step has failed in a row. Raises NotFound."""
        with self._database.reading() as connection:
            return _attempts(connection, grant_id)

    def troubled(self, *, overdue_before: datetime) -> list[Trouble]:
        """Read all grants that have been overdue since before a moment, longest first."""
        with self._database.reading() as connection:
            rows = connection.execute(_OVERDUE, {"moment": overdue_before}).all()
        return [trouble for trouble in map(_trouble, rows) if trouble is not None]

    def reported(self, grant_ids: Iterable[GrantId]) -> None:
        """Remember that the journal has been told of these troubles."""
        with self._database.writing() as connection:
            connection.execute(_REPORTED, {"ids": list(grant_ids)})

    def depth(self, *, now: datetime) -> int:
        """How many grants are due now and held by nobody."""
        with self._database.reading() as connection:
            return connection.execute(_DEPTH, {"now": now}).scalar_one()

    def damaged(self) -> list[Damaged]:
        """Read which grants' rows could not be read when somebody last tried."""
        with self._database.reading() as connection:
            rows = connection.execute(_DAMAGED)
            return [Damaged(grant=GrantId(row.id), fault=row.fault) for row in rows]

    def _anything_due(self, now: datetime) -> bool:
        with self._database.reading() as connection:
            return connection.execute(_ANY_DUE, {"now": now}).first() is not None


def _read_all(connection: Connection, rows: Sequence[AnyRow], now: datetime) -> list[Grant]:
    """Read the rows; set aside those that cannot be read."""
    read = []
    for row in rows:
        try:
            read.append(GRANTS.read(row))
        except Unreadable as error:
            _log.error("grant was set aside", grant=row[0], error=error.sentence)
            connection.execute(_SET_ASIDE, {"grant": row[0], "until": now + SET_ASIDE, "why": error.sentence})
    return read


def _trouble(row: AnyRow) -> Trouble | None:
    try:
        grant = GRANTS.read(row)
    except Unreadable as error:
        _log.error("row was unreadable", row=error.row, error=error.sentence)
        return None
    return Trouble(
        grant=grant,
        attempts=row.attempts,
        overdue_since=row.overdue_since,
        error=row.error,
        reported=row.reported,
    )


def _attempts(connection: Connection, grant_id: GrantId) -> int:
    attempts: int | None = connection.execute(_ATTEMPTS, {"grant": grant_id}).scalar_one_or_none()
    if attempts is None:
        raise NotFound(f"There is no grant {grant_id} here.")
    return attempts


_BODY = tuple(grants.c[name] for name in ("id", "revision", "principal", "chain", "state", "approved_at", "body"))
_IS_DUE = grants.c.due <= bindparam("now")
_ANY_DUE = select(grants.c.id).where(_IS_DUE).limit(1)
_DEPTH = select(func.count()).select_from(grants).where(_IS_DUE)
_DUE = select(*_BODY).where(_IS_DUE).order_by(grants.c.due).limit(bindparam("limit")).with_for_update(skip_locked=True)
_HOLD = (
    update(grants)
    .where(grants.c.id.in_(bindparam("ids", expanding=True)))
    .values(due=bindparam("until"), held=true(), fault=None)
)
_SET_ASIDE = (
    update(grants)
    .where(grants.c.id == bindparam("grant"))
    .values(due=bindparam("until"), held=false(), fault=bindparam("why"))
)
_RELEASE = (
    update(grants)
    .where(
        grants.c.id == bindparam("grant"),
        grants.c.held,
        grants.c.state == func.coalesce(bindparam("claimed_in", type_=grants.c.state.type), grants.c.state),
    )
    .values(due=bindparam("until"), held=false())
)
_ATTEMPTS = select(grants.c.attempts).where(grants.c.id == bindparam("grant"))
_OVERDUE = (
    select(*_BODY, grants.c.attempts, grants.c.overdue_since, grants.c.error, grants.c.reported)
    .where(grants.c.overdue_since < bindparam("moment"))
    .order_by(grants.c.overdue_since)
)
_REPORTED = update(grants).where(grants.c.id.in_(bindparam("ids", expanding=True))).values(reported=true())
_DAMAGED = select(grants.c.id, grants.c.fault).where(grants.c.fault.is_not(None)).order_by(grants.c.id)
