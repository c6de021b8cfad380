"""
What each listener is still to be told: ports.Outbox.

Each listener has lines of its own, written in the commit that they tell of and deleted when it was told: that is its
cursor. A single number would not do. Lines of one subject wait for each other and those of another do not, and
PostgreSQL shows a later id before an earlier one that is committed after it, which would then be passed over.

Only the first line of a subject can be claimed, so that nobody hears of an end before its beginning. Lines about no
subject (a login, the rules) wait for no other. A line that cannot be read is set aside and lets the later ones pass.
People take turns: of each the oldest line first, so that nobody's hundred lines keep another's one waiting.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection, bindparam, delete, func, select, update

from daypass.model.event import Event
from daypass.model.fact import Fact
from daypass.model.grant import Grant
from daypass.model.listener import Listener, listeners
from daypass.model.request import Request
from daypass.ports import Backlog, Notice
from daypass.store.codec import Altered, AnyRow, Unreadable
from daypass.store.database import Database
from daypass.store.journal_rows import entry_in
from daypass.store.seal import Sealer
from daypass.store.tables import outbox

_LONGEST_ERROR = 1000
_AT_ONCE = 5_000
"""Lines that are forgotten in one transaction, so that they keep nobody else waiting."""

_log = structlog.get_logger(__name__)


class SqlOutbox:
    """The outbox in a database, as one listener reads it."""

    def __init__(self, database: Database, listener: Listener = Listener.SLACK) -> None:
        """Keep it in this database, which must have its tables."""
        self._database = database
        self._listener = listener.value

    def claim(self, *, now: datetime, hold: timedelta, limit: int) -> list[Notice]:
        """Take the oldest line of each subject that nobody holds, in turns by person; hold them until now + hold."""
        with self._database.reading() as connection:  # the search may be long; it keeps no writer waiting
            heads = list(connection.execute(_HEADS, {"who": self._listener, "now": now, "limit": limit}).scalars())
        if not heads:
            return []
        with self._database.writing() as connection:
            notices = _read_all(
                connection, connection.execute(_STILL_DUE, {"ids": heads, "now": now}).all(), self._database.sealer
            )
            if notices:
                connection.execute(_HOLD, {"ids": [notice.id for notice in notices], "until": now + hold})
        turns = {line_id: place for place, line_id in enumerate(heads)}
        return sorted(notices, key=lambda notice: turns[notice.id])

    def sent(self, notice_id: int) -> None:
        """Cross a line out; twice is no error."""
        with self._database.writing() as connection:
            connection.execute(delete(outbox).where(outbox.c.id == notice_id))

    def delay(self, notice_id: int, *, until: datetime, error: str) -> None:
        """Try a line again later."""
        with self._database.writing() as connection:
            connection.execute(_DELAY, {"notice": notice_id, "until": until, "why": error[:_LONGEST_ERROR]})

    def backlog(self) -> Backlog:
        """Count what is to be told, and since when the oldest of it is."""
        with self._database.reading() as connection:
            row = connection.execute(_BACKLOG, {"who": self._listener}).one()
        return Backlog(lines=row.number, since=row.since)

    def forget(self, *, before: datetime) -> int:
        """Cross out what was to be told before then, where this listener is not set up; returns how many lines."""
        forgotten = 0
        while True:
            with self._database.writing() as connection:
                gone = connection.execute(_FORGET, {"who": self._listener, "before": before}).rowcount
            forgotten += gone
            if gone < _AT_ONCE:
                return forgotten


def lines(fact: Fact, entry: bytes, sealer: Sealer) -> list[dict[str, object]]:
    """Make the columns of the lines that tell of an event, one for each listener."""
    event = fact.event
    common = {"subject": event.subject, "entry": entry, "person": _whose(fact), "due": event.at, "at": event.at}
    return [
        {**common, "listener": one.value, "seal": sealer.seal(outbox.name, _key(one, event.subject), 1, entry.decode())}
        for one in listeners(event.kind)
    ]


def _key(listener: str, subject: str | None) -> str:
    """What a seal binds an entry to: nobody is told what is another listener's."""
    return f"{listener}/{subject or ''}"


