"""
Facts into rows, journal entries and outbox lines: the one place where state is written.

Every row that the facts change is locked and its revision read first; a fact with any row that has moved is left out
whole, so half a fact is never written. The rows of all the others then go out in one statement a table, however many
facts there are.
"""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, Select, Table, bindparam, insert, select, text, update

from daypass.journal.entry import event_bytes
from daypass.journal.words import words_of
from daypass.model.event import Link, Login
from daypass.model.fact import Change, Fact
from daypass.model.freeze import Freezes
from daypass.model.grant import Grant, GrantState
from daypass.model.request import Request
from daypass.store.chain import append
from daypass.store.codec import GRANTS, LINKS, LOGINS, REQUESTS, codec_of, record_id, seal_line
from daypass.store.columns import EPOCH
from daypass.store.seal import Sealer
from daypass.store.tables import changes, grants, links, logins, outbox, records, requests
from daypass.store.words import keep_words

_AT_ONCE = 1000
_IN_ORDER = (requests, grants, links, logins, records)
"""Tables are locked in this order, and rows in the order of their keys, so that no two commits wait for each other."""

_Key = tuple[Table, str]
_Row = dict[str, object]


@dataclass(slots=True)
class _Batch:
    """What one commit writes: the last change of each row, and the facts that made them."""

    revisions: dict[_Key, int]
    held: dict[_Key, int]
    """The revisions of what facts were decided by."""
    changes: dict[_Key, Change] = field(default_factory=dict)
    placed: set[_Key] = field(default_factory=set)
    """Rows of grants that get a new place in the queue."""
    facts: list[Fact] = field(default_factory=list)
    moved: list[Fact] = field(default_factory=list)

    def take(self, fact: Fact) -> None:
        """Take a fact up whole, or leave it out whole."""
        ahead: dict[_Key, int] = {}
        for change in fact.changes:
            key, revision = _key(change), change.revision
            if ahead.get(key, self.revisions.get(key, 0)) != revision:
                self.moved.append(fact)
                return
            ahead[key] = revision + 1
        if any(self.held.get(_key(one), 0) != one.revision for one in fact.stands):
            self.moved.append(fact)
            return
        self.revisions |= ahead
        self.changes |= {_key(change): change for change in fact.changes}
        self.placed |= {_key(change) for change in fact.changes if not _stays(fact, change)}
        self.facts.append(fact)


def commit(connection: Connection, facts: Sequence[Fact], sealer: Sealer) -> list[Fact]:
    """
    Write the facts within the caller's transaction; returns those left out because a row of theirs has moved.

    Raises IntegrityError when somebody else inserted one of the rows in this very moment.
    """
    held = _hold(connection, facts)
    stored = _lock(connection, facts)
    batch = _Batch(revisions=dict(stored), held=held)
    for fact in facts:
        batch.take(fact)
    for table in _IN_ORDER:
        changed = [(key, change) for (owner, key), change in batch.changes.items() if owner is table]
        rows = [(key, change, _row(change, sealer)) for key, change in changed]
        known = {key for owner, key in stored if owner is table}
        staying = {key for key, _ in changed if (table, key) not in batch.placed}
        _store(connection, table, rows, known, staying)
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
    rows = connection.execute(_REVISIONS, {"keys": sorted(key for _, key in read)}).all() if read else []
    return {(records, key): revision for key, revision in rows}


def _lock(connection: Connection, facts: Iterable[Fact]) -> dict[_Key, int]:
    """Lock the rows that are to change, and read at which revision they are; new ones are not among them."""
    keys = {_key(change) for fact in facts for change in fact.changes}
    return {
        (table, key): revision
        for table in _IN_ORDER
        for some in _slices(sorted(key for owner, key in keys if owner is table))
        for key, revision in connection.execute(_LOCKS[table], {"keys": some}).all()
    }


