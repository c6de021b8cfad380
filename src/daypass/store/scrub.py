"""
Goes over the whole ledger and says which rows are not what Daypass wrote: ports.Scrub.

    every row            its seal, its revision against the journal's, its body
    every row's name     that the journal tells of: the row is still there
    every journal entry  what it says of rows is still in `changes`, by which rows are compared at each use, and is
                         written there again where it is not; and the row that is of the revision that it tells of
                         stands as it tells (see stand)
    every text           that it is the one of which its entry has the hash

Rows are read some hundreds at a time, each page in a statement of its own, so that the scrub takes little memory, keeps
nobody waiting, and may go on for as long as it needs. Whether the journal's own entries are whole is the book's to say.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any, NamedTuple

from sqlalchemy import Column, Connection, Table, func, insert, select
from sqlalchemy.exc import IntegrityError

from daypass.journal.entry import BadEntry, read_entry
from daypass.model.record import Tally
from daypass.model.rule_change import RulesChange
from daypass.ports import AlteredRow
from daypass.store.codec import (
    GRANTS,
    KINDS,
    LINKS,
    LOGINS,
    REQUESTS,
    AnyRow,
    AnySelect,
    Codec,
    Unreadable,
    codec_named,
    codec_of,
    is_dropped,
)
from daypass.store.damaged_rows import slices
from daypass.store.database import Database
from daypass.store.retention import CAME_TO_NOTHING
from daypass.store.row_state import login_ends, stand_of
from daypass.store.tables import changes, grants, journal, links, logins, records, requests, words
from daypass.store.words import fits

_AT_ONCE = 500
_COUNTS = "Its seal fits, so it counts as it is until it is put right or ended."
_CODECS: Mapping[Table, Codec[Any]] = {requests: REQUESTS, grants: GRANTS, links: LINKS, logins: LOGINS}
_TABLES: Mapping[str, Table] = {table.name: table for table in (requests, grants, links, logins, records)}

_CHANGES = f"{records.name}/{KINDS[RulesChange]}/"


class SqlScrub:
    """The scrub of a ledger in a database."""

    def __init__(self, database: Database, *, pause: Callable[[], object] = lambda: None) -> None:
        """Take the database, and what to do between two pages so that others have their turn."""
        self._database = database
        self._pause = pause

    def altered(self) -> Iterator[AlteredRow]:
        """Go over everything once, and give each row that was changed outside Daypass or cannot be read."""
        for table in _TABLES.values():
            yield from self._rows(table)
        perhaps: dict[str, _Told] = {}
        yield from self._deleted(perhaps)
        yield from self._untold(perhaps)
        yield from self._not_over(perhaps)
        yield from self._words()

    def _rows(self, table: Table) -> Iterator[AlteredRow]:
        (key,) = table.primary_key
        for rows in self._pages(_query(table), key):
            for row in rows:
                yield from self._look(table, row)

    def _look(self, table: Table, row: AnyRow) -> Iterator[AlteredRow]:
        name, codec = f"{table.name}/{row[0]}", _codec(table, row)
        if codec is None:
            yield AlteredRow(row=name, because="There are no records of this kind.")
            return
        try:
            codec.read(row, self._database.sealer)
        except Unreadable as error:
            yield AlteredRow(row=error.row, because=error.sentence)
            return
        if row.newest is not None and row.newest < row.revision:
            yield AlteredRow(row=name, because=f"The journal does not tell of revision {row.revision} of it any more.")

    def _deleted(self, perhaps: dict[str, "_Told"]) -> Iterator[AlteredRow]:
        """Find what is gone; what Daypass deletes itself, once it is over, goes into `perhaps`."""
        for rows in self._pages(select(changes.c.name).distinct(), changes.c.name):
            names = [row.name for row in rows]
            with self._database.reading() as connection:
                there = _present(connection, names)
            for name in names:
                if name not in there and is_dropped(name):
                    perhaps[name] = _Told(0, "")
                elif name not in there:
                    yield AlteredRow(row=name, because="It was deleted.")

    def _not_over(self, gone: Mapping[str, "_Told"]) -> Iterator[AlteredRow]:
        """Of rows that are gone and that Daypass deletes once they are over, name those that were not."""
        now = self._database.now()
        for name, (_, stood) in gone.items():
            change, login = name.startswith(_CHANGES), name.startswith(f"{logins.name}/")
            if (change and stood not in CAME_TO_NOTHING) or (login and not (stood and login_ends(stood) <= now)):
                yield AlteredRow(row=name, because="It was deleted.")

    def _untold(self, gone: dict[str, "_Told"]) -> Iterator[AlteredRow]:
        """Find what the journal tells and nothing else does; note how rows that are gone stood at last."""
        for rows in self._pages(select(journal.c.id, journal.c.entry), journal.c.id):
            told: dict[str, _Told] = {}
            for row in rows:
                for name, one in _rows_of(row.entry).items():
                    told[name] = max(one, told.get(name, one))
            gone |= {name: max(gone[name], one) for name, one in told.items() if name in gone}
            with self._database.reading() as connection:
                known = _newest(connection, list(told))
            for name, (revision, _) in told.items():
                if known.get(name, 0) < revision:
                    self._tell_again(name, revision)
                    yield AlteredRow(row=name, because=f"What told that it is of revision {revision} was deleted.")
            yield from self._misled({name: one for name, one in told.items() if known.get(name) == one.revision})

    def _tell_again(self, name: str, revision: int) -> None:
        """Write again what was deleted of `changes`, so that an older row is refused from now on, as it was before."""
        with suppress(IntegrityError), self._database.writing() as connection:  # another process was quicker
            connection.execute(insert(changes).values(name=name, revision=revision))

    def _misled(self, told: Mapping[str, "_Told"]) -> Iterator[AlteredRow]:
        """Compare rows with what the newest entry about each says; one that has moved on meanwhile is left out."""
        for prefix, table in _TABLES.items():
            (key,) = table.primary_key
            for some in slices([name.removeprefix(f"{prefix}/") for name in told if name.startswith(f"{prefix}/")]):
                with self._database.reading() as connection:
                    rows = connection.execute(_query(table).where(key.in_(some))).all()
                for row in rows:
                    revision, stood = told[f"{prefix}/{row[0]}"]
                    stands = self._stands(table, row)
                    if row.revision == revision and stood and stands and stands != stood:
                        because = f"It is {stands}, and the journal tells that it is {stood}."
                        yield AlteredRow(row=f"{prefix}/{row[0]}", because=f"{because} {_COUNTS}")

    def _stands(self, table: Table, row: AnyRow) -> str:
        """How a row stands; nothing of one that cannot be read, which was reported."""
        codec = _codec(table, row)
        try:
            return "" if codec is None else stand_of(codec.read(row, self._database.sealer))
        except Unreadable:
            return ""

    def _words(self) -> Iterator[AlteredRow]:
        for rows in self._pages(select(words.c.hash, words.c.salt, words.c.text), words.c.hash):
            for row in rows:
                if not fits(row):
                    yield AlteredRow(row=f"words/{row.hash}", because="It is not the text that was written.")

    def _pages(self, query: AnySelect, key: Column[Any]) -> Iterator[list[AnyRow]]:
        """Run a query a page at a time, in the order of a column that no two rows share."""
        page = query.order_by(key).limit(_AT_ONCE)
        rows = self._page(page)
        while rows:
            yield rows
            self._pause()
            rows = self._page(page.where(key > getattr(rows[-1], key.name)))

    def _page(self, query: AnySelect) -> list[AnyRow]:
        with self._database.reading() as connection:
            return list(connection.execute(query).all())


def _query(table: Table) -> AnySelect:
    """Ask for the rows of a table; records have the same columns, whatever their kind."""
    return (_CODECS.get(table) or codec_of(Tally)).select


def _codec(table: Table, row: AnyRow) -> Codec[Any] | None:
    """Find what reads a row; None for a record of no known kind."""
    return _CODECS.get(table) or codec_named(str(row[0]).partition("/")[0])


def _present(connection: Connection, names: list[str]) -> set[str]:
    """Those of the names that have a row."""
    found = set()
    for prefix, table in _TABLES.items():
        keys = [name.removeprefix(f"{prefix}/") for name in names if name.startswith(f"{prefix}/")]
        (key,) = table.primary_key
        if keys:
            found |= {f"{prefix}/{one}" for one in connection.execute(select(key).where(key.in_(keys))).scalars()}
    return found


def _newest(connection: Connection, names: list[str]) -> dict[str, int]:
    """The newest revision of each of them that is told of."""
    newest: dict[str, int] = {}
    for some in slices(names):
        wanted = changes.c.name.in_(some)
        asked = select(changes.c.name, func.max(changes.c.revision)).where(wanted).group_by(changes.c.name)
        newest |= {row[0]: row[1] for row in connection.execute(asked)}
    return newest


class _Told(NamedTuple):
    """What an entry says of a row."""

    revision: int
    stood: str


def _rows_of(entry: bytes) -> Mapping[str, _Told]:
    """What an entry tells of rows; nothing where it is no entry, which is the book's to find."""
    try:
        read = read_entry(entry)
    except BadEntry:
        return {}
    return {name: _Told(revision, read.stood.get(name, "")) for name, revision in read.rows.items()}
