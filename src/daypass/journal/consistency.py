"""
The proof that the book was only added to, as one text: what a witness is sent (https://c2sp.org/tlog-witness).

    old 20852014                   entries in the smaller tree
    <Base 64 of a hash>            the consistency proof of RFC 6962 section 2.1.2
    ...

    <the signed checkpoint of the larger tree>

It is checked against the checkpoint of the smaller tree that somebody kept: who keeps the books hands over the proof,
and so must not be the one who says what it begins with.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from daypass.journal.checkpoint import Checkpoint, open_checkpoint
from daypass.journal.encoding import encode
from daypass.journal.key import PublicKey
from daypass.journal.proof import verify_consistency
from daypass.journal.tlog_proof import BadProof, read_hashes

_OLD = re.compile(r"old (0|[1-9][0-9]{0,17})")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvenGrowth:
    """A tree that begins with the smaller tree that was seen before."""

    first: int
    checkpoint: Checkpoint

    @property
    def sentence(self) -> str:
        """What was proven, for a person."""
        origin, size = self.checkpoint.origin, self.checkpoint.size
        return f"{origin} was only added to: its {size} entries begin with the {self.first} of the saved checkpoint."


def write_consistency(first: int, proof: Sequence[bytes], checkpoint_note: str) -> str:
    """Write the proof that the tree of a signed checkpoint extends the tree of `first` entries."""
    return "\n".join([f"old {first}", *map(encode, proof), "", checkpoint_note])


def is_consistency(text: str) -> bool:
    """Whether a text begins like one of these."""
    return text.startswith("old ")


def check_consistency(text: str, key: PublicKey, saved: Sequence[Checkpoint]) -> ProvenGrowth:
    """
    Check the proof against checkpoints that were kept, one of them of the smaller tree.

    Those of other sizes are not looked at here. Raises BadProof, and BadNote when the checkpoint is not `key`'s.
    """
    proof, _, note = text.partition("\n\n")
    first, path = _parse(proof.split("\n"))
    newer = open_checkpoint(note, key)
    older = [one for one in saved if one.size == first]
    if not older:
        raise BadProof(
            f"The proof is of growth from {first} to {newer.size} entries; "
            f"give the checkpoint of {first} that was kept (--against)."
        )
    if not all(verify_consistency(first, newer.size, path, one.root, newer.root) for one in older):
        raise BadProof(
            f"The proof does not lead from the saved checkpoint of {first} entries to the one of {newer.size}: "
            "either the proof was changed, or history was."
        )
    return ProvenGrowth(first=first, checkpoint=newer)


def _parse(lines: list[str]) -> tuple[int, list[bytes]]:
    found = _OLD.fullmatch(lines[0])
    if not found:
        raise BadProof("The proof does not say the size of the smaller tree.")
    return int(found[1]), read_hashes(lines[1:])
