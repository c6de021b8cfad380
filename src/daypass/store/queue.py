"""
The grants that somebody must look at: ports.Queue.

A hold is nothing but a later `due`, with the claim's token beside it: a worker that dies leaves a row that becomes due
by itself, and one that was only slow finds another's token, or none, where its own was. Beside that a row says until
when something that was put into AWS may still take effect, for whoever ends the grant meanwhile.

A row that cannot be read is set aside for ten minutes, reported, and tried again: it never stands in the way of others,
and it is never forgotten, because a repaired row, or a newer Daypass, makes it readable.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_hex

import structlog
from sqlalchemy import Connection, Update, bindparam, case, func, null, select, true, update

from daypass.model.errors import NotFound
from daypass.model.grant import Grant, GrantId, GrantState
from daypass.ports import Claim, FailedStep
from daypass.store.codec import GRANTS, AnyRow, Unreadable
from daypass.store.columns import moment
from daypass.store.damaged_rows import readable
from daypass.store.database import Database
from daypass.store.id_lists import among
from daypass.store.prepared import Prepared
from daypass.store.seal import Sealer
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

    def claim(self, *, now: datetime, hold: timedelta, limit: int, gives: bool = True) -> list[Claim]:
        """
        Take up to `limit` due grants that nobody holds, longest overdue first, and hold them until now + hold.

        Without `gives` what is still to be put into AWS is left where it is.
        """
        if not self._anything_due(now, gives=gives):  # so that idle workers do not take SQLite's write lock in turn
            return []
        with self._database.writing() as connection:
            rows = _CLAIM[gives].run(connection, [{"now": now, "limit": limit}]).all()
            return _taken(connection, rows, self._database.sealer, now, hold)

    def take(self, grant_id: GrantId, *, now: datetime, hold: timedelta) -> Claim | None:
        """Claim one grant whether it is due or not; None when it has ended, or somebody holds it."""
        with self._database.writing() as connection:
            rows = _TAKE.run(connection, [{"grant": grant_id, "now": now}]).all()
            taken = _taken(connection, rows, self._database.sealer, now, hold)
        return taken[0] if taken else None

    def renew(self, claim: Claim, *, now: datetime, hold: timedelta, lands_by: datetime | None = None) -> bool:
        """Hold on until now + hold; False when the claim has ended. `lands_by` as the port says."""
        words = {"grant": claim.grant.id, "token": claim.token, "until": now + hold, "lands_by": lands_by}
        with self._database.writing() as connection:
            return bool(connection.execute(_RENEW if lands_by is None else _PUT, words).rowcount)

    def landed(self, claims: Iterable[Claim], *, now: datetime) -> None:
        """Nothing that was put into AWS under these claims can take effect any more."""
        with self._database.writing() as connection:
            for claim in claims:
                connection.execute(_LANDED, {"grant": claim.grant.id, "token": claim.token, "now": now})

    def late(self, *, busy_before: datetime) -> list[Grant]:
        """Read ended grants of which an unanswered write might have taken effect before a moment, or after it."""
        with self._database.reading() as connection:
            busy = readable(connection, _BUSY.where(grants.c.busy_until < busy_before), GRANTS, self._database.sealer)
        return [grant for grant in busy if grant.state is GrantState.ENDED]

    def forget_late(self, grant_ids: Iterable[GrantId]) -> None:
        """These were looked at once more."""
        with self._database.writing() as connection:
            connection.execute(_FORGET_LATE, {"ids": list(grant_ids)})

    def postpone(self, claim: Claim, *, until: datetime, error: str, landed: bool = False) -> bool:
        """Give a grant back to be looked at again later, its step failed once more; False when the claim has ended."""
        change = _RELEASE.values(attempts=grants.c.attempts + 1, error=error[:_LONGEST_ERROR])
        return self._give_back(change, claim, until, landed=landed)

    def wait(self, claim: Claim, *, until: datetime, landed: bool = False) -> bool:
        """Give a grant back, untroubled, to be looked at again at a moment; False when the claim has ended."""
        change = _RELEASE.values(overdue_since=bindparam("until"), attempts=0, error="", reported=False)
        return self._give_back(change, claim, until, landed=landed)

    def _give_back(self, change: Update, claim: Claim, until: datetime, *, landed: bool) -> bool:
        words = {"grant": claim.grant.id, "token": claim.token, "until": until, "now": until}
        with self._database.writing() as connection:
            given = bool(connection.execute(change, words).rowcount)
            if given and landed:
                connection.execute(_LANDED, words)
        return given

    def attempts(self, grant_id: GrantId) -> int:
        """How often this grant's step has failed in a row. Raises NotFound."""
        with self._database.reading() as connection:
            return _attempts(connection, grant_id)

    def troubled(self, *, overdue_before: datetime) -> list[FailedStep]:
        """Read all grants that have been overdue since before a moment, longest first."""
        with self._database.reading() as connection:
            rows = connection.execute(_OVERDUE, {"moment": overdue_before}).all()
        return [trouble for row in rows if (trouble := _trouble(row, self._database.sealer)) is not None]

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

    def _anything_due(self, now: datetime, *, gives: bool) -> bool:
        with self._database.reading() as connection:
            return _LOOK[gives].run(connection, [{"now": now}]).first() is not None


