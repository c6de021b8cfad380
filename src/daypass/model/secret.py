"""What may be kept of a secret."""

from hashlib import sha256


def digest(secret: str) -> str:
    """
    The SHA-256 (hex) under which a token or code is known here; the thing itself is never stored.

    No salt and no stretching: what is hashed is drawn with 192 bits or more, so there is nothing to guess.
    """
    return sha256(secret.encode()).hexdigest()
