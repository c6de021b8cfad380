"""Network addresses: what one is, and whoever is behind it, for a limit."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

_HOUSEHOLD = 64
"""Bits of an IPv6 address that a provider gives out; the others are its customer's."""
_SITE = 48
"""Bits where it gives out more: 65,536 networks to one customer (RFC 6177)."""


def read_address(text: str) -> IPv4Address | IPv6Address | None:
    """Read one, in brackets or not; None for what is no address."""
    try:
        found = ip_address(text.strip("[]"))
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return mapped or found


def whose(address: str) -> str:
    """Name whoever is behind an address, for a limit: of IPv6 anybody has 2^64 addresses to choose from."""
    here = read_address(address)
    if not isinstance(here, IPv6Address):
        return address
    return str(ip_network((here, _HOUSEHOLD), strict=False))


def site_of(network: str) -> str:
    """Name whoever may have been given a network (`whose`) and others beside it: of IPv6 its /48."""
    address, _, bits = network.partition("/")
    here = read_address(address) if bits else None
    return str(ip_network((here, _SITE), strict=False)) if isinstance(here, IPv6Address) else network