def _whose(fact: Fact) -> str:
    """Whose turn a line takes: of whoever filed the request that it is about, of whoever has the grant, or did it."""
    for change in fact.changes:
        if isinstance(change, Request):
            return change.requestor
        if isinstance(change, Grant):
            return change.principal
    return fact.event.actor


def _read(row: AnyRow, sealer: Sealer) -> Event:
    """Take an event out of a line. Raises Unreadable."""
    name, entry = f"outbox/{row.id}", _text(row.entry)
    if not sealer.fits(row.seal, table=outbox.name, key=_key(row.listener, row.subject), revision=1, body=entry):
        raise Altered(name, "its seal does not fit what it holds.")
    return entry_in(name, row.entry).event({})


def _text(entry: object) -> str:
    return entry.decode(errors="surrogateescape") if isinstance(entry, bytes) else str(entry)


def _read_all(connection: Connection, rows: Sequence[AnyRow], sealer: Sealer) -> list[Notice]:
    """Read the lines; set aside those that cannot be read."""
    notices = []
    for row in rows:
        try:
            event = _read(row, sealer)
        except Unreadable as error:
            _log.error("outbox line was set aside", line=row.id, error=error.sentence)
            connection.execute(_SET_ASIDE, {"notice": row.id, "why": error.sentence})
        else:
            notices.append(Notice(id=row.id, event=event, attempts=row.attempts))
    return notices


_earlier = outbox.alias("earlier")
_IS_THEIRS = (outbox.c.listener == bindparam("who")) & outbox.c.fault.is_(None)
_IS_DUE = (outbox.c.due <= bindparam("now")) & outbox.c.fault.is_(None)
# One pass over the index, however long the outbox is. Asking line by line for an earlier one is quicker while all goes
# well, but SQLite then scans the whole outbox for each line if ANALYZE last ran when it was empty.
_FIRST_OF_EACH = (
    select(func.min(_earlier.c.id))
    .where(_earlier.c.listener == bindparam("who"), _earlier.c.subject.is_not(None), _earlier.c.fault.is_(None))
    .group_by(_earlier.c.subject)
)
_IS_HEAD = outbox.c.subject.is_(None) | outbox.c.id.in_(_FIRST_OF_EACH)
_turn = func.row_number().over(partition_by=outbox.c.person, order_by=outbox.c.id)
_HEADS = select(outbox.c.id).where(_IS_THEIRS, _IS_DUE, _IS_HEAD).order_by(_turn, outbox.c.id).limit(bindparam("limit"))
_STILL_DUE = (
    select(outbox.c.id, outbox.c.listener, outbox.c.subject, outbox.c.entry, outbox.c.seal, outbox.c.attempts)
    .where(outbox.c.id.in_(bindparam("ids", expanding=True)), _IS_DUE)
    .order_by(outbox.c.id)
    .with_for_update(skip_locked=True)
)
_HOLD = update(outbox).where(outbox.c.id.in_(bindparam("ids", expanding=True))).values(due=bindparam("until"))
_DELAY = (
    update(outbox)
    .where(outbox.c.id == bindparam("notice"))
    .values(due=bindparam("until"), error=bindparam("why"), attempts=outbox.c.attempts + 1)
)
_OLD = select(outbox.c.id).where(_IS_THEIRS, outbox.c.due < bindparam("before")).limit(_AT_ONCE)
_BACKLOG = select(func.count().label("number"), func.min(outbox.c.at).label("since")).where(_IS_THEIRS)
_FORGET = delete(outbox).where(outbox.c.id.in_(_OLD))
_SET_ASIDE = update(outbox).where(outbox.c.id == bindparam("notice")).values(fault=bindparam("why"))
