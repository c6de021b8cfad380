"""
One entry's proof as one text that a stranger can check (https://c2sp.org/tlog-proof).

    c2sp.org/tlog-proof@v1
    extra <Base 64>                the entry's line of the book, when it goes with its proof
    index 73894
    <Base 64 of a hash>            the inclusion proof, from the leaf's sibling to the root's child
    ...

    <the signed checkpoint>

With it goes the public key; nothing else is needed. The standard vouches for nothing in `extra`, and nothing in it is
believed: only the tree says whether it is the entry.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from daypass.journal.checkpoint import Checkpoint, open_checkpoint
from daypass.journal.encoding import decode, encode
from daypass.journal.key import PublicKey
from daypass.journal.proof import verify_inclusion
from daypass.journal.tree import HASH_BYTES, leaf_hash
from daypass.model.errors import DaypassError

FIRST_LINE = "c2sp.org/tlog-proof@v1"

_EXTRA = "extra "
_INDEX = re.compile(r"index (0|[1-9][0-9]{0,17})")


class BadProof(DaypassError):
    """A proof is not in its form, or does not prove what it is given for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvenEntry:
    """An entry that is where its proof says."""

    index: int
    line: bytes
    """Its line of the book, without its newline."""
    checkpoint: Checkpoint

    @property
    def sentence(self) -> str:
        """What was proven, for a person."""
        origin, size = self.checkpoint.origin, self.checkpoint.size
        return f"Entry {self.index} of {origin} is proven, under its checkpoint of {size}."


def write_tlog_proof(index: int, proof: Sequence[bytes], checkpoint_note: str, line: bytes | None = None) -> str:
    """Write the inclusion proof of entry `index` under a signed checkpoint, with the entry's line or without."""
    extra = [] if line is None else [_EXTRA + encode(line)]
    return "\n".join([FIRST_LINE, *extra, f"index {index}", *map(encode, proof), "", checkpoint_note])


def check_tlog_proof(text: str, key: PublicKey, line: bytes | None = None) -> ProvenEntry:
    """
    Check that a line of the book, without its newline, is under the proof's checkpoint.

    Without a line, the one that the proof carries is checked. Raises BadProof, and BadNote when the checkpoint is not
    `key`'s.
    """
    proof, _, note = text.partition("\n\n")
    carried, index, path = _parse(proof.split("\n"))
    line = _decoded(carried) if line is None else line
    checkpoint = open_checkpoint(note, key)
    if not verify_inclusion(leaf_hash(line), index, checkpoint.size, path, checkpoint.root):
        raise BadProof(f"The line is not entry {index} of the {checkpoint.size} that the checkpoint covers.")
    return ProvenEntry(index=index, line=line, checkpoint=checkpoint)


def read_hashes(lines: Sequence[str]) -> list[bytes]:
    """Read a proof's hashes, a line each in Base 64. Raises BadProof."""
    try:
        hashes = [decode(line) for line in lines]
    except ValueError as error:
        raise BadProof("A hash of the proof is not Base 64.") from error
    # Of another length, two neighbours could be cut at another place and still hash to the same node.
    if any(len(each) != HASH_BYTES for each in hashes):
        raise BadProof("A hash of the proof is not a SHA-256.")
    return hashes


def _parse(lines: list[str]) -> tuple[str, int, list[bytes]]:
    if lines[0] != FIRST_LINE:
        raise BadProof(f"This is not a proof: its first line is not {FIRST_LINE}.")
    carried = lines.pop(1).removeprefix(_EXTRA) if lines[1:2] and lines[1].startswith(_EXTRA) else ""
    found = _INDEX.fullmatch(lines[1]) if len(lines) > 1 else None
    if not found:
        raise BadProof("The proof does not say the index of its entry.")
    return carried, int(found[1]), read_hashes(lines[2:])


def _decoded(carried: str) -> bytes:
    if not carried:
        raise BadProof("The proof does not carry its entry; give the entry's line of the journal too.")
    try:
        return decode(carried)
    except ValueError as error:
        raise BadProof("The entry that the proof carries is not Base 64.") from error
