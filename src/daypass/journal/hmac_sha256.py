"""
HMAC-SHA256 (RFC 2104) with what belongs to the key made once.

Each commit makes three of them, over a few hundred bytes. There `hmac.digest` takes twice as long, because it sets the
key up anew each time. A test compares the two.
"""

from functools import lru_cache
from hashlib import sha256

_BLOCK = 64
"""Bytes that SHA-256 takes at once."""
_INNER = bytes(byte ^ 0x36 for byte in range(256))
_OUTER = bytes(byte ^ 0x5C for byte in range(256))


def mac(key: bytes, message: bytes) -> bytes:
    """Make the MAC of a message (32 bytes)."""
    inner, outer = _pads(key)
    return sha256(outer + sha256(inner + message).digest()).digest()


@lru_cache(maxsize=16)
def _pads(key: bytes) -> tuple[bytes, bytes]:
    """RFC 2104 section 2: the key, filled up to a block, and combined with two bytes."""
    block = (sha256(key).digest() if len(key) > _BLOCK else key).ljust(_BLOCK, b"\0")
    return block.translate(_INNER), block.translate(_OUTER)
