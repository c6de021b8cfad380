"""Proofs out of stored hashes: the same as out of the leaves, and of few hashes, however many entries there are."""

import hashlib

import pytest

from daypass.journal.proof import consistency_proof, inclusion_proof, tree_root
from daypass.journal.tiles import WIDTH, Tiles, full, levels
from daypass.journal.tree import EMPTY

LEAVES = [hashlib.sha256(number.to_bytes(4, "big")).digest() for number in range(70_000)]


class Stored:
    """The hashes of each level as far as they are stored, and how many were read."""

    def __init__(self, size: int, upto: int) -> None:
        self.levels = [LEAVES[:size]]
        for level in levels(size):
            below = self.levels[-1]
            hashes = [EMPTY.extend(below[at * WIDTH : (at + 1) * WIDTH]).root() for at in range(full(size, level))]
            self.levels.append(hashes)
        self.levels = [self.levels[0], *(hashes[:upto] for hashes in self.levels[1:])]
        self.read_in_all = 0

    def read(self, level: int, start: int, stop: int) -> list[bytes]:
        """Read what is there."""
        hashes = self.levels[level][start:stop] if level < len(self.levels) else []
        self.read_in_all += len(hashes)
        return hashes


@pytest.mark.parametrize("size", [1, 255, 256, 257, 511, 512, 1_000, 3_000])
@pytest.mark.parametrize("upto", [0, 1, 100], ids=["no tiles", "one of each level", "all tiles"])
def test_proofs_out_of_tiles_are_those_out_of_the_leaves(size, upto):
    """Of every size of the tree, and however far the tiles have been stored by then."""
    tiles = Tiles(Stored(size, upto).read)

    for index in {0, size // 3, size - 1}:
        assert inclusion_proof(tiles, index, size) == inclusion_proof(LEAVES, index, size)
    for first in {1, size // 2 or 1, size}:
        assert consistency_proof(tiles, first, size) == consistency_proof(LEAVES, first, size)
    assert tree_root(tiles, 0, size) == tree_root(LEAVES, 0, size)


@pytest.mark.parametrize("index", [0, 300, 65_535, 69_999])
def test_a_proof_about_seventy_thousand_entries_reads_some_hundreds_of_hashes(index):
    """Of each level no more than it is wide."""
    stored = Stored(len(LEAVES), len(LEAVES))

    assert inclusion_proof(Tiles(stored.read), index, len(LEAVES)) == inclusion_proof(LEAVES, index, len(LEAVES))
    assert stored.read_in_all <= 3 * WIDTH
