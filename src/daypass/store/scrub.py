"""
Goes over the whole ledger and says which rows are not what Daypass wrote: ports.Scrub.

    every row            its seal, its revision against the journal's, its body
    every row's name     that the journal tells of: the row is still there
    every journal entry  what it says of rows is still in `changes`, by which rows are compared at each use
    every text           that it is the one of which its entry has the hash

Rows are read some hundreds at a time, each page in a statement of its own, so that the scrub takes little memory, keeps
nobody waiting, and may go on for as long as it needs. Whether the journal's own entries are whole is the book's to say.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sqlalchemy import Column, Connection, Table, func, select

from daypass.journal.entry import BadEntry, read_entry
from daypass.model.kept import Tally
from daypass.ports import AlteredRow
from daypass.store.codec import (
    GRANTS,
    LINKS,
    LOGINS,
    REQUESTS,
    AnyRow,
    AnySelect,
    Codec,
    Unreadable,
    codec_named,
    codec_of,
)
from daypass.store.database import Database
from daypass.store.tables import changes, grants, journal, links, logins, records, requests, words
from daypass.store.words import fits

_AT_ONCE = 500
_CODECS: Mapping[Table, Codec[Any]] = {requests: REQUESTS, grants: GRANTS, links: LINKS, logins: LOGINS}
_TABLES: Mapping[str, Table] = {table.name: table for table in (requests, grants, links, logins, records)}


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
        yield from self._deleted()
        yield from self._untold()
        yield from self._words()

    def _rows(self, table: Table) -> Iterator[AlteredRow]:
        (key,) = table.primary_key
        query = (_CODECS.get(table) or codec_of(Tally)).select
        for rows in self._pages(query, key):
            for row in rows:
                yield from self._look(table, row)

    def _look(self, table: Table, row: AnyRow) -> Iterator[AlteredRow]:
        name, codec = f"{table.name}/{row[0]}", _CODECS.get(table) or codec_named(str(row[0]).partition("/")[0])
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

    def _deleted(self) -> Iterator[AlteredRow]:
        for rows in self._pages(select(changes.c.name).distinct(), changes.c.name):
            names = [row.name for row in rows]
            with self._database.reading() as connection:
                there = _present(connection, names)
            for name in names:
                if name not in there:
                    yield AlteredRow(row=name, because="It was deleted.")

    def _untold(self) -> Iterator[AlteredRow]:
        for rows in self._pages(select(journal.c.id, journal.c.entry), journal.c.id):
            told: dict[str, int] = {}
            for row in rows:
                for name, revision in _rows_of(row.entry).items():
                    told[name] = max(revision, told.get(name, 0))
            with self._database.reading() as connection:
                known = _newest(connection, list(told))
            for name, revision in told.items():
                if known.get(name, 0) < revision:
                    yield AlteredRow(row=name, because=f"What told that it is of revision {revision} was deleted.")

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
    for start in range(0, len(names), _AT_ONCE):
        wanted = changes.c.name.in_(names[start : start + _AT_ONCE])
        asked = select(changes.c.name, func.max(changes.c.revision)).where(wanted).group_by(changes.c.name)
        newest |= {row[0]: row[1] for row in connection.execute(asked)}
    return newest


def _rows_of(entry: bytes) -> Mapping[str, int]:
    """The rows that an entry tells of; none where it is no entry, which is the book's to find."""
    try:
        return read_entry(entry).rows
    except BadEntry:
        return {}