def _taken(
    connection: Connection, rows: Sequence[AnyRow], sealer: Sealer, now: datetime, hold: timedelta
) -> list[Claim]:
    """Put a fresh token into the rows that can be read."""
    read = _read_all(connection, rows, sealer, now)
    if not read:
        return []
    token, until = token_hex(8), now + hold
    _HOLD.run(connection, [{"ids": [grant.id for grant, _ in read], "until": until, "token": token}])
    return [
        Claim(grant=grant, token=token, held_until=until, busy_until=moment(busy_until), attempts=attempts)
        for grant, (*_, busy_until, attempts) in read
    ]


def _read_all(
    connection: Connection, rows: Sequence[AnyRow], sealer: Sealer, now: datetime
) -> list[tuple[Grant, AnyRow]]:
    """Read the rows; set aside those that cannot be read."""
    read = []
    for row in rows:
        try:
            read.append((GRANTS.read(row, sealer), row))
        except Unreadable as error:
            _log.error("grant was set aside", grant=row[0], error=error.sentence)
            connection.execute(_SET_ASIDE, {"grant": row[0], "until": now + SET_ASIDE, "why": error.sentence})
    return read


def _trouble(row: AnyRow, sealer: Sealer) -> FailedStep | None:
    try:
        grant = GRANTS.read(row, sealer)
    except Unreadable as error:
        _log.error("row was unreadable", row=error.row, error=error.sentence)
        return None
    return FailedStep(
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


_IS_DUE = grants.c.due <= bindparam("now")
_IS_IN_AWS = grants.c.state != GrantState.APPROVED
_ANY_DUE = select(grants.c.id).where(_IS_DUE).limit(1)
_LOOK = {True: Prepared(_ANY_DUE), False: Prepared(_ANY_DUE.where(_IS_IN_AWS))}
"""By whether what is still to be put into AWS is claimed too; `_CLAIM` likewise."""
_DEPTH = select(func.count()).select_from(grants).where(_IS_DUE)
_CLAIMABLE = GRANTS.select.add_columns(grants.c.busy_until, grants.c.attempts).with_for_update(skip_locked=True)
_DUE = _CLAIMABLE.where(_IS_DUE).order_by(grants.c.due).limit(bindparam("limit"))
_CLAIM = {True: Prepared(_DUE), False: Prepared(_DUE.where(_IS_IN_AWS))}
_TAKE = Prepared(
    _CLAIMABLE.where(grants.c.id == bindparam("grant"), grants.c.due.is_not(None), grants.c.claim.is_(None) | _IS_DUE)
)
_HOLD = Prepared(
    update(grants)
    .where(among(grants.c.id, "ids"))
    .values(due=bindparam("until"), claim=bindparam("token"), fault=null())
)
_SET_ASIDE = (
    update(grants)
    .where(grants.c.id == bindparam("grant"))
    .values(due=bindparam("until"), claim=None, fault=bindparam("why"))
)
_IS_MINE = (grants.c.id == bindparam("grant")) & (grants.c.claim == bindparam("token"))
_RELEASE = update(grants).where(_IS_MINE).values(due=bindparam("until"), claim=None)
_RENEW = update(grants).where(_IS_MINE).values(due=bindparam("until"))
_PUT = _RENEW.values(busy=bindparam("token"), busy_until=bindparam("lands_by"))
_LANDED = (
    update(grants)
    .where(grants.c.id == bindparam("grant"), grants.c.busy == bindparam("token"))
    .values(
        busy=None,
        busy_until=None,
        due=case(
            (
                (grants.c.state == GrantState.ENDING) & grants.c.claim.is_(None),
                bindparam("now", type_=grants.c.due.type),
            ),
            else_=grants.c.due,
        ),
    )
)
_BUSY = GRANTS.select.where(grants.c.busy_until.is_not(None))
"""Of whichever state: asked for what has ended, SQLite would look at all that ever has."""
_FORGET_LATE = (
    update(grants)
    .where(grants.c.id.in_(bindparam("ids", expanding=True)), grants.c.state == GrantState.ENDED)
    .values(busy=None, busy_until=None)
)
_ATTEMPTS = select(grants.c.attempts).where(grants.c.id == bindparam("grant"))
_OVERDUE = (
    GRANTS.select.add_columns(grants.c.attempts, grants.c.overdue_since, grants.c.error, grants.c.reported)
    .where(grants.c.overdue_since < bindparam("moment"))
    .order_by(grants.c.overdue_since)
)
_REPORTED = update(grants).where(grants.c.id.in_(bindparam("ids", expanding=True))).values(reported=true())
_DAMAGED = select(grants.c.id, grants.c.fault).where(grants.c.fault.is_not(None)).order_by(grants.c.id)
