"""
What the sequencer does with new entries, and what it checks before it goes on after a stop.

`fold` is a pure function and Ed25519 is deterministic: repeated after a crash with the same frontier and the same
entries, it gives the same bytes.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from daypass.journal.checkpoint import open_checkpoint, sign_checkpoint
from daypass.journal.damage import BookDamaged
from daypass.journal.journal_line import place
from daypass.journal.key import PublicKey, Signer
from daypass.journal.tree import Frontier, leaf_hash


@dataclass(frozen=True, slots=True, kw_only=True)
class Folded:
    """A batch that is in the tree: leaf hashes and place signatures in the order of its entries, and the tree."""

    leaves: tuple[bytes, ...]
    signatures: tuple[bytes, ...]
    frontier: Frontier
    checkpoint_note: str
    """The signed checkpoint at `frontier.size`."""


def fold(frontier: Frontier, entries: Sequence[bytes], signer: Signer) -> Folded:
    """Give canonical entries the next indexes, sign their places, add them to the tree and sign its new head."""
    placed = [place(entry, index, signer) for index, entry in enumerate(entries, start=frontier.size)]
    leaves = tuple(leaf_hash(each.line) for each in placed)
    grown = frontier.extend(leaves)
    return Folded(
        leaves=leaves,
        signatures=tuple(each.signature for each in placed),
        frontier=grown,
        checkpoint_note=sign_checkpoint(grown.size, grown.root(), signer),
    )


def check_frontier(frontier: Frontier, checkpoint_note: str, key: PublicKey) -> None:
    """
    Make sure that a stored frontier is the tree of the last checkpoint (empty text: before the first one).

    Raises BookDamaged, and BadNote when the checkpoint is not one that `key` signed.
    """
    if not checkpoint_note:
        if frontier.size:
            raise BookDamaged(f"The journal holds {frontier.size} entries and no checkpoint: its checkpoints are lost.")
        return
    checkpoint = open_checkpoint(checkpoint_note, key)
    if checkpoint.size != frontier.size:
        raise BookDamaged(
            f"The journal's last checkpoint is at {checkpoint.size} entries, but its tree has {frontier.size}: "
            "a part of the database was lost or restored from another time."
        )
    if checkpoint.root != frontier.root():
        raise BookDamaged(f"The journal's tree of {frontier.size} entries is not the one its last checkpoint signed.")
