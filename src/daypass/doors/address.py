"""
Where a visitor comes from.

`X-Forwarded-For` is what anybody cares to write, except for its last part, which the nearest proxy wrote. So it is read
from the right, and only for as long as the one who wrote it is a proxy the operator named.
"""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from daypass.model.network import read_address

Networks = tuple[IPv4Network | IPv6Network, ...]


def visitor_address(peer: str | None, forwarded: Iterable[str], trusted: Networks) -> str:
    """
    Name the first address from the right that is not a trusted proxy's; `unknown` when the server has no peer's.

    `forwarded` is the values of the X-Forwarded-For headers in their order.
    """
    here = read_address(peer or "")
    if here is None:
        return "unknown"
    hops = [hop.strip() for value in forwarded for hop in value.split(",")]
    while hops and _is_trusted(here, trusted):
        before = read_address(hops.pop())
        if before is None:
            break
        here = before
    return str(here)


def _is_trusted(address: IPv4Address | IPv6Address, trusted: Networks) -> bool:
    return any(address in network for network in trusted)
