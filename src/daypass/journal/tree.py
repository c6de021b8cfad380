"""
The Merkle tree of RFC 6962 section 2.1, grown from its frontier.

The frontier of a tree is the roots of its largest perfect subtrees, left to right: one for each set bit of its size.
It is all that is needed to append and to know the root, so a book of a billion entries is carried on from thirty
hashes:

    size 11 = 8 + 2 + 1          [root of 0..7] [root of 8..9] [leaf 10]
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Self

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()
"""MTH({}) of RFC 6962."""

_LEAF = sha256(b"\x00")
_NODE = sha256(b"\x01")


def leaf_hash(data: bytes) -> bytes:
    """SHA-256(0x00 || data), RFC 6962 section 2.1."""
    state = _LEAF.copy()  # a copy of a begun hash is quicker than a new one
    state.update(data)
    return state.digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 || left || right), RFC 6962 section 2.1."""
    state = _NODE.copy()
    state.update(left + right)
    return state.digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Frontier:
    """A tree's size and the roots of its perfect subtrees, largest first."""

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        if (
            self.size < 0
            or len(self.peaks) != self.size.bit_count()
            or any(len(peak) != HASH_BYTES for peak in self.peaks)
        ):
            raise ValueError(f"a tree of {self.size} entries does not have these {len(self.peaks)} peaks")

    @classmethod
    def load(cls, size: int, hashes: Sequence[str]) -> Self:
        """Take up a stored frontier: its size and its hashes in hex. Raises ValueError when the two do not fit."""
        return cls(size=size, peaks=tuple(bytes.fromhex(text) for text in hashes))

    @property
    def hashes(self) -> list[str]:
        """The peaks in hex, as they are stored."""
        return [peak.hex() for peak in self.peaks]

    def extend(self, leaves: Sequence[bytes]) -> "Frontier":
        """
        Append leaf hashes.

        This is binary addition, a row of the tree at a time: the row takes in the peak that waits at its level,
        an odd one at its end becomes the peak that waits next, and the pairs are carried up.
        """
        waiting, level, row = list(self.peaks), self.size, list(leaves)
        peaks: list[bytes] = []
        while row or level:
            if level & 1:
                row.insert(0, waiting.pop())
            if len(row) & 1:
                peaks.append(row.pop())
            row = list(map(node_hash, row[::2], row[1::2]))
            level >>= 1
        return Frontier(size=self.size + len(leaves), peaks=tuple(reversed(peaks)))

    def root(self) -> bytes:
        """The Merkle tree hash: the peaks folded from the right."""
        if not self.peaks:
            return EMPTY_ROOT
        *others, root = self.peaks
        for peak in reversed(others):
            root = node_hash(peak, root)
        return root


EMPTY = Frontier()
"""The frontier of the tree without entries."""
