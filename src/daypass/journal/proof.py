"""
Proofs about the tree, made from leaf hashes and checked without them (RFC 6962 section 2.1, RFC 9162 section 2.1).

Leaves are given as a sequence of leaf hashes, as a function that reads those of a range [start, stop), or as tiles. Of
the first two, making a proof hashes every leaf once and holds a few thousand at a time; of tiles, a few hundred hashes.
"""

from collections.abc import Callable, Iterable, Sequence

from daypass.journal.tiles import Tiles
from daypass.journal.tree import EMPTY, EMPTY_ROOT, node_hash

Leaves = Sequence[bytes] | Callable[[int, int], Iterable[bytes]] | Tiles

_AT_ONCE = 4096


def tree_root(leaves: Leaves, start: int, stop: int) -> bytes:
    """MTH(D[start:stop]): the root over a range of leaves. Raises LookupError when the reader gives fewer."""
    if isinstance(leaves, Tiles):
        return leaves.root(start, stop)
    frontier = EMPTY
    for at in range(start, stop, _AT_ONCE):
        until = min(at + _AT_ONCE, stop)
        some = list(leaves(at, until) if callable(leaves) else leaves[at:until])
        if len(some) != until - at:
            raise LookupError(f"leaves {at} to {until - 1} are wanted, and only {len(some)} are there")
        frontier = frontier.extend(some)
    return frontier.root()


def inclusion_proof(leaves: Leaves, index: int, size: int) -> list[bytes]:
    """PATH(index, D[size]): that leaf `index` is in the tree of `size`. Raises ValueError when it cannot be."""
    if not 0 <= index < size:
        raise ValueError(f"there is no entry {index} in a tree of {size}")
    path: list[bytes] = []
    start, stop = 0, size
    while stop - start > 1:
        middle = start + _split(stop - start)
        if index < middle:
            path.append(tree_root(leaves, middle, stop))
            stop = middle
        else:
            path.append(tree_root(leaves, start, middle))
            start = middle
    return path[::-1]


def consistency_proof(leaves: Leaves, first: int, second: int) -> list[bytes]:
    """
    PROOF(first, D[second]): that the tree of `second` begins with the tree of `first`.

    Empty when the two are equal or the first is empty, as then nothing needs proof. Raises ValueError when the
    first is larger.
    """
    if not 0 <= first <= second:
        raise ValueError(f"a tree of {second} cannot extend a tree of {first}")
    if first == 0:
        return []
    proof: list[bytes] = []
    start, stop = 0, second
    while first != stop:  # SUBPROOF(m, D[start:stop], start == 0)
        middle = start + _split(stop - start)
        if first <= middle:
            proof.append(tree_root(leaves, middle, stop))
            stop = middle
        else:
            proof.append(tree_root(leaves, start, middle))
            start = middle
    if start > 0:
        proof.append(tree_root(leaves, start, stop))
    return proof[::-1]


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Check an inclusion proof, step by step as in RFC 9162 section 2.1.3.2."""
    if not 0 <= index < size:
        return False
    at, last, value = index, size - 1, leaf
    for other in proof:
        if last == 0:
            return False
        if at & 1 or at == last:
            value = node_hash(other, value)
            at, last = _rise_to_a_right_child(at, last)
        else:
            value = node_hash(value, other)
        at, last = at >> 1, last >> 1
    return last == 0 and value == root


def verify_consistency(first: int, second: int, proof: Sequence[bytes], first_root: bytes, second_root: bytes) -> bool:
    """Check a consistency proof, step by step as in RFC 9162 section 2.1.4.2. Every tree extends the empty one."""
    if first == second:
        return not proof and first_root == second_root
    if first == 0:
        return not proof and first_root == EMPTY_ROOT
    if not 0 < first < second or not proof:
        return False
    path = [first_root, *proof] if first & (first - 1) == 0 else list(proof)
    at, last = _skip_common_ones(first - 1, second - 1)
    old = new = path[0]
    for other in path[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            old, new = node_hash(other, old), node_hash(other, new)
            at, last = _rise_to_a_right_child(at, last)
        else:
            new = node_hash(new, other)
        at, last = at >> 1, last >> 1
    return last == 0 and (old, new) == (first_root, second_root)


def _split(width: int) -> int:
    """The largest power of two smaller than the width (RFC 6962's k)."""
    return 1 << (width - 1).bit_length() - 1


def _rise_to_a_right_child(at: int, last: int) -> tuple[int, int]:
    """Skip the levels at which a node at the tree's right edge has no sibling."""
    while at and not at & 1:
        at, last = at >> 1, last >> 1
    return at, last


def _skip_common_ones(at: int, last: int) -> tuple[int, int]:
    """Shift both right for as long as the first is odd."""
    while at & 1:
        at, last = at >> 1, last >> 1
    return at, last
