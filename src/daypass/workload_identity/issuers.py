"""
Tokens of workloads, proved: lifecycle/bots/exchange.Workloads.

A token is a signature of an issuer that the operator named, over claims that hold now. Nothing that the token's own
header says is believed but which key it means: the algorithm must be one of a short list and fit the key, so that
neither `none` nor an HMAC with a public key for its secret is ever tried.
"""

import base64
import json
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError, UnsupportedAlgorithmError
from joserfc.jwk import ECKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry

from daypass.lifecycle.bots.exchange import Proof
from daypass.model.errors import BadInput, Misconfigured, NotYours
from daypass.workload_identity.issuer_document import is_address
from daypass.workload_identity.keys import IssuerKeys, Key

LEEWAY = timedelta(seconds=60)
LONGEST_LIFE = timedelta(hours=24)
_LARGEST = 16 * 1024
_TOKEN = re.compile(r"[\w-]+\.[\w-]+\.[\w-]+", re.ASCII)
_ALGORITHMS: Mapping[str, type[RSAKey] | type[ECKey] | type[OKPKey]] = {
    "RS256": RSAKey,
    "ES256": ECKey,
    "EdDSA": OKPKey,
    "Ed25519": OKPKey,
}
_NO_TOKEN = "That is not a token of a workload (a signed JWT)."  # noqa: S105 - a sentence about one
_NOT_PROVED = "This token is not signed by its issuer."


class _Registry(JWSRegistry):
    """The few algorithms there are here, whatever the library takes besides."""

    def get_alg(self, name: str) -> Any:
        """Find one of ours. Raises UnsupportedAlgorithmError."""
        if name not in _ALGORITHMS:
            raise UnsupportedAlgorithmError
        return self.algorithms[name]


_REGISTRY = _Registry(strict_check_header=False)
_REGISTRY.max_header_length = 4096


class Issuers:
    """The issuers that the operator named, and their keys."""

    def __init__(self, trusted: Iterable[str], *, clock: Callable[[], float]) -> None:
        """Trust these, by the names they give themselves. `clock` is monotonic. Raises Misconfigured."""
        self._keys = {issuer: IssuerKeys(issuer, clock=clock) for issuer in trusted}
        if wrong := [issuer for issuer in self._keys if not is_address(issuer)]:
            raise Misconfigured(f"DAYPASS_ROBOTS_ISSUERS: “{wrong[0]}” is not the address of an issuer, on https.")

    def trusts(self, issuer: str) -> bool:
        """Whether the operator named this issuer, letter by letter."""
        return issuer in self._keys

    def issuer(self, token: str) -> str:
        """Read, unproved, who says to have issued a token. Raises BadInput."""
        issuer = _read(token, 1).get("iss")
        if not isinstance(issuer, str) or not issuer:
            raise BadInput(_NO_TOKEN, field="subject_token")
        return issuer

    def prove(self, token: str, *, issuer: str, now: datetime) -> Proof:
        """Check a token against its issuer's keys and the time. Raises NotYours, or Unavailable without the keys."""
        header = _read(token, 0)
        algorithm, key_id = header.get("alg"), header.get("kid")
        if not isinstance(algorithm, str) or algorithm not in _ALGORITHMS or not isinstance(key_id, str | None):
            raise NotYours(_NOT_PROVED)
        key = self._keys[issuer].find(key_id) if self.trusts(issuer) else None
        if key is None or not isinstance(key, _ALGORITHMS[algorithm]):
            raise NotYours(_NOT_PROVED)
        claims = _signed(token, key)
        if claims.get("iss") != issuer:
            raise NotYours(_NOT_PROVED)
        return _timely(claims, issuer, now)


def _signed(token: str, key: Key) -> Mapping[str, object]:
    try:
        return jwt.decode(token, key, registry=_REGISTRY).claims
    except (JoseError, ValueError, TypeError, KeyError, RecursionError):
        raise NotYours(_NOT_PROVED) from None


def _timely(claims: Mapping[str, object], issuer: str, now: datetime) -> Proof:
    issued_at, ends = _moment(claims, "iat"), _moment(claims, "exp")
    begins = _moment(claims, "nbf") if "nbf" in claims else issued_at
    if now >= ends + LEEWAY:
        raise NotYours("This token is over; ask its issuer for another.")
    if max(begins, issued_at) > now + LEEWAY:
        raise NotYours("This token is not good yet; compare the clocks.")
    if ends - issued_at > LONGEST_LIFE:
        raise NotYours("This token lives for more than a day; have its issuer make one that lives shorter.")
    return Proof(issuer=issuer, audiences=_audiences(claims.get("aud")), issued_at=issued_at, ends=ends, claims=claims)


def _moment(claims: Mapping[str, object], name: str) -> datetime:
    said = claims.get(name)
    if isinstance(said, bool) or not isinstance(said, int | float):
        raise NotYours(f"This token does not say when it was made and when it ends ({name}).")
    try:
        return datetime.fromtimestamp(said, UTC)
    except (ValueError, OverflowError, OSError):
        raise NotYours(f"This token says a time that there is not ({name}).") from None


def _audiences(said: object) -> frozenset[str]:
    named = said if isinstance(said, list) else [said]
    return frozenset(one for one in named if isinstance(one, str))


def _read(token: str, part: int) -> dict[str, Any]:
    """Read a part of a token as it stands, proving nothing. Raises BadInput."""
    if len(token) > _LARGEST or not _TOKEN.fullmatch(token):
        raise BadInput(_NO_TOKEN, field="subject_token")
    text = token.split(".")[part]
    try:
        found = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, RecursionError):
        raise BadInput(_NO_TOKEN, field="subject_token") from None
    if not isinstance(found, dict):
        raise BadInput(_NO_TOKEN, field="subject_token")
    return found
