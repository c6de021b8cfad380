"""
Where a visitor comes from.

`X-Forwarded-For` is what anybody cares to write, except for its last part, which the nearest proxy wrote. So it is read
from the right, and only for as long as the one who wrote it is a proxy the operator named.
"""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

_HOUSEHOLD = 64
"""Bits of an IPv6 address that a provider gives out; the others are its customer's."""

Networks = tuple[IPv4Network | IPv6Network, ...]


def visitor_address(peer: str | None, forwarded: Iterable[str], trusted: Networks) -> str:
    """
    Name the first address from the right that is not a trusted proxy's; `unknown` when the server has no peer's.

    `forwarded` is the values of the X-Forwarded-For headers in their order.
    """
    here = _read(peer or "")
    if here is None:
        return "unknown"
    hops = [hop.strip() for value in forwarded for hop in value.split(",")]
    while hops and _is_trusted(here, trusted):
        before = _read(hops.pop())
        if before is None:
            break
        here = before
    return str(here)


def whose(address: str) -> str:
    """Name whoever is behind an address, for a limit: of IPv6 anybody has 2^64 addresses to choose from."""
    here = _read(address)
    if not isinstance(here, IPv6Address):
        return address
    return str(ip_network((here, _HOUSEHOLD), strict=False))


def _is_trusted(address: IPv4Address | IPv6Address, trusted: Networks) -> bool:
    return any(address in network for network in trusted)


def _read(text: str) -> IPv4Address | IPv6Address | None:
    try:
        found = ip_address(text.strip("[]"))
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return mapped or found
