"""
The journal as it is read and carried out of the house.

Every proof comes with the signed checkpoint it is under, as one value: read one after the other, a fold between the two
would leave a proof that no checkpoint at hand can check.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedCheckpoint:
    """A signed checkpoint and what its own text says of its size."""

    size: int
    note: str
    """C2SP tlog-checkpoint; empty, with the size 0, before the first one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Included:
    """The proof that an entry is in the tree of a checkpoint (RFC 6962 section 2.1.1)."""

    index: int
    line: bytes
    """The entry's line of the book, without its newline: what the tree's leaf is the hash of."""
    hashes: tuple[bytes, ...]
    """From the leaf's sibling to the root's child."""
    checkpoint: SignedCheckpoint


@dataclass(frozen=True, slots=True, kw_only=True)
class Consistent:
    """The proof that the tree of a checkpoint begins with a smaller one (RFC 6962 section 2.1.2)."""

    first: int
    """The size of the smaller tree."""
    older: SignedCheckpoint | None
    """What was signed at that size; None when nothing was."""
    hashes: tuple[bytes, ...]
    newer: SignedCheckpoint


class Journal(Protocol):
    """The journal in its tree, with its checkpoints and proofs."""

    def checkpoint(self) -> SignedCheckpoint:
        """The newest checkpoint."""
        ...

    def faults(self) -> tuple[str, ...]:
        """A sentence for each thing that was found wrong with the journal; none when all is well."""
        ...

    def unsigned(self) -> str:
        """Why nothing can be signed now though nothing is wrong; empty when it can."""
        ...

    def public_key(self) -> str:
        """The verifier key (C2SP vkey) that checks our checkpoints."""
        ...

    def export(self) -> Iterator[bytes]:
        """The whole journal as the lines of an export file; see journal/export."""
        ...

    def inclusion(self, index: int) -> Included:
        """Prove that entry `index`, counted from 0, is under the newest checkpoint. Raises NotFound."""
        ...

    def consistency(self, first: int, second: int | None = None) -> Consistent:
        """
        Prove that the tree of `second` entries extends the tree of `first`.

        `second` must be a size at which a checkpoint was signed; None takes the newest. Raises NotFound.
        """
        ...


class HeadPlace(Protocol):
    """
    Where a process remembers the head of the journal, apart from the database; see journal/head.

    Several processes may share one. Both methods raise Misconfigured for a place that cannot be used, and Unavailable
    for one that does not answer now; whether a write that ended so was carried out is known once it is read again.
    """

    def read(self) -> str | None:
        """Read what is remembered; None when nothing is."""
        ...

    def replace(self, old: str | None, new: str) -> None:
        """
        Put `new` where `old` stands, whole or not at all; it outlives a power cut once this returns.

        Raises Conflict, and changes nothing, when something else stands there by now.
        """
        ...
