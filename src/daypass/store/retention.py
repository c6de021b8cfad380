"""
What is not kept for good: where messages stand, logins that are over, failed changes of the rules, old checkpoints.

The journal is kept whole, and so are requests, grants and whatever else was decided. Of old checkpoints the last of
each 1024 entries stays, as in an export: those between prove nothing that it does not. What is deleted gives nothing: a
login that is gone logs nobody in, and a change of the rules that is gone cannot be approved.
"""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Table, delete, exists, func, literal, select

from daypass.journal.export import SPACING
from daypass.model.break_glass import GlassReview
from daypass.model.preapproval import Preapproval
from daypass.model.record import Validity
from daypass.model.request import RequestState
from daypass.model.rule_change import ChangeState, RulesChange
from daypass.model.schedule import Schedule
from daypass.store.codec import KINDS
from daypass.store.database import Database
from daypass.store.tables import checkpoints, grants, logins, postings, records, requests

CAME_TO_NOTHING = (ChangeState.OUTDATED, ChangeState.DENIED, ChangeState.WITHDRAWN)
YOUNG = 100_000
"""Entries below the newest one, of which every checkpoint is kept."""
_AT_ONCE = 1_000
"""Rows that are deleted in one transaction, so that they keep nobody else waiting."""


class SqlRetention:
    """Deletes from a database what is over. Each method returns how many rows it was."""

    def __init__(self, database: Database) -> None:
        """Delete from this one."""
        self._database = database

    def drop_old(self, *, before: datetime) -> dict[str, int]:
        """Delete all that was over before a moment, by what it was."""
        return {
            "messages": self.drop_messages(before=before),
            "logins": self.drop_logins(before=before),
            "rule changes": self.drop_rule_changes(before=before),
            "checkpoints": self.thin_checkpoints(),
        }

    def drop_messages(self, *, before: datetime) -> int:
        """Forget where Slack messages stand that were posted before then, unless what they are about goes on."""
        about = postings.c.subject
        goes_on = (
            exists().where(grants.c.id == about, grants.c.due.is_not(None))
            | exists().where(requests.c.id == about, requests.c.state == RequestState.PENDING)
            | exists().where(records.c.id.in_(_open_ids(about)), records.c.state.in_(_GOES_ON))
        )
        return self._drop(postings, postings.c.id, (postings.c.ts < f"{before.timestamp():.6f}") & ~goes_on)

    def drop_logins(self, *, before: datetime) -> int:
        """Delete the logins of people that were over before then."""
        return self._drop(
            logins, logins.c.device_hash, logins.c.principal.is_not(None) & (logins.c.expires_at < before)
        )

    def drop_rule_changes(self, *, before: datetime) -> int:
        """Delete the changes of the rules that were proposed before then and came to nothing."""
        nothing = (records.c.kind == KINDS[RulesChange]) & records.c.state.in_(CAME_TO_NOTHING)
        return self._drop(records, records.c.id, nothing & (records.c.at < before))

    def thin_checkpoints(self) -> int:
        """Of old checkpoints leave the last of each block of entries."""
        size, newest = checkpoints.c.size, select(func.max(checkpoints.c.size)).scalar_subquery()
        later = checkpoints.alias("later")
        block = (size - 1) // SPACING
        same_block = (later.c.size > size) & (later.c.size <= (block + 1) * SPACING)
        return self._drop(checkpoints, size, (size < newest - YOUNG) & exists().where(same_block))

    def _drop(self, table: Table, key: ColumnElement[object], condition: ColumnElement[bool]) -> int:
        some = select(key).where(condition).limit(_AT_ONCE)
        return _all(self._database, lambda connection: connection.execute(delete(table).where(key.in_(some))).rowcount)


def _open_ids(about: ColumnElement[str]) -> list[ColumnElement[str]]:
    """The ids of records that a message may be about."""
    return [literal(f"{KINDS[kind]}/").concat(about) for kind in (Preapproval, Schedule, GlassReview, RulesChange)]


def _all(database: Database, some: Callable[[Connection], int]) -> int:
    """Delete some at a time, until there are no more."""
    dropped = 0
    while True:
        with database.writing() as connection:
            gone = some(connection)
        dropped += gone
        if gone < _AT_ONCE:
            return dropped


_GOES_ON = (Validity.OPEN, ChangeState.PENDING)
