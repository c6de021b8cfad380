"""The tree's stored hashes, by level: what proofs are made of (journal/tiles)."""

from collections.abc import Sequence
from contextlib import suppress

from sqlalchemy import bindparam, func, insert, select
from sqlalchemy.exc import IntegrityError

from daypass.journal.tiles import WIDTH, full, levels
from daypass.journal.tree import EMPTY
from daypass.store.database import Database
from daypass.store.tables import journal, tiles, tree

_AT_ONCE = 16
"""Hashes that are written in one transaction, each over 256: it keeps nobody else waiting."""


class SqlTiles:
    """The tiles in a database."""

    def __init__(self, database: Database) -> None:
        """Keep them in this database, which must have its tables."""
        self._database = database

    def read(self, level: int, start: int, stop: int) -> Sequence[bytes]:
        """Read the hashes of a level at [start, stop), as far as they are stored from there on."""
        with self._database.reading() as connection:
            words = {"start": start, "stop": stop, "level": level}
            return connection.execute(_TILES if level else _LEAVES, words).scalars().all()

    def extend(self) -> int:
        """Store the hash of every stretch of the tree that is full by now; returns how many were new."""
        with self._database.reading() as connection:
            size = connection.execute(select(tree.c.size)).scalar_one()
        with suppress(IntegrityError):  # another process does it
            return sum(self._extend(level, full(size, level)) for level in levels(size))
        return 0

    def _extend(self, level: int, upto: int) -> int:
        with self._database.reading() as connection:
            begun: int = connection.execute(_NEXT, {"level": level}).scalar_one()
        for start in range(begun, upto, _AT_ONCE):
            stop = min(start + _AT_ONCE, upto)
            below = self.read(level - 1, start * WIDTH, stop * WIDTH)
            rows = [
                {"level": level, "position": at, "hash": EMPTY.extend(below[first : first + WIDTH]).root()}
                for at, first in zip(range(start, stop), range(0, len(below), WIDTH), strict=True)
            ]
            with self._database.writing() as connection:
                connection.execute(insert(tiles), rows)
        return max(0, upto - begun)


_LEAVES = (
    select(journal.c.leaf_hash)
    .where(journal.c.leaf_index >= bindparam("start"), journal.c.leaf_index < bindparam("stop"))
    .order_by(journal.c.leaf_index)
)
_TILES = (
    select(tiles.c.hash)
    .where(tiles.c.level == bindparam("level"))
    .where(tiles.c.position >= bindparam("start"), tiles.c.position < bindparam("stop"))
    .order_by(tiles.c.position)
)
_NEXT = select(func.coalesce(func.max(tiles.c.position) + 1, 0)).where(tiles.c.level == bindparam("level"))
