"""
The one who gives entries their place in the tree, and signs it.

Commits add rows in whatever order they finish, so a row with a smaller id may appear after a larger one was folded: the
fold asks which rows have no index yet. The order of the journal is the order in which it took them.

Signing begins with a lock on the one row of `tree`, so that there is one signer at a time and no head is signed that
does not come to stand. Under the lock, before anything is signed:

    the remembered head (journal/head)   what is stored since must extend it, recomputed from the rows
    the batch                            every row's binding must hold, and go on where its writer's chain ended
    hidden rows                          none may claim an index beyond the tree
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from sqlalchemy import Connection, bindparam, insert, update

from daypass.journal.chain import PURPOSE, ChainEnd, Chains
from daypass.journal.damage import BookDamaged, HeadMissing
from daypass.journal.fold import Folded, check_frontier, fold
from daypass.journal.head import Head, Pending, RememberedHead
from daypass.journal.journal_line import Placed
from daypass.journal.note import BadNote
from daypass.journal.tree import Frontier
from daypass.model.errors import Conflict, Unavailable
from daypass.ports import HeadPlace
from daypass.store.chain import Written
from daypass.store.codec import AnyRow
from daypass.store.database import Database
from daypass.store.head_memory import HeadMemory
from daypass.store.journal_rows import (
    StoredTree,
    bound,
    entry_of,
    last_in_tree,
    leaf,
    lock_tree,
    signed_rows,
    unfolded,
    unfolded_of,
)
from daypass.store.tables import checkpoints, journal, tree

_PAGE, _CHAINS = 1000, 10_000
"""Rows in one look; writers whose chains' ends are remembered, those of others being looked up."""


