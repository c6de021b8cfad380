"""
Facts into rows, journal entries and outbox lines: the one place where state is written.

Every row that the facts change is locked and its revision read first; a fact with any row that has moved is left out
whole, so half a fact is never written. The rows of all the others then go out in one statement a table, however many
facts there are.
"""

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, Select, Table, bindparam, insert, literal, select, update

from daypass.journal.entry import event_bytes
from daypass.model.event import Link, Login
from daypass.model.fact import Change, Fact
from daypass.model.grant import Grant, GrantState
from daypass.model.request import Request
from daypass.store.codec import GRANTS, LOGINS, REQUESTS, codec_of, record_id
from daypass.store.tables import grants, journal, links, logins, outbox, records, requests

_AT_ONCE = 1000
_IN_ORDER = (requests, grants, links, logins, records)
"""Tables are locked in this order, and rows in the order of their keys, so that no two commits wait for each other."""

_Key = tuple[Table, str]


@dataclass(slots=True)
class _Batch:
    """What one commit writes: the last change of each row, and the facts that made them."""

    revisions: dict[_Key, int]
    changes: dict[_Key, Change] = field(default_factory=dict)
    facts: list[Fact] = field(default_factory=list)
    moved: list[Fact] = field(default_factory=list)

    def take(self, fact: Fact) -> None:
        """Take a fact up whole, or leave it out whole."""
        ahead: dict[_Key, int] = {}
        for change in fact.changes:
            key, revision = _key(change), _revision(change)
            if ahead.get(key, self.revisions.get(key, 0)) != revision:
                self.moved.append(fact)
                return
            ahead[key] = revision + 1
        self.revisions |= ahead
        self.changes |= {_key(change): change for change in fact.changes}
        self.facts.append(fact)


def commit(connection: Connection, facts: Sequence[Fact]) -> list[Fact]:
    """
    Write the facts within the caller's transaction; returns those left out because a row of theirs has moved.

    Raises IntegrityError when somebody else inserted one of the rows in this very moment.
    """
    stored = _lock(connection, facts)
    batch = _Batch(revisions=dict(stored))
    for fact in facts:
        batch.take(fact)
    for table in _IN_ORDER:
        changes = [(key, change) for (owner, key), change in batch.changes.items() if owner is table]
        _store(connection, table, changes, {key for owner, key in stored if owner is table})
    _tell(connection, batch.facts)
    return batch.moved


def _lock(connection: Connection, facts: Iterable[Fact]) -> dict[_Key, int]:
    """Lock the rows that are to change, and read at which revision they are; new ones are not among them."""
    keys = {_key(change) for fact in facts for change in fact.changes}
    return {
        (table, key): revision
        for table in _IN_ORDER
        for some in _slices(sorted(key for owner, key in keys if owner is table))
        for key, revision in connection.execute(_LOCKS[table], {"keys": some}).all()
    }


def _store(connection: Connection, table: Table, changes: Sequence[tuple[str, Change]], known: Container[str]) -> None:
    """Insert the new rows of one table and change the known ones, by key."""
    new = [_row(change) for key, change in changes if key not in known]
    if new:
        connection.execute(insert(table), new)
    for stays in (False, True):
        rows = [
            _row(change, stays=stays) | {"row_key": key}
            for key, change in changes
            if key in known and _stays(change) is stays
        ]
        if rows:
            connection.execute(_UPDATES[table], rows)


def _tell(connection: Connection, facts: Sequence[Fact]) -> None:
    """Add what happened to the journal, and what people are told of to the outbox."""
    lines = [{"subject": fact.event.subject, "entry": event_bytes(fact.event)} for fact in facts]
    if lines:
        connection.execute(insert(journal), lines)
    told = [line | {"due": fact.event.at} for fact, line in zip(facts, lines, strict=True) if fact.told]
    if told:
        connection.execute(insert(outbox), told)


def _key(change: Change) -> _Key:
    match change:
        case Request():
            return requests, change.id
        case Grant():
            return grants, change.id
        case Link():
            return links, change.token_hash
        case Login():
            return logins, change.device_hash
        case _:
            return records, record_id(type(change), change.key)


def _revision(change: Change) -> int:
    """The revision it was read with. A link is written once, so that it is always new."""
    return 0 if isinstance(change, Link) else change.revision


def _stays(change: Change) -> bool:
    """Whether this leaves a stored grant where it is in the queue: a new lease, before AWS was ever told."""
    return isinstance(change, Grant) and change.state is GrantState.APPROVED


def _row(change: Change, *, stays: bool = False) -> dict[str, object]:
    match change:
        case Request():
            return REQUESTS.write(change)
        case Grant():
            return GRANTS.write(change) | ({"fault": None} if stays else _place_in_queue(change))
        case Login():
            return LOGINS.write(change)
        case Link():
            return {
                "token_hash": change.token_hash,
                "grant_id": change.grant,
                "key": change.key,
                "made_at": change.made_at,
            }
        case _:
            return codec_of(type(change)).write(change)


def _place_in_queue(grant: Grant) -> dict[str, object]:
    """Nobody holds it, nothing has failed yet, and its next step is owed from the moment it must be looked at."""
    look = grant.next_look()
    return {
        "due": look,
        "overdue_since": look,
        "claim": None,
        "attempts": 0,
        "error": "",
        "reported": False,
        "fault": None,
    }


def _slices(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(keys), _AT_ONCE):
        yield keys[start : start + _AT_ONCE]


def _lock_statement(table: Table) -> Select[str, int]:
    (key,) = table.primary_key
    revision = table.c.get("revision", literal(1))
    chosen = select(key, revision).where(key.in_(bindparam("keys", expanding=True)))
    return chosen.order_by(key).with_for_update()


_LOCKS = {table: _lock_statement(table) for table in _IN_ORDER}
_UPDATES = {
    table: update(table).where(*(key == bindparam("row_key") for key in table.primary_key)) for table in _IN_ORDER
}
