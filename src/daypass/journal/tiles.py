"""
Roots of stretches of the tree out of stored hashes, so that a proof about a million entries reads some hundreds.

    level 0   the leaves
    level 1   the hash over each full 256 leaves
    level 2   the hash over each full 256 of these: 65,536 leaves

As in https://c2sp.org/tlog-tiles. A stored hash is only ever a shortcut: it vouches for nothing, and a proof that was
made of a wrong one does not lead to the signed root, which whoever makes it looks at first.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from daypass.journal.tree import EMPTY, Frontier

HEIGHT = 8
WIDTH = 1 << HEIGHT

Reader = Callable[[int, int, int], Sequence[bytes]]
"""Reads the hashes of a level at [start, stop); fewer where they are not stored yet, of level 0 always all."""


@dataclass(frozen=True, slots=True)
class Tiles:
    """The tree as it is stored by levels."""

    read: Reader

    def root(self, start: int, stop: int) -> bytes:
        """The root over [start, stop), where `start` is as even as the stretch is long. Raises LookupError."""
        peaks = tuple(self._subtree(at, size) for at, size in _subtrees(start, stop))
        return Frontier(size=stop - start, peaks=peaks).root()

    def _subtree(self, at: int, size: int) -> bytes:
        """The root of a full subtree, of the highest hashes that there are below it."""
        for level in range((size.bit_length() - 1) // HEIGHT, -1, -1):
            unit = WIDTH**level
            hashes = self.read(level, at // unit, (at + size) // unit)
            if len(hashes) == size // unit:
                return EMPTY.extend(hashes).root()
        raise LookupError(f"leaves {at} to {at + size - 1} are wanted, and not all of them are there")


def full(size: int, level: int) -> int:
    """How many hashes of a level a tree of this size fills."""
    return int(size // WIDTH**level)


def levels(size: int) -> range:
    """The levels above the leaves that a tree of this size has hashes of."""
    return range(1, max(0, size.bit_length() - 1) // HEIGHT + 1)


def _subtrees(start: int, stop: int) -> Iterator[tuple[int, int]]:
    """Cut a stretch into full subtrees, the largest first."""
    at = start
    while at < stop:
        size = 1 << (stop - at).bit_length() - 1
        yield at, size
        at += size
