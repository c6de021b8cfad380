"""
The journal, read and carried out of the house: ports.Journal.

A proof is made under one checkpoint, read first: entries below its size are never written again, so that folds
meanwhile change nothing about it.
"""

from collections.abc import Callable, Iterator, Sequence

from sqlalchemy import Connection, bindparam, func, select

from daypass.journal.chain import Chains
from daypass.journal.checkpoint import open_checkpoint
from daypass.journal.damage import BookDamaged
from daypass.journal.export import Exported, export
from daypass.journal.fold import check_frontier
from daypass.journal.journal_line import Placed
from daypass.journal.proof import (
    consistency_proof,
    inclusion_proof,
    tree_root,
    verify_consistency,
    verify_inclusion,
)
from daypass.journal.tiles import Tiles
from daypass.journal.tree import EMPTY_ROOT, Frontier, leaf_hash
from daypass.model.errors import NotFound
from daypass.ports import Consistent, Included, SignedCheckpoint
from daypass.store.journal_rows import bound, leaf, signed_rows
from daypass.store.sequencer import SqlSequencer
from daypass.store.tables import checkpoints, journal
from daypass.store.tiles import SqlTiles
from daypass.store.words import words_in

_PAGE = 1000


class SqlBook(SqlSequencer):
    """The journal in a database, and who folds it."""

    def checkpoint(self) -> SignedCheckpoint:
        """The newest checkpoint. Raises BadNote when what is stored is not one that our key signed."""
        with self._database.reading() as connection:
            note = _newest_note(connection)
        return self._signed(note) if note else SignedCheckpoint(size=0, note="")

    def unsigned(self) -> str:
        """Why nothing can be signed now though nothing is wrong: the remembered head's place, when it is away."""
        return self._memory.trouble

    def public_key(self) -> str:
        """The verifier key (C2SP vkey) that checks our checkpoints."""
        return self._signer.public.text

    def export(self) -> Iterator[bytes]:
        """The book as the lines of an export file, up to the newest checkpoint of this moment, a page at a time."""
        size = self.checkpoint().size
        return export(self._signer.public, self._spoken(size), self._notes(size))

    def scrub(self, pause: Callable[[], object] = lambda: None) -> int:
        """
        Go over every signed entry and checkpoint, a page at a time; returns how many entries there are.

        The root that is recomputed from the rows vouches for each of them, the signature of its place included; the
        chains vouch for bindings and subjects. Raises BookDamaged or BadNote, and reports it as damage.
        """
        with self._reporting():
            remembered = self._memory.recall()
            size = 0 if remembered is None else remembered.confirmed.size
            frontier, chains = Frontier(), Chains(key=self._chains.key)
            for start in range(0, size, _PAGE):
                with self._database.reading() as connection:
                    rows = signed_rows(connection, start, min(start + _PAGE, size))
                chains.ends.update(chains.follow(map(bound, rows)))
                for signed, note in self._notes_within(start, rows[-1].leaf_index + 1):
                    frontier = frontier.extend([leaf(row) for row in rows[frontier.size - start : signed - start]])
                    check_frontier(frontier, note, self._signer.public)
                frontier = frontier.extend([leaf(row) for row in rows[frontier.size - start :]])
                pause()
            if remembered is not None and frontier != remembered.confirmed.frontier:
                raise BookDamaged(f"The {size} signed entries in the database are not those that were signed.")
            self._database.damage.scrubbed = remembered is not None
            return size

    def waiting(self) -> int:
        """How many entries are not in the tree yet."""
        with self._database.reading() as connection:
            return connection.execute(_WAITING).scalar_one()

    def inclusion(self, index: int) -> Included:
        """Prove that entry `index` is under the newest checkpoint. Raises NotFound."""
        checkpoint = self.checkpoint()
        if not 0 <= index < checkpoint.size:
            raise NotFound(f"The journal has no entry {index}; it has {checkpoint.size} in its tree, counted from 0.")
        line, root = self._line(index), self._root(checkpoint)
        hashes = inclusion_proof(self._tiled, index, checkpoint.size)
        if not verify_inclusion(leaf_hash(line), index, checkpoint.size, hashes, root):
            hashes = inclusion_proof(self._leaves, index, checkpoint.size)
        return Included(index=index, line=line, hashes=tuple(hashes), checkpoint=checkpoint)

    def consistency(self, first: int, second: int | None = None) -> Consistent:
        """Prove that the tree of a checkpoint extends the tree of `first` entries. Raises NotFound."""
        newer = self._checkpoint_of(second)
        if not 0 <= first <= newer.size:
            raise NotFound(f"There is no tree of {first} entries within one of {newer.size}; write 0 to {newer.size}.")
        root, tiled = self._root(newer), self._tiled
        hashes = consistency_proof(tiled, first, newer.size)
        before = tree_root(tiled, 0, first) if first else EMPTY_ROOT
        if not verify_consistency(first, newer.size, hashes, before, root):
            hashes = consistency_proof(self._leaves, first, newer.size)
        return Consistent(first=first, older=self._checkpoint_at(first), hashes=tuple(hashes), newer=newer)

    @property
    def _tiled(self) -> Tiles:
        """The tree by its stored hashes: a proof that they do not lead to the signed root is made of the leaves."""
        return Tiles(SqlTiles(self._database).read)

    def _root(self, checkpoint: SignedCheckpoint) -> bytes:
        return open_checkpoint(checkpoint.note, self._signer.public).root

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
        with self._database.reading() as connection:
            (row,) = signed_rows(connection, index, index + 1)
        return Placed(entry=row.entry, index=index, signature=row.place).line

    def _notes_within(self, first: int, upto: int) -> Sequence[tuple[int, str]]:
        with self._database.reading() as connection:
            rows = connection.execute(_NOTES, {"after": first, "upto": upto, "limit": _PAGE}).all()
        return [(row.size, row.note) for row in rows]

    def _spoken(self, size: int) -> Iterator[Exported]:
        """Entries with what was not erased of their words."""
        for start in range(0, size, _PAGE):
            with self._database.reading() as connection:
                rows = connection.execute(_ENTRIES, {"start": start, "stop": min(start + _PAGE, size)}).all()
                said = list(words_in(connection, rows))
            for row, words in zip(rows, said, strict=True):
                yield Exported(row.entry, row.place, words)

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
_ENTRIES = select(_columns.id, _columns.entry, _columns.place).where(_IN_RANGE).order_by(_columns.leaf_index)
_LEAVES = select(_columns.leaf_hash).where(_IN_RANGE).order_by(_columns.leaf_index)
_WAITING = select(func.count()).select_from(journal).where(_columns.leaf_index.is_(None))
