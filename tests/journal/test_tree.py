"""The tree and its frontier, against the vectors of Certificate Transparency and against pymerkle."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree

from daypass.journal.tree import EMPTY, Frontier, leaf_hash
from tests.journal.vectors import DATA, ROOTS

BATCHES = st.lists(st.lists(st.binary(max_size=8), max_size=9), max_size=9)


@pytest.mark.parametrize("size", range(9))
def test_roots_are_those_of_certificate_transparency(size):
    """The reference leaves have the reference roots, at every size."""
    leaves = [leaf_hash(data) for data in DATA[:size]]

    assert EMPTY.extend(leaves).root().hex() == ROOTS[size]


@given(BATCHES)
def test_a_tree_grown_in_batches_has_the_root_of_pymerkle(batches):
    """However the leaves come, the root is the one that pymerkle finds for all of them."""
    oracle, frontier = InmemoryTree(algorithm="sha256"), EMPTY
    for batch in batches:
        frontier = frontier.extend([leaf_hash(data) for data in batch])
        oracle.append_entries(batch)

    assert frontier.size == oracle.get_size()
    assert frontier.root() == oracle.get_root()


@given(st.lists(st.binary(max_size=8), max_size=70))
def test_a_stored_frontier_is_taken_up_again(data):
    """Size and hex hashes are all that is needed to go on."""
    frontier = EMPTY.extend([leaf_hash(each) for each in data])

    assert Frontier.load(frontier.size, frontier.hashes) == frontier
    assert len(frontier.hashes) == len(data).bit_count()


@pytest.mark.parametrize(("size", "hashes"), [(1, []), (3, ["00" * 32]), (1, ["00" * 31]), (-1, ["00" * 32])])
def test_a_frontier_that_cannot_be_is_refused(size, hashes):
    """A size and hashes that do not belong together are no frontier."""
    with pytest.raises(ValueError, match="peaks"):
        Frontier.load(size, hashes)
