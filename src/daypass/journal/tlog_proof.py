"""
One entry's proof as one text that a stranger can check (https://c2sp.org/tlog-proof).

    c2sp.org/tlog-proof@v1
    index 73894
    <Base 64 of a hash>            the inclusion proof, from the leaf's sibling to the root's child
    ...

    <the signed checkpoint>

With it go the entry's line of the book and the public key; nothing else is needed.
"""

import re
from collections.abc import Sequence

from daypass.journal.checkpoint import Checkpoint, open_checkpoint
from daypass.journal.encoding import decode, encode
from daypass.journal.key import PublicKey
from daypass.journal.proof import verify_inclusion
from daypass.journal.tree import leaf_hash
from daypass.model.errors import DaypassError

_FIRST_LINE = "c2sp.org/tlog-proof@v1"
_INDEX = re.compile(r"index (0|[1-9][0-9]{0,17})")


class BadProof(DaypassError):
    """A proof is not in its form, or does not prove what it is given for."""


def write_tlog_proof(index: int, proof: Sequence[bytes], checkpoint_note: str) -> str:
    """Write the inclusion proof of entry `index` under a signed checkpoint."""
    return "\n".join([_FIRST_LINE, f"index {index}", *map(encode, proof), "", checkpoint_note])


def check_tlog_proof(text: str, line: bytes, key: PublicKey) -> tuple[int, Checkpoint]:
    """
    Check that a line of the book, without its newline, is under the proof's checkpoint.

    Returns the entry's index and the checkpoint. Raises BadProof, and BadNote when the checkpoint is not `key`'s.
    """
    proof, _, note = text.partition("\n\n")
    index, path = _parse(proof.split("\n"))
    checkpoint = open_checkpoint(note, key)
    if not verify_inclusion(leaf_hash(line), index, checkpoint.size, path, checkpoint.root):
        raise BadProof(f"The line is not entry {index} of the {checkpoint.size} that the checkpoint covers.")
    return index, checkpoint


def _parse(lines: list[str]) -> tuple[int, list[bytes]]:
    if lines[0] != _FIRST_LINE:
        raise BadProof(f"This is not a proof: its first line is not {_FIRST_LINE}.")
    if lines[1:2] and lines[1].startswith("extra "):
        del lines[1]  # opaque and not vouched for: the standard lets it stand, and nobody may trust it
    found = _INDEX.fullmatch(lines[1]) if len(lines) > 1 else None
    if not found:
        raise BadProof("The proof does not say the index of its entry.")
    try:
        path = [decode(line) for line in lines[2:]]
    except ValueError as error:
        raise BadProof("A hash of the proof is not Base 64.") from error
    return int(found[1]), path
