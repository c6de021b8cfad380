"""Inclusion and consistency proofs, against the vectors of Certificate Transparency and against pymerkle."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree

from daypass.journal.proof import (
    consistency_proof,
    inclusion_proof,
    tree_root,
    verify_consistency,
    verify_inclusion,
)
from daypass.journal.tree import EMPTY_ROOT, leaf_hash, node_hash
from tests.journal.vectors import CONSISTENCY, DATA, INCLUSION, ROOTS

DATA_70 = [number.to_bytes(2, "big") for number in range(70)]
LEAVES = [leaf_hash(data) for data in DATA_70]
ORACLE = InmemoryTree(algorithm="sha256")
ORACLE.append_entries(DATA_70)
PAIRS = st.tuples(st.integers(1, 70), st.integers(1, 70)).map(sorted)


@pytest.mark.parametrize(("index", "size"), INCLUSION)
def test_inclusion_proofs_are_those_of_certificate_transparency(index, size):
    """The reference leaves have the reference inclusion proofs."""
    proof = inclusion_proof([leaf_hash(data) for data in DATA], index, size)

    assert [value.hex() for value in proof] == INCLUSION[index, size]


@pytest.mark.parametrize(("first", "second"), CONSISTENCY)
def test_consistency_proofs_are_those_of_certificate_transparency(first, second):
    """The reference leaves have the reference consistency proofs, and they verify."""
    proof = consistency_proof([leaf_hash(data) for data in DATA], first, second)

    assert [value.hex() for value in proof] == CONSISTENCY[first, second]
    assert verify_consistency(first, second, proof, bytes.fromhex(ROOTS[first]), bytes.fromhex(ROOTS[second]))


@given(PAIRS)
def test_an_inclusion_proof_is_that_of_pymerkle_and_verifies(pair):
    """Both find the same path for the same leaf, and our check accepts it."""
    position, size = pair
    proof = inclusion_proof(LEAVES, position - 1, size)

    assert proof == ORACLE.prove_inclusion(position, size).path[1:]
    assert verify_inclusion(LEAVES[position - 1], position - 1, size, proof, ORACLE.get_root(size))


def subproof(first: int, leaves: list[bytes], whole: bool) -> list[bytes]:
    """SUBPROOF of RFC 6962 section 2.1.2, word for word, with pymerkle's roots (its own proofs have another shape)."""
    if first == len(leaves):
        return [] if whole else [root_by_pymerkle(leaves)]
    split = max(2**power for power in range(8) if 2**power < len(leaves))
    left, right = leaves[:split], leaves[split:]
    if first <= split:
        return [*subproof(first, left, whole), root_by_pymerkle(right)]
    return [*subproof(first - split, right, whole=False), root_by_pymerkle(left)]


def root_by_pymerkle(data: list[bytes]) -> bytes:
    """The root that pymerkle finds for these leaves."""
    tree = InmemoryTree(algorithm="sha256")
    tree.append_entries(data)
    return bytes(tree.get_root())


@given(PAIRS)
def test_a_consistency_proof_is_that_of_the_rfc_and_verifies(pair):
    """Our proof is the RFC's recursion written out, and it verifies between the roots that pymerkle finds."""
    first, second = pair
    proof = consistency_proof(LEAVES, first, second)

    assert proof == subproof(first, DATA_70[:second], whole=True)
    assert verify_consistency(first, second, proof, ORACLE.get_root(first), ORACLE.get_root(second))


