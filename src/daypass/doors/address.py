"""
Where a visitor comes from.

`X-Forwarded-For` is what anybody cares to write, except for its last part, which the nearest proxy wrote. So it is read
from the right, and only for as long as the one who wrote it is a proxy the operator named.

    192.0.2.7   192.0.2.7:4711   2001:db8::7   [2001:db8::7]   [2001:db8::7]:4711

What such a proxy wrote and nobody can read makes the visitor `unknown`: never the proxy, which may be private.
"""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

import structlog
from starlette.requests import HTTPConnection

from daypass.model.network import read_address

FORWARDED = (
    *("forwarded", "via", "x-forwarded-for", "x-forwarded", "x-forwarded-host", "x-forwarded-proto", "x-real-ip"),
    *("x-client-ip", "x-cluster-client-ip", "true-client-ip", "cf-connecting-ip", "fastly-client-ip"),
    *("x-original-forwarded-for", "x-envoy-external-address", "x-amzn-trace-id", "x-azure-clientip"),
)
"""Headers in which proxies say that they pass something on; which of them a proxy writes is the proxy's choice."""
Networks = tuple[IPv4Network | IPv6Network, ...]
UNKNOWN = "unknown"
"""The visitor of whom nobody can say where they come from; all of these share their limits."""

_WITH_PORT = re.compile(r"(?:\[(?P<bare>[^\[\]]+)\]|(?P<v4>[0-9.]+))(?::[0-9]{1,5})?")

log = structlog.get_logger()


def address_of(visit: HTTPConnection, trusted: Networks) -> str:
    """Where a visitor comes from, past the proxies that are trusted; see `visitor_address`."""
    return visitor_address(peer_of(visit), visit.headers.getlist("x-forwarded-for"), trusted)


def peer_of(visit: HTTPConnection) -> str | None:
    """The other end of the connection: the visitor, or the proxy nearest to us."""
    return visit.client.host if visit.client else None


def visitor_address(peer: str | None, forwarded: Iterable[str], trusted: Networks) -> str:
    """
    Name the first address from the right that is not a trusted proxy's; `unknown` when one of theirs cannot be read.

    `forwarded` is the values of the X-Forwarded-For headers in their order.
    """
    here = read_address(peer or "")
    if here is None:
        return UNKNOWN
    hops = [hop.strip() for value in forwarded for hop in value.split(",")]
    while hops and is_trusted(here, trusted):
        before = _hop(hops.pop())
        if before is None:
            _say_unreadable(str(here))
            return UNKNOWN
        here = before
    return str(here)


def was_forwarded(peer: str | None, headers: Mapping[str, str], trusted: Networks) -> bool:
    """Whether a request came through some proxy that does not say for whom, or that the operator did not name."""
    here = read_address(peer or "")
    if here is None or not is_trusted(here, trusted):
        return any(name in headers for name in FORWARDED)
    if "x-forwarded-for" not in headers:
        _say_silent(str(here))
        return True
    return False


def is_trusted(address: IPv4Address | IPv6Address, trusted: Networks) -> bool:
    """Whether a proxy that the operator named is there."""
    return any(address in network for network in trusted)


def _hop(text: str) -> IPv4Address | IPv6Address | None:
    """Read one part of the header, with a port or without."""
    found = _WITH_PORT.fullmatch(text)
    return read_address((found["bare"] or found["v4"]) if found else text)


@lru_cache(maxsize=64)
def _say_unreadable(proxy: str) -> None:
    """Say it once of each proxy, and never what it wrote, which may be anybody's words."""
    log.warning(
        "proxy.unreadable", proxy=proxy, because="Its X-Forwarded-For ends in no address: nobody is told apart."
    )


@lru_cache(maxsize=64)
def _say_silent(proxy: str) -> None:
    log.warning("proxy.silent", proxy=proxy, because="It asks for the metrics and has no X-Forwarded-For: for whom?")
