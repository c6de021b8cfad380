"""
Addresses that the operator names, and which of them may be asked.

Plain HTTP is spoken with this machine alone, by its own number: what a name means, another may decide.
"""

from ipaddress import ip_address

import httpx2


def is_private_way(url: httpx2.URL) -> bool:
    """Whether nobody listens on the way there: HTTPS, or HTTP on 127.0.0.1 or ::1."""
    return bool(url.host) and (url.scheme == "https" or (url.scheme == "http" and _is_here(url.host)))


def address_of(text: str) -> httpx2.URL | None:
    """Read an address of HTTP or HTTPS; None for what is none."""
    try:
        found = httpx2.URL(text)
    except (httpx2.InvalidURL, ValueError, TypeError):
        return None
    return found if found.host and found.scheme in {"http", "https"} else None


def same_place(one: httpx2.URL, other: httpx2.URL) -> bool:
    """Whether two addresses are at one host, port and scheme."""
    return (one.scheme, one.host, one.port) == (other.scheme, other.host, other.port)


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
