"""
The journal, read and carried out of the house: ports.Book.

A proof is made under one checkpoint, read first: entries below its size are never written again, so that folds
meanwhile change nothing about it.
"""

from collections.abc import Iterator

from sqlalchemy import Connection, bindparam, select

from daypass.journal.checkpoint import open_checkpoint
from daypass.journal.damage import BookDamaged
from daypass.journal.export import export
from daypass.journal.place import Placed
from daypass.journal.proof import consistency_proof, inclusion_proof
from daypass.model.errors import NotFound
from daypass.ports import Consistent, Included, SignedCheckpoint
from daypass.store.sequencer import SqlSequencer
from daypass.store.tables import checkpoints, journal

_PAGE = 1000


class SqlBook(SqlSequencer):
    """The journal in a database, and who folds it."""

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
        size = self.checkpoint().size
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


def _newest_note(connection: Connection) -> str:
    return connection.execute(_NEWEST_NOTE).scalar_one_or_none() or ""


_columns = journal.c
_IN_RANGE = (_columns.leaf_index >= bindparam("start")) & (_columns.leaf_index < bindparam("stop"))

_NEWEST_NOTE = select(checkpoints.c.note).order_by(checkpoints.c.size.desc()).limit(1)
_NOTE_AT = select(checkpoints.c.note).where(checkpoints.c.size == bindparam("size"))
_NOTES = (
    select(checkpoints.c.size, checkpoints.c.note)
    .where(checkpoints.c.size > bindparam("after"), checkpoints.c.size <= bindparam("upto"))
    .order_by(checkpoints.c.size)
    .limit(bindparam("limit"))
)
_ENTRIES = select(_columns.entry, _columns.place).where(_IN_RANGE).order_by(_columns.leaf_index)
_LEAVES = select(_columns.leaf_hash).where(_IN_RANGE).order_by(_columns.leaf_index)