def _store(
    connection: Connection,
    table: Table,
    rows: Sequence[tuple[str, Change, _Row]],
    known: Container[str],
    staying: Container[str],
) -> None:
    """Insert the new rows of one table and change the known ones, by key."""
    new = [row | _queued(change) for key, change, row in rows if key not in known]
    if new:
        connection.execute(insert(table), new)
    for stays in (False, True):
        changed = [
            row | _queued(change, stays=stays) | {"row_key": key}
            for key, change, row in rows
            if key in known and (key in staying) is stays
        ]
        if changed:
            connection.execute(_UPDATES[table], changed)


def _tell(connection: Connection, facts: Sequence[Fact], sealer: Sealer) -> None:
    """Add what happened to the journal, with the rows that it changed; words beside it; what is told, to the outbox."""
    reached = [_reached(fact) for fact in facts]
    if named := [{"name": name, "revision": revision} for rows in reached for name, revision in rows.items()]:
        connection.execute(insert(changes), named)
    spoken = [words_of(fact.event.details) for fact in facts]
    entries = [event_bytes(fact.event, rows, said) for fact, rows, said in zip(facts, reached, spoken, strict=True)]
    if entries:
        about = (fact.event.subject for fact in facts)
        append(
            connection, [{"subject": subject, "entry": entry} for subject, entry in zip(about, entries, strict=True)]
        )
    keep_words(connection, [(fact.event, said) for fact, said in zip(facts, spoken, strict=True) if said])
    told = [_line(fact, rows, sealer) for fact, rows in zip(facts, reached, strict=True) if fact.told]
    if told:
        connection.execute(insert(outbox), told)


def _reached(fact: Fact) -> dict[str, int]:
    """Which revision each row has that the fact changed."""
    return {f"{table.name}/{key}": change.revision + 1 for change in fact.changes for table, key in (_key(change),)}


def _line(fact: Fact, rows: Mapping[str, int], sealer: Sealer) -> _Row:
    """What is to be told, with people's words as they are: the line goes once it was told."""
    subject, entry = fact.event.subject, event_bytes(fact.event, rows)
    return {"subject": subject, "entry": entry, "seal": seal_line(subject, entry, sealer), "due": fact.event.at}


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


def _stays(fact: Fact, change: Change) -> bool:
    """Whether this leaves a stored grant where it is in the queue: a new lease, before AWS was ever told, does too."""
    return isinstance(change, Grant) and (fact.keeps_place or change.state is GrantState.APPROVED)


def _row(change: Change, sealer: Sealer) -> _Row:
    match change:
        case Request():
            return REQUESTS.write(change, sealer)
        case Grant():
            return GRANTS.write(change, sealer)
        case Link():
            return LINKS.write(change, sealer)
        case Login():
            return LOGINS.write(change, sealer)
        case _:
            return codec_of(type(change)).write(change, sealer)


def _queued(change: Change, *, stays: bool = False) -> _Row:
    """What is not sealed: a grant's place in the queue."""
    if not isinstance(change, Grant):
        return {}
    return {"fault": None} if stays else _place_in_queue(change)


def _place_in_queue(grant: Grant) -> _Row:
    """
    Nobody holds it, nothing has failed yet, and its next step is owed from the moment it must be looked at.

    What ends is due at once, also for a worker whose clock is behind that of whoever ended it.
    """
    look = grant.next_look()
    return {
        "due": EPOCH if grant.state is GrantState.ENDING else look,
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
    chosen = select(key, table.c.revision).where(key.in_(bindparam("keys", expanding=True)))
    return chosen.order_by(key).with_for_update()


_REVISIONS = select(records.c.id, records.c.revision).where(records.c.id.in_(bindparam("keys", expanding=True)))
_TOGETHER = text("SELECT pg_advisory_xact_lock_shared(hashtextextended(:key, 0))")
_ALONE = text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))")
_LOCKS = {table: _lock_statement(table) for table in _IN_ORDER}
_UPDATES = {
    table: update(table).where(*(key == bindparam("row_key") for key in table.primary_key)) for table in _IN_ORDER
}
