"""What an issuer says of itself and of its keys: a small JSON object, read in bounded time and size."""

import json
from typing import Any

from daypass.model.errors import Misconfigured, Unavailable
from daypass.sources.addresses import address_of, is_private_way
from daypass.sources.addresses import same_place as at_one_place
from daypass.sources.fetch import Limits, fetch

LARGEST_BYTES = 256 * 1024
PATIENCE_S = 5.0
_OK = 200


def is_address(url: str) -> bool:
    """Whether this names a place that an issuer may be at: https, or http on this machine; no user, query, fragment."""
    found = address_of(url)
    if found is None or found.userinfo or found.query or found.fragment or "?" in url or "#" in url:
        return False
    return is_private_way(found)


def same_place(one: str, other: str) -> bool:
    """Whether two addresses are at one host, port and scheme."""
    here, there = address_of(one), address_of(other)
    return here is not None and there is not None and at_one_place(here, there)


def read_json(url: str, *, patience_s: float = PATIENCE_S) -> dict[str, Any]:
    """Read a JSON object. Raises Unavailable when it is not given whole, in time, and as one."""
    address = address_of(url)
    if address is None:
        raise Unavailable("The issuer of this token names an address that is none.")
    limits = Limits(patience_s=patience_s, largest_bytes=LARGEST_BYTES, then="try again in a moment")
    try:
        answer = fetch(address, headers={"Accept": "application/json"}, what="issuer", limits=limits)
    except Misconfigured:
        raise Unavailable(f"{address.host} answers with more than an issuer has to say.") from None
    if answer.status != _OK:
        raise Unavailable(f"{address.host} answers {answer.status} in place of what an issuer says of itself.")
    try:
        found = json.loads(answer.body)
    except (ValueError, RecursionError):
        raise Unavailable(f"{address.host} answers with what is no JSON.") from None
    if not isinstance(found, dict):
        raise Unavailable(f"{address.host} answers with JSON of another form than an issuer's.")
    return found