class SqlSequencer:
    """Folds the journal; what does not fit is reported as damage (journal/damage)."""

    def __init__(self, database: Database, head: HeadPlace | None = None) -> None:
        """Remember the head in this place; without one the journal can be read and not be folded."""
        self._database = database
        self._signer = database.signer
        self._memory = HeadMemory(database, head)
        self._chains = Chains(key=self._signer.derive(PURPOSE))

    def fold(self, limit: int = 1024) -> int:
        """
        Take up to `limit` entries that have no place in the tree yet into it, and sign its new head.

        Returns how many. Raises BookDamaged or BadNote, and signs nothing, when what is stored is not what was signed.
        """
        with self._reporting():
            remembered = self._memory.recall()
            if remembered is not None:
                self._memory.answer(remembered)
                if not self._has_work(remembered):
                    return 0
            try:
                return self._fold(limit)
            except Conflict:  # another process that shares our head has moved it on
                self._memory.forget()
                return 0
            except Unavailable:  # its place is asked again before the next lock is taken, not while others wait for it
                self._memory.forget()
                raise

    def check(self) -> None:
        """
        Make sure that what is stored is the tree that the last checkpoint signed, and extends the remembered head.

        Changes nothing. Raises BookDamaged or BadNote.
        """
        with self._database.snapshot() as connection:
            state = StoredTree(connection)
            check_frontier(state.frontier(), state.note, self._signer.public)
            state.check_bounds()
            remembered = self._memory.recall()
            if remembered is not None:
                self._follow(connection, state, remembered.confirmed)
            elif self._memory.place is not None and not state.is_new(connection):
                raise _head_missing(state.size, self._memory.place)

    def look_for_own(self) -> None:
        """
        Make sure that what this process committed is still there: in the tree, or waiting for it.

        Raises BookDamaged for entries that are gone, changed or hidden. A fold that is slow or off is no such thing.
        """
        with self._reporting():
            for written in self._database.writers.last():
                with self._database.snapshot() as connection:
                    if self._is_in_tree(connection, written):
                        self._database.writers.seen(written)

    def faults(self) -> tuple[str, ...]:
        """A sentence for each thing that was found wrong with the journal; none when all is well."""
        return self._database.damage.found

    def compare(self) -> tuple[Head, Head | None]:
        """Recompute the head from the entries; returns it and the one that is remembered."""
        before = self._memory.recall()
        with self._database.snapshot() as connection:
            head = self._follow(connection, StoredTree(connection), Head())
        return head, None if before is None else before.confirmed

    def accept(self) -> tuple[Head, Head | None]:
        """
        Take the journal as the database has it, whatever was remembered; returns its head and the one remembered.

        Raises BookDamaged when its entries do not make the tree that its last checkpoint signed.
        """
        before = self._memory.recall()
        with self._database.writing() as connection:
            lock_tree(connection)
            head = self._follow(connection, StoredTree(connection), Head())
            self._memory.remember(RememberedHead(confirmed=head, accepted=self._memory.accepted + 1))
        return head, None if before is None else before.confirmed

    def remembers(self) -> bool:
        """Whether a head of this journal, signed with this key, is remembered. Raises Misconfigured for another's."""
        return self._memory.recall() is not None

    @contextmanager
    def _reporting(self) -> Iterator[None]:
        try:
            yield
        except HeadMissing as error:
            self._memory.ask(error.sentence)
            raise
        except (BookDamaged, BadNote) as error:
            self._database.damage.report(error.sentence)
            self._memory.forget()  # an operator may accept the journal meanwhile, which stands in the place
            raise

    def _has_work(self, remembered: RememberedHead) -> bool:
        """Whether anything waits, or anything has changed: one look without a lock."""
        with self._database.reading() as connection:
            state = StoredTree(connection)
        state.check_bounds()
        return bool(state.waits) or remembered.pending is not None or state.size != remembered.confirmed.size

    def _fold(self, limit: int) -> int:
        with self._database.writing() as connection:
            lock_tree(connection)
            state = StoredTree(connection)
            state.check_bounds()
            remembered = self._up_to_date(connection, state)
            rows = self._batch(connection, remembered, limit)
            if not rows:
                return 0
            ends = self._follow_chains(connection, rows, state.size)
            folded = fold(remembered.confirmed.frontier, [row.entry for row in rows], self._signer)
            pending = Pending(frontier=folded.frontier, rows=tuple(row.id for row in rows))
            if remembered.pending not in {None, pending}:
                raise BookDamaged(
                    "Entries that were about to be signed when Daypass stopped are not the same any more."
                )
            self._memory.remember(replace(remembered, pending=pending))
            _write(connection, state.size, rows, folded)
        head = Head(frontier=folded.frontier, note=folded.checkpoint_note)
        self._keep_chains(ends)
        self._memory.remember(RememberedHead(confirmed=head, accepted=remembered.accepted))
        return len(rows)

    def _up_to_date(self, connection: Connection, state: StoredTree) -> RememberedHead:
        """Follow what others have signed since we last looked; begin at the beginning with a new database."""
        remembered = self._memory.recall()
        if remembered is None:
            remembered = RememberedHead(confirmed=self._first_head(connection, state))
            self._memory.remember(remembered)
        head = self._follow(connection, state, remembered.confirmed)
        if head.size > remembered.confirmed.size:  # what was pending is committed, or another was quicker
            remembered = RememberedHead(confirmed=head, accepted=remembered.accepted)
            self._memory.remember(remembered)
        return remembered

    def _first_head(self, connection: Connection, state: StoredTree) -> Head:
        """The empty head of a new database, else the one that another replica confirms. Raises HeadMissing."""
        if state.is_new(connection):
            return Head()
        answer = self._memory.answered()
        if answer is None:
            raise _head_missing(state.size, self._memory.place)
        size, root = answer
        if state.size < size or _grown(connection, Frontier(), size).root().hex() != root:
            raise BookDamaged(f"The database does not have the {size} entries that another replica remembers.")
        return self._follow(connection, state, Head())

    def _follow(self, connection: Connection, state: StoredTree, head: Head) -> Head:
        """Recompute the tree that is stored from the remembered head on; it must be the one that was signed."""
        if state.size < head.size:
            raise BookDamaged(
                f"The database has {state.size} signed entries, and {head.size} were signed: the last "
                f"{head.size - state.size} are gone. Restore them, or see `daypass journal accept`."
            )
        frontier = _grown(connection, head.frontier, state.size)
        check_frontier(frontier, state.note, self._signer.public)
        if state.frontier() != frontier:
            raise BookDamaged("The journal's stored tree is not the one that its entries make.")
        return Head(frontier=frontier, note=state.note)

    def _batch(self, connection: Connection, remembered: RememberedHead, limit: int) -> Sequence[AnyRow]:
        """The rows to sign: after a kill exactly those that were about to be."""
        if remembered.pending is None:
            return unfolded(connection, limit)
        rows = unfolded_of(connection, remembered.pending.rows)
        if len(rows) < len(remembered.pending.rows):
            raise BookDamaged("Entries that were about to be signed when Daypass stopped are gone.")
        return rows

    def _follow_chains(self, connection: Connection, rows: Sequence[AnyRow], size: int) -> dict[int, ChainEnd]:
        """Check the bindings of a batch; returns where its writers' chains end."""
        entries = [bound(row) for row in rows]
        first: dict[int, int] = {}
        for one in entries:
            first.setdefault(one.writer, one.counter)
        for writer, counter in first.items():
            known = self._chains.ends.get(writer)
            if known is None or known.counter < counter - 1:  # another process has folded for this writer
                self._keep_chains(self._last_in_tree(connection, writer, size))
        return dict(self._chains.follow(entries))

    def _last_in_tree(self, connection: Connection, writer: int, size: int) -> dict[int, ChainEnd]:
        row = last_in_tree(connection, writer)
        if row is None:
            return {}
        self._check_in_tree(row, size)
        return {writer: ChainEnd(counter=row.counter, mac=row.mac)}

    def _is_in_tree(self, connection: Connection, written: Written) -> bool:
        """Whether an entry of our own is in the tree; False while it waits. Raises BookDamaged."""
        row = entry_of(connection, written.writer, written.end.counter)
        if row is None:
            raise BookDamaged("An entry that this process has committed is gone from the journal.")
        if row.mac != written.end.mac or not bound(row).holds(self._chains.key):
            raise BookDamaged("An entry that this process has committed was changed in the journal.")
        if row.leaf_index is None:
            return False
        self._check_in_tree(row, StoredTree(connection).size)
        return True

    def _check_in_tree(self, row: AnyRow, size: int) -> None:
        """Make sure that a row which claims a place was put there, by the signature of its place."""
        placed = Placed(entry=row.entry, index=row.leaf_index, signature=row.place or b"")
        in_tree = 0 <= row.leaf_index < size and placed.was_put_at(row.leaf_index, self._signer.public)
        if not in_tree or not bound(row).holds(self._chains.key):
            raise BookDamaged(f"Row {row.id} of the journal claims a place in the tree that was never signed.")

    def _keep_chains(self, ends: dict[int, ChainEnd]) -> None:
        if len(self._chains.ends) > _CHAINS:
            self._chains.ends.clear()
        self._chains.ends.update(ends)


