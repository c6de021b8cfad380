"""
The journal, folded into its tree and carried out of the house: ports.Book.

Commits add rows in whatever order they finish, so a row with a smaller id may appear after a larger one was folded. The
fold therefore never asks "what is newer than the last one?", it asks which rows have no index yet; the order of the
book is the order in which it took them.

Signing is slow beside the rest, and is done before the transaction begins. What guards it is the one row of `tree`:
it grows from the size that was read, or somebody else was quicker and nothing is written. So there is one sequencer
at a time, and writers never wait for a signature.

A proof is made under one checkpoint, read first: entries below its size are never written again, so that folds
meanwhile change nothing about it.
"""

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, bindparam, func, insert, select, update

from daypass.journal.checkpoint import open_checkpoint
from daypass.journal.export import export
from daypass.journal.fold import BookDamaged, Folded, check_frontier, fold
from daypass.journal.place import Placed
from daypass.journal.proof import consistency_proof, inclusion_proof
from daypass.journal.tree import Frontier
from daypass.model.errors import NotFound
from daypass.ports import Consistent, Included, SignedCheckpoint
from daypass.store.codec import AnyRow
from daypass.store.database import Database
from daypass.store.tables import checkpoints, journal, tree

_PAGE = 1000


class SqlBook:
    """The journal in a database, signed with the key of its book."""

    def __init__(self, database: Database) -> None:
        """Keep it in this database, which must have its tables, and sign it with the key that came with it."""
        self._database = database
        self._signer = database.signer
        self._checked = False

    def fold(self, limit: int = 1024) -> int:
        """
        Take up to `limit` entries that have no place in the tree yet into it, and sign its new head.

        Returns how many; 0 when there are none, or when another process was quicker. Raises BookDamaged or BadNote,
        and adds nothing, when the stored tree is not the one that the last checkpoint signed.
        """
        self._check_once()
        with self._database.reading() as connection:
            frontier = _frontier(connection)  # before the rows: what is folded between the two is then noticed
            rows = connection.execute(_UNFOLDED, {"limit": limit}).all()
        if not rows:
            return 0
        return len(rows) if self._grow(frontier, rows) else 0

    def check(self) -> None:
        """
        Make sure that the stored tree is the one the last checkpoint signed, with our key.

        Raises BookDamaged or BadNote, also when entries are missing at the end.
        """
        with self._database.reading() as connection:
            note = _newest_note(connection)
            frontier = _frontier(connection)
            last = connection.execute(_LAST_INDEX).scalar_one()
        check_frontier(frontier, note, self._signer.public)
        entries = 0 if last is None else last + 1
        if entries != frontier.size:
            raise BookDamaged(f"The journal's tree has {frontier.size} entries, but {entries} of them are stored.")

    def waiting(self) -> int:
        """How many entries are not in the tree yet."""
        with self._database.reading() as connection:
            return connection.execute(_WAITING).scalar_one()

    def checkpoint(self) -> SignedCheckpoint:
        """The newest checkpoint. Raises BadNote when what is stored is not one that our key signed."""
        with self._database.reading() as connection:
            note = _newest_note(connection)
        return self._signed(note) if note else SignedCheckpoint(size=0, note="")

    def public_key(self) -> str:
        """The verifier key (C2SP vkey) that checks our checkpoints."""
        return self._signer.public.text

    def export(self) -> Iterator[bytes]:
        """The book as the lines of an export file, up to the newest checkpoint of this moment, a page at a time."""
        with self._database.reading() as connection:
            size = _frontier(connection).size
        return export(self._signer.public, self._entries(0, size), self._notes(size))

    def inclusion(self, index: int) -> Included:
        """Prove that entry `index` is under the newest checkpoint. Raises NotFound."""
        checkpoint = self.checkpoint()
        if not 0 <= index < checkpoint.size:
            raise NotFound(f"The journal has no entry {index}; it has {checkpoint.size} in its tree, counted from 0.")
        hashes = tuple(inclusion_proof(self._leaves, index, checkpoint.size))
        return Included(index=index, line=self._line(index), hashes=hashes, checkpoint=checkpoint)

    def consistency(self, first: int, second: int | None = None) -> Consistent:
        """Prove that the tree of a checkpoint extends the tree of `first` entries. Raises NotFound."""
        newer = self._checkpoint_of(second)
        if not 0 <= first <= newer.size:
            raise NotFound(f"There is no tree of {first} entries within one of {newer.size}; write 0 to {newer.size}.")
        return Consistent(
            first=first,
            older=self._checkpoint_at(first),
            hashes=tuple(consistency_proof(self._leaves, first, newer.size)),
            newer=newer,
        )

    def _checkpoint_of(self, size: int | None) -> SignedCheckpoint:
        """The checkpoint that was asked for by its size, or the newest."""
        newest = self.checkpoint()
        if not newest.size:
            raise NotFound("The journal has no checkpoint yet; the first is signed seconds after its first entry.")
        if size is None or size == newest.size:
            return newest
        found = self._checkpoint_at(size) if 0 < size < newest.size else None
        if found is None:
            raise NotFound(f"No checkpoint of {size} entries was signed; leave it out for the newest ({newest.size}).")
        return found

    def _checkpoint_at(self, size: int) -> SignedCheckpoint | None:
        with self._database.reading() as connection:
            note = connection.execute(_NOTE_AT, {"size": size}).scalar_one_or_none()
        return None if note is None else self._signed(note)

    def _signed(self, note: str) -> SignedCheckpoint:
        return SignedCheckpoint(size=open_checkpoint(note, self._signer.public).size, note=note)

    def _check_once(self) -> None:
        if not self._checked:
            self.check()
            self._checked = True

    def _grow(self, frontier: Frontier, rows: Sequence[AnyRow]) -> bool:
        """Sign first, then write in one commit; False when the tree has grown meanwhile."""
        folded = fold(frontier, [row.entry for row in rows], self._signer)
        with self._database.writing() as connection:
            grown = {"from_size": frontier.size, "to_size": folded.frontier.size, "to_peaks": _text(folded.frontier)}
            if not connection.execute(_GROW, grown).rowcount:
                return False
            connection.execute(_FILL, list(_filled(frontier.size, rows, folded)))
            note = {"size": folded.frontier.size, "note": folded.checkpoint_note}
            connection.execute(insert(checkpoints), [note])
        return True

    def _line(self, index: int) -> bytes:
        for entry, signature in self._entries(index, index + 1):
            return Placed(entry=entry, index=index, signature=signature).line
        raise BookDamaged(f"Entry {index} of the journal is missing from the database; restore it from a backup.")

    def _entries(self, first: int, size: int) -> Iterator[tuple[bytes, bytes]]:
        for start in range(first, size, _PAGE):
            with self._database.reading() as connection:
                rows = connection.execute(_ENTRIES, {"start": start, "stop": min(start + _PAGE, size)}).all()
            for row in rows:
                yield row.entry, row.place

    def _notes(self, size: int) -> Iterator[tuple[int, str]]:
        last = 0
        while last < size:
            with self._database.reading() as connection:
                rows = connection.execute(_NOTES, {"after": last, "upto": size, "limit": _PAGE}).all()
            if not rows:
                return
            for row in rows:
                yield row.size, row.note
            last = rows[-1].size

    def _leaves(self, start: int, stop: int) -> list[bytes]:
        with self._database.reading() as connection:
            return list(connection.execute(_LEAVES, {"start": start, "stop": stop}).scalars())


