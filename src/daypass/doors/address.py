"""
Where a visitor comes from.

`X-Forwarded-For` is what anybody cares to write, except for its last part, which the nearest proxy wrote. So it is read
from the right, and only for as long as the one who wrote it is a proxy the operator named.
"""

from collections.abc import Iterable, Mapping
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from daypass.model.network import read_address

FORWARDED = (
    *("forwarded", "via", "x-forwarded-for", "x-forwarded", "x-forwarded-host", "x-forwarded-proto", "x-real-ip"),
    *("x-client-ip", "x-cluster-client-ip", "true-client-ip", "cf-connecting-ip", "fastly-client-ip"),
    *("x-original-forwarded-for", "x-envoy-external-address", "x-amzn-trace-id", "x-azure-clientip"),
)
"""Headers in which proxies say that they pass something on; which of them a proxy writes is the proxy's choice."""
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
    while hops and is_trusted(here, trusted):
        before = read_address(hops.pop())
        if before is None:
            break
        here = before
    return str(here)


def was_forwarded(peer: str | None, headers: Mapping[str, str], trusted: Networks) -> bool:
    """Whether a request came through some proxy that does not say for whom, or that the operator did not name."""
    here = read_address(peer or "")
    told = any(name in headers for name in FORWARDED)
    return told and ("x-forwarded-for" not in headers or here is None or not is_trusted(here, trusted))


def is_trusted(address: IPv4Address | IPv6Address, trusted: Networks) -> bool:
    """Whether a proxy that the operator named is there."""
    return any(address in network for network in trusted)
