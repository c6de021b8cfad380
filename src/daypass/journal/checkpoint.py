"""
Checkpoints (https://c2sp.org/tlog-checkpoint): a signed note that states the tree's size and root.

    daypass.example.com/journal                     origin: the key's name
    20852163                                        entries in the tree
    CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=    RFC 6962 root, Base 64

    -- daypass.example.com/journal Az3grlgtz...     (an em dash) signature
"""

import re
from dataclasses import dataclass
from typing import Self

from daypass.journal.encoding import decode, encode
from daypass.journal.key import PublicKey, Signer
from daypass.journal.note import BadNote, open_note, sign_note
from daypass.journal.tree import HASH_BYTES

_LINES = 3
_SIZE = re.compile(r"0|[1-9][0-9]{0,17}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """The tree at one size: of which book, how many entries, what root."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The text that is signed."""
        return f"{self.origin}\n{self.size}\n{encode(self.root)}\n"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a checkpoint's text; extension lines are allowed and not looked at. Raises BadNote."""
        lines = text.removesuffix("\n").split("\n")
        if len(lines) < _LINES or "" in lines or not _SIZE.fullmatch(lines[1]):
            raise BadNote("The note is not a checkpoint: origin, size and root, a line each.")
        origin, size, root = lines[:_LINES]
        return cls(origin=origin, size=int(size), root=_root(root))


def sign_checkpoint(size: int, root: bytes, signer: Signer) -> str:
    """State the tree's size and root as a signed note of the signer's book."""
    return sign_note(Checkpoint(origin=signer.name, size=size, root=root).text, signer)


def open_checkpoint(note: str, key: PublicKey) -> Checkpoint:
    """Read a checkpoint that `key` has signed for its own book. Raises BadNote."""
    checkpoint = Checkpoint.parse(open_note(note, key))
    if checkpoint.origin != key.name:
        raise BadNote(f"The checkpoint is of the book {checkpoint.origin}, the key of {key.name}.")
    return checkpoint


def _root(text: str) -> bytes:
    try:
        root = decode(text)
    except ValueError as error:
        raise BadNote("The checkpoint's root is not Base 64.") from error
    if len(root) != HASH_BYTES:
        raise BadNote("The checkpoint's root is not a SHA-256.")
    return root