def _head_missing(size: int, place: HeadPlace | None) -> HeadMissing:
    where = "" if place is None else f" ({place})"
    return HeadMissing(
        f"The journal has {size} signed entries, and this process remembers no head of it{where}. Nothing is signed "
        "until another replica confirms the head, or an operator runs `daypass journal accept`."
    )


def _grown(connection: Connection, frontier: Frontier, size: int) -> Frontier:
    """Grow a tree up to a size, from the rows that are stored."""
    for start in range(frontier.size, size, _PAGE):
        frontier = frontier.extend(list(map(leaf, signed_rows(connection, start, min(start + _PAGE, size)))))
    return frontier


def _write(connection: Connection, size: int, rows: Sequence[AnyRow], folded: Folded) -> None:
    """Put a signed batch into the tree."""
    connection.execute(_FILL, list(_filled(size, rows, folded)))
    connection.execute(_GROW, {"to_size": folded.frontier.size, "to_peaks": " ".join(folded.frontier.hashes)})
    connection.execute(insert(checkpoints), [{"size": folded.frontier.size, "note": folded.checkpoint_note}])


def _filled(first: int, rows: Sequence[AnyRow], folded: Folded) -> Iterator[dict[str, object]]:
    places = zip(rows, folded.leaves, folded.signatures, strict=True)
    for index, (row, hashed, signature) in enumerate(places, start=first):
        yield {"row_id": row.id, "leaf_index": index, "leaf_hash": hashed, "place": signature}


_GROW = update(tree).values(size=bindparam("to_size"), peaks=bindparam("to_peaks"))
_FILL = update(journal).where(journal.c.id == bindparam("row_id"), journal.c.leaf_index.is_(None))
