"""
An authenticator in a few lines: makes passkeys and answers with them, as a browser would hand it to a page.

It can be told to lie: about the page it is on, about the finger it felt, about how often it was used.
"""

import json
import struct
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePrivateKey, generate_private_key
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, encode_cbor

_PRESENT, _VERIFIED, _ATTESTED = 0x01, 0x04, 0x40


@dataclass
class HandKey:
    """One passkey, and what its device says of itself."""

    origin: str
    site: str = "localhost"
    id: bytes = b"a-passkey-of-a-test"
    count: int = 0
    verified: bool = True
    present: bool = True
    cross_origin: bool = False
    secret: EllipticCurvePrivateKey = field(default_factory=lambda: generate_private_key(SECP256R1()))

    def make(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Answer `navigator.credentials.create`."""
        client = self._client("webauthn.create", asked["challenge"])
        attested = bytes(16) + struct.pack(">H", len(self.id)) + self.id + self._public()
        attestation = {"fmt": "none", "attStmt": {}, "authData": self._data(_ATTESTED) + attested}
        return self._said({"clientDataJSON": client, "attestationObject": encode_cbor(attestation)})

    def prove(self, asked: dict[str, Any], *, handle: bytes | None = None) -> dict[str, Any]:
        """Answer `navigator.credentials.get`, one further than the last time."""
        self.count += 1
        client, data = self._client("webauthn.get", asked["challenge"]), self._data(0)
        signature = self.secret.sign(data + sha256(client).digest(), ECDSA(hashes.SHA256()))
        parts = {"clientDataJSON": client, "authenticatorData": data, "signature": signature}
        return self._said(parts | ({"userHandle": handle} if handle else {}))

    def _client(self, kind: str, challenge: str) -> bytes:
        told = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": self.cross_origin}
        return json.dumps(told).encode()

    def _data(self, flags: int) -> bytes:
        flags |= _VERIFIED * self.verified | _PRESENT * self.present
        return sha256(self.site.encode()).digest() + struct.pack(">BI", flags, self.count)

    def _public(self) -> bytes:
        numbers = self.secret.public_key().public_numbers()
        x, y = numbers.x.to_bytes(32), numbers.y.to_bytes(32)
        return encode_cbor({1: 2, 3: -7, -1: 1, -2: x, -3: y})

    def _said(self, parts: dict[str, bytes]) -> dict[str, Any]:
        name = bytes_to_base64url(self.id)
        response = {part: bytes_to_base64url(value) for part, value in parts.items()}
        return {"id": name, "rawId": name, "type": "public-key", "response": response}


def handle_in(asked: dict[str, Any]) -> bytes:
    """What the passkey that is asked for here would call its person."""
    return base64url_to_bytes(asked["user"]["id"])