@given(PAIRS, st.data())
def test_a_changed_inclusion_proof_does_not_verify(pair, data):
    """Another index, another size's root, another leaf, or a path with a hash changed, lost or added proves nothing."""
    position, size = pair
    index = position - 1
    proof, root, leaf = inclusion_proof(LEAVES, index, size), ORACLE.get_root(size), LEAVES[index]
    other = data.draw(st.integers(-1, 71).filter(lambda number: number != index))

    assert not verify_inclusion(leaf, other, size, proof, root)
    assert not verify_inclusion(LEAVES[(index + 1) % 70], index, size, proof, root)
    assert not verify_inclusion(leaf, index, size, [*proof, leaf], root)
    for at in range(len(proof)):
        assert not verify_inclusion(leaf, index, size, proof[:at] + proof[at + 1 :], root)
        assert not verify_inclusion(leaf, index, size, [*proof[:at], bytes(32), *proof[at + 1 :]], root)


@given(PAIRS)
def test_a_changed_consistency_proof_does_not_verify(pair):
    """Another root, swapped sizes, or a path with a hash changed, lost or added proves nothing."""
    first, second = pair
    roots = ORACLE.get_root(first), ORACLE.get_root(second)
    proof = consistency_proof(LEAVES, first, second)

    assert not verify_consistency(first, second, proof, bytes(32), roots[1])
    assert not verify_consistency(first, second, proof, roots[0], bytes(32))
    assert not verify_consistency(first, second, [*proof, bytes(32)], *roots)
    assert not verify_consistency(second, first, proof, *roots) or first == second
    for at in range(len(proof)):
        assert not verify_consistency(first, second, proof[:at] + proof[at + 1 :], *roots)
        assert not verify_consistency(first, second, [*proof[:at], bytes(32), *proof[at + 1 :]], *roots)


def test_a_proof_that_is_too_short_or_too_long_for_its_sizes_proves_nothing():
    """A path must end at the root of the size that is claimed, not below it and not beyond it."""
    root_2, root_3, root_4 = (ORACLE.get_root(size) for size in (2, 3, 4))
    above_3, above_4 = node_hash(LEAVES[9], root_3), node_hash(LEAVES[9], root_4)

    assert not verify_inclusion(LEAVES[0], 0, 3, [LEAVES[1]], root_2)
    assert not verify_inclusion(LEAVES[1], 0, 1, [LEAVES[0]], root_2)
    assert not verify_consistency(2, 5, [LEAVES[2]], root_2, root_3)
    assert not verify_consistency(3, 4, [*consistency_proof(LEAVES, 3, 4), LEAVES[9]], above_3, above_4)


def test_every_tree_extends_the_empty_one():
    """From nothing there is nothing to prove, but the empty root must be the empty root."""
    root = ORACLE.get_root(5)

    assert consistency_proof(LEAVES, 0, 5) == []
    assert verify_consistency(0, 5, [], EMPTY_ROOT, root)
    assert not verify_consistency(0, 5, [], bytes(32), root)


def test_leaves_may_be_read_by_range():
    """A reader function gives the same proofs as a sequence, and is never asked for too many at once."""
    asked: list[int] = []

    def reader(start: int, stop: int) -> list[bytes]:
        asked.append(stop - start)
        return [leaf_hash(b"%d" % number) for number in range(start, stop)]

    everything = reader(0, 10_000)
    asked.clear()

    assert inclusion_proof(reader, 77, 10_000) == inclusion_proof(everything, 77, 10_000)
    assert max(asked) <= 4096


@pytest.mark.parametrize(("index", "size"), [(3, 3), (-1, 3), (0, 0)])
def test_an_entry_outside_the_tree_has_no_proof(index, size):
    """What is not in the tree cannot be proven to be."""
    with pytest.raises(ValueError, match="no entry"):
        inclusion_proof(LEAVES, index, size)


def test_a_larger_tree_is_not_the_beginning_of_a_smaller():
    """Consistency goes forward only."""
    with pytest.raises(ValueError, match="cannot extend"):
        consistency_proof(LEAVES, 5, 4)


def test_missing_leaves_are_not_passed_over():
    """A reader that gives fewer leaves than asked is an error, not another root."""
    with pytest.raises(LookupError, match="only 70"):
        tree_root(LEAVES, 0, 71)
