"""
Facts into rows, journal entries and outbox lines: the one place where state is written.

Every row that the facts change is locked and its revision read first; a fact with any row that has moved is left out
whole, so half a fact is never written. The rows of all the others then go out in one statement a table, however many
facts there are.
"""

from collections.abc import Collection, Container, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Table, bindparam, insert, select, text, update

from daypass.journal.entry import event_bytes
from daypass.journal.words import SaltedText, words_of
from daypass.model.event import Event
from daypass.model.fact import Change, Fact
from daypass.model.freeze import Freezes
from daypass.model.grant import Grant, GrantState
from daypass.model.link import Link
from daypass.model.login import Login
from daypass.model.request import Request
from daypass.store.chain import append
from daypass.store.codec import GRANTS, LINKS, LOGINS, REQUESTS, Codec, codec_of
from daypass.store.columns import EPOCH
from daypass.store.damaged_rows import slices
from daypass.store.id_lists import among
from daypass.store.outbox import lines as outbox_lines
from daypass.store.prepared import Prepared
from daypass.store.row_state import stand_of
from daypass.store.seal import Sealer
from daypass.store.tables import changes, grants, links, logins, outbox, records, requests
from daypass.store.words import keep_words

_IN_ORDER = (requests, grants, links, logins, records)
"""Tables are locked in this order, and rows in the order of their keys, so that no two commits wait for each other."""

_Key = tuple[Table, str]
_Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class _Keyed:
    """A fact, and the row of each of its changes."""

    fact: Fact
    rows: tuple[tuple[_Key, Change], ...]

    def reached(self) -> tuple[dict[str, int], dict[str, str]]:
        """Which revision each row has that the fact changed, and how it stands by then."""
        revisions, stood = dict[str, int](), dict[str, str]()
        for (table, key), change in self.rows:
            name = f"{table.name}/{key}"
            revisions[name] = change.revision + 1
            if stand := stand_of(change):
                stood[name] = stand
        return revisions, stood


@dataclass(slots=True)
class _Batch:
    """What one commit writes: the last change of each row, and the facts that made them."""

    revisions: dict[_Key, int]
    held: dict[_Key, int]
    """The revisions of what facts were decided by."""
    changes: dict[_Key, Change] = field(default_factory=dict)
    placed: set[_Key] = field(default_factory=set)
    """Rows of grants that get a new place in the queue."""
    facts: list[_Keyed] = field(default_factory=list)
    moved: list[Fact] = field(default_factory=list)

    def take(self, keyed: _Keyed) -> None:
        """Take a fact up whole, or leave it out whole."""
        ahead: dict[_Key, int] = {}
        for key, change in keyed.rows:
            if ahead.get(key, self.revisions.get(key, 0)) != change.revision:
                self.moved.append(keyed.fact)
                return
            ahead[key] = change.revision + 1
        if any(self.held.get(_key(one), 0) != one.revision for one in keyed.fact.stands):
            self.moved.append(keyed.fact)
            return
        self.revisions.update(ahead)
        for key, change in keyed.rows:
            self.changes[key] = change
            if not _stays(keyed.fact, change):
                self.placed.add(key)
        self.facts.append(keyed)


def commit(connection: Connection, facts: Sequence[Fact], sealer: Sealer) -> list[Fact]:
    """
    Write the facts within the caller's transaction; returns those left out because a row of theirs has moved.

    Raises IntegrityError when somebody else inserted one of the rows in this very moment.
    """
    held = _hold(connection, facts)
    keyed = [_Keyed(fact, tuple((_key(change), change) for change in fact.changes)) for fact in facts]
    stored = _lock(connection, {key for one in keyed for key, _ in one.rows})
    batch = _Batch(revisions=dict(stored), held=held)
    for one in keyed:
        batch.take(one)
    for table in _IN_ORDER:
        _store(connection, table, batch, stored, sealer)
    _tell(connection, batch.facts, sealer)
    return batch.moved


def _hold(connection: Connection, facts: Iterable[Fact]) -> dict[_Key, int]:
    """
    Keep what facts were decided by from moving until this commit, and read at which revision it is.

    Many may hold it at once; whoever changes it waits for them, and they for whoever does. The lock is one of its name
    and not of its row, which need not be there yet; SQLite has one writer at a time anyway.
    """
    read = {_key(one) for fact in facts for one in fact.stands}
    changed = {_key(one) for fact in facts for one in fact.changes if isinstance(one, Freezes)}
    if connection.dialect.name == "postgresql":
        for key in sorted(name for _, name in read | changed):
            connection.execute(_ALONE if (records, key) in changed else _TOGETHER, {"key": key})
    rows = _REVISIONS.run(connection, [{"keys": sorted(key for _, key in read)}]).all() if read else []
    return {(records, key): revision for key, revision in rows}


