"""
Seals rows, so that what somebody else wrote into the database gives nobody anything.

A seal is an HMAC-SHA256 over a row's table, key, revision and body. Its key is derived from the journal's private key
and stays in memory: whoever can write to the database, and has no more than that, can neither change a row, nor make
one, nor move one to another key without being noticed where the row is read.
"""

from hmac import compare_digest

from daypass.journal.encoding import mac
from daypass.journal.key import Signer

_PURPOSE = "daypass ledger seal v1"


class Sealer:
    """Makes the seals of rows and checks them. Its repr shows nothing."""

    __slots__ = ("_key",)

    def __init__(self, signer: Signer) -> None:
        """Derive the key of the seals from the journal's."""
        self._key = signer.derive(_PURPOSE)

    def seal(self, table: str, key: str, revision: int, body: str) -> str:
        """Make the seal of a row (hex)."""
        return mac(self._key, _message(table, key, str(revision), body)).hex()

    def fits(self, seal: object, *, table: str, key: object, revision: object, body: object) -> bool:
        """Whether this is the seal of that row. Whatever a database may hold in its columns is taken, and refused."""
        if not isinstance(seal, str):
            return False
        made = mac(self._key, _message(table, str(key), str(revision), str(body))).hex()
        return compare_digest(made.encode(), seal.encode("utf-8", "surrogateescape"))

    def __repr__(self) -> str:
        return "Sealer()"


def _message(table: str, key: str, revision: str, body: str) -> bytes:
    """Join them so that no two rows have one text: tables and revisions have no line break, a key has its length."""
    return f"{table}\n{revision}\n{len(key)}\n{key}{body}".encode("utf-8", "surrogateescape")
