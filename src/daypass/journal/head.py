"""
The head of the journal that a process verified last, remembered apart from the database.

    confirmed    the tree of the last head: what everything that is signed from now on must begin with
    pending      the batch that is being signed, written before its commit: after a kill exactly it is done again

        write pending  ->  commit  ->  write confirmed

Who owns the database can put it back to an earlier state and let history take another course. A process that remembers
the head signs nothing that does not extend it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import msgspec

from daypass.journal.fold import check_frontier
from daypass.journal.key import PublicKey
from daypass.journal.tree import EMPTY, Frontier
from daypass.model.errors import Misconfigured

_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """A tree with the checkpoint that was signed of it; the empty tree has none."""

    frontier: Frontier = EMPTY
    note: str = ""

    @property
    def size(self) -> int:
        """How many entries it has."""
        return self.frontier.size


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """A batch that was about to be committed: the tree it makes, and the rows it takes in, in their order."""

    frontier: Frontier
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RememberedHead:
    """What a process remembers."""

    confirmed: Head = Head()
    pending: Pending | None = None
    accepted: int = 0
    """How often an operator has accepted the journal as it was."""

    def text(self, key: PublicKey) -> str:
        """Write it down."""
        pending = None if self.pending is None else _Batch(tree=_tree(self.pending.frontier), rows=self.pending.rows)
        shape = _Shape(
            version=_VERSION,
            key=key.text,
            confirmed=_Signed(tree=_tree(self.confirmed.frontier), note=self.confirmed.note),
            pending=pending,
            accepted=self.accepted,
        )
        return f"{msgspec.json.encode(shape).decode()}\n"

    @classmethod
    def parse(cls, text: str, key: PublicKey) -> Self:
        """
        Read what `text` wrote.

        Raises Misconfigured for anything else and for the head of another journal, BookDamaged or BadNote for a head
        that the key did not sign.
        """
        try:
            shape = msgspec.json.decode(text, type=_Shape)
            confirmed = Head(frontier=_frontier(shape.confirmed.tree), note=shape.confirmed.note)
            batch = shape.pending
            pending = None if batch is None else Pending(frontier=_frontier(batch.tree), rows=tuple(batch.rows))
        except (msgspec.DecodeError, ValueError) as error:
            raise Misconfigured(f"The remembered head of the journal cannot be read: {error}.") from None
        if (shape.version, shape.key) != (_VERSION, key.text):
            raise Misconfigured(
                f"The remembered head is of the journal {shape.key!r:.200} (form {shape.version}), and this journal's "
                f"key is {key.text!r}."
            )
        check_frontier(confirmed.frontier, confirmed.note, key)
        return cls(confirmed=confirmed, pending=pending, accepted=shape.accepted)


class _Tree(msgspec.Struct, forbid_unknown_fields=True):
    size: int
    root: str
    peaks: Sequence[str]


class _Signed(msgspec.Struct, forbid_unknown_fields=True):
    tree: _Tree
    note: str


class _Batch(msgspec.Struct, forbid_unknown_fields=True):
    tree: _Tree
    rows: Sequence[int]


class _Shape(msgspec.Struct, forbid_unknown_fields=True):
    version: int
    key: str
    confirmed: _Signed
    pending: _Batch | None
    accepted: int


def _tree(frontier: Frontier) -> _Tree:
    return _Tree(size=frontier.size, root=frontier.root().hex(), peaks=frontier.hashes)


def _frontier(tree: _Tree) -> Frontier:
    frontier = Frontier.load(tree.size, tree.peaks)
    if frontier.root().hex() != tree.root:
        raise ValueError(f"its tree of {tree.size} entries has another root than it says")
    return frontier
