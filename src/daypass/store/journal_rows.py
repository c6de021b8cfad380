"""The rows of the journal and of its tree, as they are read before anything is signed: what they are must be shown."""

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, func, select

from daypass.journal.chain import Bound
from daypass.journal.damage import BookDamaged
from daypass.journal.entry import BadEntry, Entry, read_entry
from daypass.journal.journal_line import Placed
from daypass.journal.tree import Frontier, leaf_hash
from daypass.store.codec import AnyRow, Unreadable
from daypass.store.prepared import Prepared
from daypass.store.tables import checkpoints, journal, tree


class StoredTree:
    """The tree as it is stored, by one statement and so of one moment."""

    def __init__(self, connection: Connection) -> None:
        """Read it. Raises BookDamaged when there is none."""
        row = _TREE.run(connection, [{}]).one_or_none()
        if row is None:
            raise BookDamaged("The journal's tree is missing from the database; restore it from a backup.")
        self.size: int = row.size
        self.note: str = row.note or ""
        self.waits: bool = row.waiting is not None
        self._peaks: str = row.peaks
        self._first, self._last = row.first, row.last

    def frontier(self) -> Frontier:
        """The stored frontier. Raises BookDamaged."""
        try:
            return Frontier.load(self.size, self._peaks.split())
        except ValueError as error:
            raise BookDamaged(f"The journal's stored tree is damaged ({error}); restore it from a backup.") from error

    def check_bounds(self) -> None:
        """Make sure that the entries with an index are those of the tree, as far as the first and the last say it."""
        entries = 0 if self._last is None else self._last + 1
        if entries < self.size:
            raise BookDamaged(f"The journal's tree has {self.size} entries, but {entries} of them are stored.")
        if entries > self.size or self._first not in {None, 0}:
            raise BookDamaged("A row of the journal claims a place that its tree does not have, and so hides from it.")

    def is_new(self, connection: Connection) -> bool:
        """Whether nothing was ever written into this journal."""
        empty = self.size == 0 and not self.note and not self.waits and self._last is None
        return empty and _ANY.run(connection, [{}]).one_or_none() is None


def signed_rows(connection: Connection, start: int, stop: int) -> Sequence[AnyRow]:
    """Read a stretch of the tree's entries. Raises BookDamaged for one that is missing."""
    rows = connection.execute(_ENTRIES, {"start": start, "stop": stop}).all()
    for index, row in enumerate(rows, start=start):
        if row.leaf_index != index:
            raise BookDamaged(f"Entry {index} of the journal is missing from the database; restore it from a backup.")
    if len(rows) != stop - start:
        raise BookDamaged(f"Entry {start + len(rows)} of the journal is missing from the database; restore it.")
    return rows


def leaf(row: AnyRow) -> bytes:
    """The leaf of an entry in the tree, recomputed from what is stored of it."""
    return leaf_hash(Placed(entry=row.entry, index=row.leaf_index, signature=row.place).line)


def entry_in(row: str, raw: bytes) -> Entry:
    """Take an entry out of its canonical bytes. Raises Unreadable, naming the row."""
    try:
        return read_entry(raw)
    except BadEntry as error:
        raise Unreadable(row, error.sentence) from error


def lock_tree(connection: Connection) -> None:
    """Wait until nobody else signs, and keep others from it until the transaction ends."""
    _LOCK.run(connection, [{}])


def unfolded(connection: Connection, limit: int) -> Sequence[AnyRow]:
    """Read rows that have no place in the tree yet."""
    return _UNFOLDED.run(connection, [{"limit": limit}]).all()


def unfolded_of(connection: Connection, ids: Sequence[int]) -> Sequence[AnyRow]:
    """Read of these rows those that have no place in the tree yet, in the order given."""
    found = {row.id: row for row in connection.execute(_PENDING, {"ids": ids})}
    return [found[row_id] for row_id in ids if row_id in found]


def last_in_tree(connection: Connection, writer: int) -> AnyRow | None:
    """Read the last row of a writer that claims a place in the tree."""
    return connection.execute(_LAST_OF, {"writer": writer}).one_or_none()


def entry_of(connection: Connection, writer: int, counter: int) -> AnyRow | None:
    """Read the row of a writer's entry by its number."""
    return connection.execute(_ENTRY_OF, {"writer": writer, "counter": counter}).one_or_none()


def bound(row: AnyRow) -> Bound:
    """Take an entry and its binding out of a row."""
    return Bound(
        subject=row.subject,
        entry=row.entry,
        writer=row.writer,
        counter=row.counter,
        previous=row.previous,
        mac=row.mac,
    )


_columns = journal.c
BINDING = (
    _columns.id,
    _columns.subject,
    _columns.entry,
    *(_columns[n] for n in ("writer", "counter", "previous", "mac")),
)
"""What `bound` reads of a row, and its id."""
_PLACED = (*BINDING, _columns.leaf_index, _columns.place)
_IN_TREE = _columns.leaf_index.is_not(None)

_LOCK = Prepared(select(tree.c.size).with_for_update())
_TREE = Prepared(
    select(
        tree.c.size,
        tree.c.peaks,
        select(checkpoints.c.note).order_by(checkpoints.c.size.desc()).limit(1).scalar_subquery().label("note"),
        select(func.min(_columns.id)).where(_columns.leaf_index.is_(None)).scalar_subquery().label("waiting"),
        select(func.min(_columns.leaf_index)).scalar_subquery().label("first"),
        select(func.max(_columns.leaf_index)).scalar_subquery().label("last"),
    )
)
_ANY = Prepared(select(_columns.id).limit(1))
_UNFOLDED = Prepared(
    select(*BINDING).where(_columns.leaf_index.is_(None)).order_by(_columns.id).limit(bindparam("limit"))
)
_PENDING = select(*BINDING).where(_columns.leaf_index.is_(None), _columns.id.in_(bindparam("ids", expanding=True)))
_LAST_OF = (
    select(*_PLACED).where(_columns.writer == bindparam("writer"), _IN_TREE).order_by(_columns.counter.desc()).limit(1)
)
_ENTRY_OF = (
    select(*_PLACED).where(_columns.writer == bindparam("writer"), _columns.counter == bindparam("counter")).limit(1)
)
_ENTRIES = (
    select(*_PLACED)
    .where(_columns.leaf_index >= bindparam("start"), _columns.leaf_index < bindparam("stop"))
    .order_by(_columns.leaf_index)
)
