"""
One line of the book: an entry, its index, and the signature that ties the two.

    {"entry":{...canonical bytes...},"index":7,"place":"<Base 64 of an Ed25519 signature>"}

The line has exactly one form, and the tree's leaf is the hash of the whole line, signature included. So one
checkpoint vouches for every byte, and nothing in the book is a hash that an attacker could recompute: when a root does
not match, the signatures name the first line that is not what was written there.

The signature is over 0x00 "daypass place v1" 0x00 origin 0x00 index (8 bytes, big-endian) entry. The leading 0x00 keeps
it apart from notes signed with the same key, which never hold that byte.
"""

import re
from dataclasses import dataclass
from typing import Self

from daypass.journal.encoding import decode, encode
from daypass.journal.key import PublicKey, Signer

_DOMAIN = b"\x00daypass place v1\x00"
_LINE = re.compile(rb'\{"entry":(\{.*\}),"index":(0|[1-9][0-9]{0,17}),"place":"([A-Za-z0-9+/]{86}==)"\}')


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """An entry's canonical bytes at an index, with the signature that put it there."""

    entry: bytes
    index: int
    signature: bytes

    @property
    def line(self) -> bytes:
        """The line of the book, without its newline: the data of the tree's leaf."""
        return b'{"entry":%b,"index":%d,"place":"%b"}' % (self.entry, self.index, encode(self.signature).encode())

    @classmethod
    def parse(cls, line: bytes) -> Self | None:
        """Read a line; None when it is not one in its only form. The signature is not checked."""
        found = _LINE.fullmatch(line)
        if not found:
            return None
        try:
            signature = decode(found[3])
        except ValueError:
            return None
        return cls(entry=found[1], index=int(found[2]), signature=signature)

    def was_put_at(self, index: int, key: PublicKey) -> bool:
        """Whether the key's owner put this entry at that index, whatever the line claims."""
        return key.verifies(_message(key.name, index, self.entry), self.signature)


def place(entry: bytes, index: int, signer: Signer) -> Placed:
    """Sign an entry's place in the signer's book."""
    return Placed(entry=entry, index=index, signature=signer.sign(_message(signer.name, index, entry)))


def _message(origin: str, index: int, entry: bytes) -> bytes:
    return b"".join((_DOMAIN, origin.encode(), b"\x00", index.to_bytes(8, "big"), entry))