def _lock(connection: Connection, keys: Collection[_Key]) -> dict[_Key, int]:
    """Lock the rows that are to change, and read at which revision they are; new ones are not among them."""
    return {
        (table, key): revision
        for table in _IN_ORDER
        for some in slices(sorted(key for owner, key in keys if owner is table))
        for key, revision in _lock_rows(connection, table, some)
    }


def _store(connection: Connection, table: Table, batch: _Batch, stored: Container[_Key], sealer: Sealer) -> None:
    """Insert the new rows of one table and change the known ones, by key."""
    new, moving, staying = list[_Row](), list[_Row](), list[_Row]()
    for key, change in batch.changes.items():
        if key[0] is not table:
            continue
        codec = _codec(change)
        if key not in stored:
            new.append(codec.write(change, sealer) | _owed(change))
            continue
        stays = key not in batch.placed
        row = codec.rewrite(change, sealer) | _queued(change, stays=stays)
        row["row_key"] = key[1]
        (staying if stays else moving).append(row)
    if new:
        _INSERTS[table].run(connection, new)
    for changed in (moving, staying):
        if changed:
            _UPDATES[table].run(connection, changed)


def _tell(connection: Connection, facts: Sequence[_Keyed], sealer: Sealer) -> None:
    """Add what happened to the journal, with the rows that it changed; words beside it; what is told, to the outbox."""
    named, lines, told = list[_Row](), list[tuple[str | None, bytes]](), list[_Row]()
    spoken = list[tuple[Event, Sequence[SaltedText]]]()
    for keyed in facts:
        event, (rows, stood) = keyed.fact.event, keyed.reached()
        named += [{"name": name, "revision": revision} for name, revision in rows.items()]
        said = words_of(event.details)
        entry = event_bytes(event, rows, said, stood=stood)
        lines.append((event.subject, entry))
        if said:
            spoken.append((event, said))
        if keyed.fact.told:  # people are told the words themselves; the line goes once it was told
            told += outbox_lines(keyed.fact, event_bytes(event, rows) if said else entry, sealer)
    if named:
        _INSERTS[changes].run(connection, named)
    append(connection, lines)
    keep_words(connection, spoken)
    if told:
        _INSERTS[outbox].run(connection, told)


def _key(change: Change) -> _Key:
    codec = _codec(change)
    return codec.table, codec.key_of(change)


def _stays(fact: Fact, change: Change) -> bool:
    """Whether this leaves a stored grant where it is in the queue: a new lease, before AWS was ever told, does too."""
    return isinstance(change, Grant) and (fact.keeps_place or change.state is GrantState.APPROVED)


def _codec(change: Change) -> Codec[Any]:
    match change:
        case Request():
            return REQUESTS
        case Grant():
            return GRANTS
        case Link():
            return LINKS
        case Login():
            return LOGINS
        case _:
            return codec_of(type(change))


_UNHELD: _Row = {"claim": None, "attempts": 0, "error": "", "reported": False, "fault": None}
"""Nobody holds it, and nothing has failed yet: as the table has it of a new row by itself."""


def _queued(change: Change, *, stays: bool) -> _Row:
    """What is not sealed: a grant's place in the queue."""
    if not isinstance(change, Grant):
        return {}
    return {"fault": None} if stays else _owed(change) | _UNHELD


def _owed(change: Change) -> _Row:
    """
    From when on the next step of a grant is owed: the moment it must be looked at.

    What ends is due at once, also for a worker whose clock is behind that of whoever ended it.
    """
    if not isinstance(change, Grant):
        return {}
    look = change.next_look()
    return {"due": EPOCH if change.state is GrantState.ENDING else look, "overdue_since": look}


def _lock_rows(connection: Connection, table: Table, keys: Sequence[str]) -> Sequence[Any]:
    if len(keys) == 1:
        return _LOCKS_ONE[table].run(connection, [{"key": keys[0]}]).all()
    return _LOCKS[table].run(connection, [{"keys": keys}]).all()


def _stored(table: Table) -> Select[str, int]:
    (key,) = table.primary_key
    return select(key, table.c.revision).order_by(key).with_for_update()


def _is(table: Table, name: str) -> ColumnElement[bool]:
    (key,) = table.primary_key
    return key == bindparam(name)


_REVISIONS = Prepared(select(records.c.id, records.c.revision).where(among(records.c.id, "keys")))
_TOGETHER = text("SELECT pg_advisory_xact_lock_shared(hashtextextended(:key, 0))")
_ALONE = text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))")
_LOCKS = {table: Prepared(_stored(table).where(among(table.primary_key.columns[0], "keys"))) for table in _IN_ORDER}
_LOCKS_ONE = {table: Prepared(_stored(table).where(_is(table, "key"))) for table in _IN_ORDER}
_INSERTS = {table: Prepared(insert(table)) for table in (*_IN_ORDER, changes, outbox)}
_UPDATES = {table: Prepared(update(table).where(_is(table, "row_key"))) for table in _IN_ORDER}
