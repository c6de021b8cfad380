"""Base 64 (RFC 4648 section 4) in which one value has exactly one text, so that no flipped bit goes unseen."""

import binascii


def encode(raw: bytes) -> str:
    """Write bytes as padded Base 64."""
    return binascii.b2a_base64(raw, newline=False).decode("ascii")


def decode(text: str | bytes) -> bytes:
    """
    Read padded Base 64. Raises ValueError for any text that `encode` would not have written.

    The usual decoders ignore the last unused bits (RFC 4648 section 3.5), so two texts could mean the same signature.
    """
    raw = binascii.a2b_base64(text, strict_mode=True)
    if encode(raw) != (text if isinstance(text, str) else text.decode("ascii")):
        raise ValueError("this Base 64 text is not the one form of its value")
    return raw
