"""What the sequencer does with new entries, and what it checks before going on."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daypass.journal.checkpoint import open_checkpoint
from daypass.journal.damage import BookDamaged
from daypass.journal.fold import check_frontier, fold
from daypass.journal.journal_line import Placed
from daypass.journal.key import Signer
from daypass.journal.note import BadNote
from daypass.journal.tree import EMPTY, leaf_hash
from tests.journal.books import KEY, SIGNER, entry

ENTRIES = [entry(number) for number in range(12)]


@given(st.sets(st.integers(1, 11)))
def test_batches_do_not_change_the_book(cuts):
    """However the entries are batched, leaves, signatures, tree and last checkpoint are the same."""
    whole = part = fold(EMPTY, ENTRIES, SIGNER)
    frontier = EMPTY
    leaves: list[bytes] = []
    signatures: list[bytes] = []
    for start, stop in zip([0, *sorted(cuts)], [*sorted(cuts), 12], strict=True):
        part = fold(frontier, ENTRIES[start:stop], SIGNER)
        frontier = part.frontier
        leaves += part.leaves
        signatures += part.signatures

    assert (tuple(leaves), tuple(signatures), frontier) == (whole.leaves, whole.signatures, whole.frontier)
    assert part.checkpoint_note == whole.checkpoint_note


def test_a_batch_is_signed_place_by_place():
    """Each signature ties its entry to its own index, and the leaf is the hash of the whole line."""
    first = fold(EMPTY, ENTRIES[:5], SIGNER)
    second = fold(first.frontier, ENTRIES[5:], SIGNER)
    placed = Placed(entry=ENTRIES[6], index=6, signature=second.signatures[1])

    assert placed.was_put_at(6, KEY)
    assert not placed.was_put_at(1, KEY)
    assert second.leaves[1] == leaf_hash(placed.line)


def test_a_batch_ends_in_a_checkpoint_of_its_tree():
    """The checkpoint states the size and the root after the batch."""
    folded = fold(EMPTY, ENTRIES, SIGNER)
    checkpoint = open_checkpoint(folded.checkpoint_note, KEY)

    assert (checkpoint.size, checkpoint.root) == (12, folded.frontier.root())


def test_an_intact_book_may_be_carried_on():
    """A frontier that is the last checkpoint's tree is accepted, and so is an empty book."""
    folded = fold(EMPTY, ENTRIES, SIGNER)

    check_frontier(folded.frontier, folded.checkpoint_note, KEY)
    check_frontier(EMPTY, "", KEY)


def test_a_damaged_book_is_not_carried_on():
    """Lost checkpoints, a tree of another time and a tree of other entries are each told apart."""
    early, late = fold(EMPTY, ENTRIES[:5], SIGNER), fold(EMPTY, ENTRIES, SIGNER)
    other = fold(EMPTY, [entry(99), *ENTRIES[1:]], SIGNER)

    with pytest.raises(BookDamaged, match="no checkpoint"):
        check_frontier(early.frontier, "", KEY)
    with pytest.raises(BookDamaged, match="at 12 entries, but its tree has 5"):
        check_frontier(early.frontier, late.checkpoint_note, KEY)
    with pytest.raises(BookDamaged, match="not the one its last checkpoint signed"):
        check_frontier(other.frontier, late.checkpoint_note, KEY)


def test_a_checkpoint_by_another_key_does_not_vouch_for_the_frontier():
    """Somebody who rewrote tree and checkpoint with their own key is refused."""
    forged = fold(EMPTY, ENTRIES, Signer.generate(KEY.name))

    with pytest.raises(BadNote):
        check_frontier(forged.frontier, forged.checkpoint_note, KEY)