def _frontier(connection: Connection) -> Frontier:
    row = connection.execute(_TREE).one_or_none()
    if row is None:
        raise BookDamaged("The journal's tree is missing from the database; restore it from a backup.")
    try:
        return Frontier.load(row.size, row.peaks.split())
    except ValueError as error:
        raise BookDamaged(f"The journal's stored tree is damaged ({error}); restore it from a backup.") from error


def _newest_note(connection: Connection) -> str:
    return connection.execute(_NEWEST_NOTE).scalar_one_or_none() or ""


def _text(frontier: Frontier) -> str:
    return " ".join(frontier.hashes)


def _filled(first: int, rows: Sequence[AnyRow], folded: Folded) -> Iterator[dict[str, object]]:
    places = zip(rows, folded.leaves, folded.signatures, strict=True)
    for index, (row, leaf, signature) in enumerate(places, start=first):
        yield {"row_id": row.id, "leaf_index": index, "leaf_hash": leaf, "place": signature}


_columns = journal.c
_IN_RANGE = (_columns.leaf_index >= bindparam("start")) & (_columns.leaf_index < bindparam("stop"))

_TREE = select(tree.c.size, tree.c.peaks)
_NEWEST_NOTE = select(checkpoints.c.note).order_by(checkpoints.c.size.desc()).limit(1)
_NOTE_AT = select(checkpoints.c.note).where(checkpoints.c.size == bindparam("size"))
_NOTES = (
    select(checkpoints.c.size, checkpoints.c.note)
    .where(checkpoints.c.size > bindparam("after"), checkpoints.c.size <= bindparam("upto"))
    .order_by(checkpoints.c.size)
    .limit(bindparam("limit"))
)
_UNFOLDED = (
    select(_columns.id, _columns.entry)
    .where(_columns.leaf_index.is_(None))
    .order_by(_columns.id)
    .limit(bindparam("limit"))
)
_WAITING = select(func.count()).select_from(journal).where(_columns.leaf_index.is_(None))
_LAST_INDEX = select(func.max(_columns.leaf_index))
_ENTRIES = select(_columns.entry, _columns.place).where(_IN_RANGE).order_by(_columns.leaf_index)
_LEAVES = select(_columns.leaf_hash).where(_IN_RANGE).order_by(_columns.leaf_index)
_GROW = (
    update(tree)
    .where(tree.c.size == bindparam("from_size"))
    .values(size=bindparam("to_size"), peaks=bindparam("to_peaks"))
)
_FILL = update(journal).where(_columns.id == bindparam("row_id"), _columns.leaf_index.is_(None))
