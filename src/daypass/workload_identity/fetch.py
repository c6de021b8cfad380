"""
Reading a small JSON document from an issuer, in bounded time and size, following nothing.

Plain HTTP is spoken with this machine alone, which is what tests and a sidecar do.
"""

import json
import time
from ipaddress import ip_address
from typing import Any

import httpx2

from daypass.model.errors import Unavailable

LARGEST_BYTES = 256 * 1024
PATIENCE_S = 5.0


def is_address(url: str) -> bool:
    """Whether this names a place that an issuer may be at: https, or http on this machine; no user, query, fragment."""
    try:
        found = httpx2.URL(url)
    except (httpx2.InvalidURL, ValueError, TypeError):
        return False
    plain = not (found.userinfo or found.query or found.fragment or "?" in url or "#" in url)
    return plain and bool(found.host) and (found.scheme == "https" or (found.scheme == "http" and _is_here(found.host)))


def same_place(one: str, other: str) -> bool:
    """Whether two addresses are at one host, port and scheme."""
    here, there = httpx2.URL(one), httpx2.URL(other)
    return (here.scheme, here.host, here.port) == (there.scheme, there.host, there.port)


def read_json(url: str, *, patience_s: float = PATIENCE_S) -> dict[str, Any]:
    """Read a JSON object. Raises Unavailable when it is not given whole, in time, and as one."""
    host = httpx2.URL(url).host
    try:
        found = json.loads(_body(url, host, time.monotonic() + patience_s, patience_s))
    except httpx2.TimeoutException:
        raise _late(host) from None
    except (httpx2.HTTPError, OSError) as error:
        raise Unavailable(f"{host} does not answer; try again in a moment.").because(type(error).__name__) from None
    except (ValueError, RecursionError):
        raise Unavailable(f"{host} answers with what is no JSON.") from None
    if not isinstance(found, dict):
        raise Unavailable(f"{host} answers with JSON of another form than an issuer's.")
    return found


def _body(url: str, host: str, ends: float, patience_s: float) -> bytes:
    told = {"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": "daypass"}
    body = bytearray()
    with (
        httpx2.Client(timeout=patience_s, follow_redirects=False) as client,
        client.stream("GET", url, headers=told) as answer,
    ):
        # What is packed may unpack to any size; we asked for none.
        if answer.status_code != httpx2.codes.OK or answer.headers.get("content-encoding", "identity") != "identity":
            raise Unavailable(f"{host} answers {answer.status_code} in place of what an issuer says of itself.")
        for piece in answer.iter_raw():
            body += piece
            if len(body) > LARGEST_BYTES:
                raise Unavailable(f"{host} answers with more than an issuer has to say.")
            if time.monotonic() > ends:
                raise _late(host)
    return bytes(body)


def _late(host: str) -> Unavailable:
    return Unavailable(f"{host} does not answer in time; try again in a moment.")


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
