"""
The keys of one issuer, as its discovery document names them (OpenID Connect Discovery 1.0, RFC 7517).

Kept for an hour. A key that is not among them makes us look once more, at most once a minute, so that an issuer may
change its keys at any time and nobody can make us ask it all day. An issuer that did not answer is left alone for a
while. Only public keys of a strength worth the name are taken; a symmetric one never.
"""

import base64
import threading
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey

from daypass.model.errors import Unavailable
from daypass.workload_identity.issuer_document import is_address, read_json, same_place

FRESH_S = 3600.0
LOOK_AGAIN_S = 60.0
LEAVE_ALONE_S = 10.0
_MOST_KEYS = 100
_SMALLEST_RSA_BITS = 2048

Key: TypeAlias = RSAKey | ECKey | OKPKey
_CURVES = {"EC": "P-256", "OKP": "Ed25519"}
_KINDS: Mapping[str, type[RSAKey] | type[ECKey] | type[OKPKey]] = {"RSA": RSAKey, "EC": ECKey, "OKP": OKPKey}
_PUBLIC = frozenset({"kty", "crv", "n", "e", "x", "y", "kid", "alg", "use"})


class IssuerKeys:
    """What one issuer signs with."""

    def __init__(self, issuer: str, *, clock: Callable[[], float]) -> None:
        """Know nothing yet."""
        self._issuer = issuer
        self._clock = clock
        self._keys: dict[str, Key] = {}
        self._read_at: float | None = None
        self._failed_at: float | None = None
        self._one_at_a_time = threading.Lock()

    def find(self, key_id: str | None) -> Key | None:
        """Find a key by its id; without one, the only key there is. None when there is none. Raises Unavailable."""
        with self._one_at_a_time:
            if self._older_than(FRESH_S):
                self._read()
            if self._pick(key_id) is None and self._older_than(LOOK_AGAIN_S):
                self._read()
            return self._pick(key_id)

    def _pick(self, key_id: str | None) -> Key | None:
        if key_id is not None:
            return self._keys.get(key_id)
        return next(iter(self._keys.values())) if len(self._keys) == 1 else None

    def _older_than(self, seconds: float) -> bool:
        return self._read_at is None or self._clock() - self._read_at >= seconds

    def _read(self) -> None:
        if self._failed_at is not None and self._clock() - self._failed_at < LEAVE_ALONE_S:
            raise Unavailable("The issuer of this token did not give its keys a moment ago; try again soon.")
        try:
            self._keys = read_keys(self._issuer)
        except Unavailable:
            self._failed_at = self._clock()
            raise
        self._read_at, self._failed_at = self._clock(), None


def read_keys(issuer: str) -> dict[str, Key]:
    """Read an issuer's keys, by their ids. Raises Unavailable when it does not give them as it should."""
    said = read_json(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
    if said.get("issuer") != issuer:
        raise Unavailable(f"{issuer} calls itself by another name; it must be named here exactly so.")
    where = said.get("jwks_uri")
    if not isinstance(where, str) or not is_address(where) or not same_place(where, issuer):
        raise Unavailable(f"{issuer} names no keys, or some at another host than its own, where we do not look.")
    listed = read_json(where).get("keys")
    if not isinstance(listed, list):
        raise Unavailable(f"{issuer} does not give its keys as a list.")
    found = [(one, _key(one)) for one in listed[:_MOST_KEYS] if isinstance(one, dict)]
    return {str(one.get("kid", "")): key for one, key in found if key is not None}


def _key(said: dict[str, Any]) -> Key | None:
    """Read one key, or None for one that we do not take."""
    kind = said.get("kty")
    if not isinstance(kind, str) or kind not in _KINDS or said.get("use", "sig") != "sig":
        return None
    if said.get("crv") != _CURVES.get(kind) or (kind == "RSA" and _is_weak(said.get("n"))):
        return None
    try:
        return _KINDS[kind].import_key({name: value for name, value in said.items() if name in _PUBLIC})
    except (JoseError, ValueError, TypeError, AttributeError):
        return None


def _is_weak(modulus: object) -> bool:
    text = modulus if isinstance(modulus, str) else ""
    try:
        number = int.from_bytes(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except ValueError:
        return True
    return number.bit_length() < _SMALLEST_RSA_BITS
