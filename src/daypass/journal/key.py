"""
The keys of a book: Ed25519 in the text forms of C2SP signed-note (https://c2sp.org/signed-note).

    public    <name>+<key id, hex>+<base64(0x01 || public key)>                the "vkey"; publish it
    private   PRIVATE+KEY+<name>+<key id, hex>+<base64(0x01 || seed)>          keep it

key id = SHA-256(name || 0x0A || 0x01 || public key)[:4]. The name is the book's origin, such as
daypass.example.com/journal. No error and no repr here ever shows what it was given as a key.
"""

from dataclasses import dataclass, field
from hashlib import sha256
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from daypass.journal.encoding import decode, encode
from daypass.model.errors import Misconfigured

_ED25519 = b"\x01"
_RAW_BYTES = 32
_PRIVATE = "PRIVATE+KEY+"


class BadKey(Misconfigured):
    """A text is not a key of the kind that is needed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicKey:
    """What anyone may have: the book's origin and the key that checks its signatures."""

    name: str
    raw: bytes
    """The 32 bytes of RFC 8032."""
    _ed25519: Ed25519PublicKey = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        _check_name(self.name)
        if len(self.raw) != _RAW_BYTES:
            raise BadKey("An Ed25519 public key is 32 bytes long.")
        object.__setattr__(self, "_ed25519", Ed25519PublicKey.from_public_bytes(self.raw))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the public text form. Raises BadKey."""
        if text.startswith(_PRIVATE):
            raise BadKey("That is a private key. Give the public one, and keep the private one where it was.")
        name, key_id, raw = _fields(text)
        key = cls(name=name, raw=raw)
        if key.id.hex() != key_id:
            raise BadKey("The public key does not fit its own key id: a character of it was lost or changed.")
        return key

    @property
    def id(self) -> bytes:
        """The four bytes that name this key in a signature line."""
        return sha256(self.name.encode() + b"\n" + _ED25519 + self.raw).digest()[:4]

    @property
    def text(self) -> str:
        """The public text form."""
        return f"{self.name}+{self.id.hex()}+{encode(_ED25519 + self.raw)}"

    def verifies(self, message: bytes, signature: bytes) -> bool:
        """Whether this key signed exactly these bytes."""
        try:
            self._ed25519.verify(signature, message)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Signer:
    """The private key of one book. Its repr shows the public half alone."""

    public: PublicKey
    _private: Ed25519PrivateKey = field(compare=False)

    @classmethod
    def generate(cls, name: str) -> Self:
        """Make a new key for a book called `name`. Raises BadKey when the name cannot be one."""
        return cls._of(name, Ed25519PrivateKey.generate())

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the private text form. Raises BadKey, which never repeats the text."""
        text = text.strip()
        if not text.startswith(_PRIVATE):
            raise BadKey(f"A private journal key begins with {_PRIVATE}<name>; this text does not.")
        name, key_id, seed = _fields(text.removeprefix(_PRIVATE))
        signer = cls._of(name, Ed25519PrivateKey.from_private_bytes(seed))
        if signer.public.id.hex() != key_id:
            raise BadKey("The private key does not fit its own key id: a character of it was lost or changed.")
        return signer

    @classmethod
    def _of(cls, name: str, private: Ed25519PrivateKey) -> Self:
        public = PublicKey(name=name, raw=private.public_key().public_bytes_raw())
        return cls(public=public, _private=private)

    @property
    def name(self) -> str:
        """The book's origin."""
        return self.public.name

    def private_text(self) -> str:
        """The private text form: a secret, for the key file alone."""
        return f"{_PRIVATE}{self.name}+{self.public.id.hex()}+{encode(_ED25519 + self._private.private_bytes_raw())}"

    def sign(self, message: bytes) -> bytes:
        """Sign bytes: 64 bytes, always the same for the same message (RFC 8032 section 5.1.6)."""
        return self._private.sign(message)

    def derive(self, purpose: str) -> bytes:
        """
        Derive a secret of 32 bytes for one purpose (HKDF-SHA256, RFC 5869), such as "daypass journal binding v1".

        Secrets of two purposes, and of two journals, say nothing of each other or of the key.
        """
        info = b"\0".join((purpose.encode(), self.name.encode()))
        return HKDF(algorithm=SHA256(), length=_RAW_BYTES, salt=None, info=info).derive(
            self._private.private_bytes_raw()
        )

    def __repr__(self) -> str:
        return f"Signer({self.public.text})"


def _check_name(name: str) -> None:
    """Refuse names that signed-note forbids, and those that would break a note's lines."""
    if not name or "+" in name or any(letter.isspace() or not letter.isprintable() for letter in name):
        raise BadKey("A key's name must not be empty or contain blanks, plus signs or control characters.")


def _fields(text: str) -> tuple[str, str, bytes]:
    """Split <name>+<key id>+<base64> and take the algorithm byte off."""
    name, _, rest = text.strip().partition("+")
    key_id, _, encoded = rest.partition("+")
    try:
        raw = decode(encoded)
    except ValueError as error:
        raise BadKey("A journal key reads <name>+<key id>+<base64>; this text does not.") from error
    if raw[:1] != _ED25519 or len(raw) != 1 + _RAW_BYTES:
        raise BadKey("This is not an Ed25519 key of C2SP signed-note (0x01 and 32 bytes).")
    return name, key_id, raw[1:]
