"""The name under which browsers keep passkeys for this service, and the one address that they are good at."""

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from daypass.model.errors import Misconfigured

_USUAL_PORT = {"https": 443, "http": 80}


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What WebAuthn calls the relying party: its id, and the origin that its pages have."""

    id: str
    origin: str


def site(public_url: str) -> Site:
    """Read it off the service's public address. Raises Misconfigured for one at which browsers know no passkeys."""
    try:
        parts = urlsplit(public_url)
        host, port = parts.hostname or "", parts.port
        name = host.encode("idna").decode()
    except ValueError:
        raise _unusable(public_url, "which is not an address") from None
    if not host or parts.scheme not in _USUAL_PORT:
        raise _unusable(public_url, "which is not the address of a page")
    if _is_number(host):
        raise _unusable(public_url, "which is a number, and browsers keep passkeys for a host name alone")
    if parts.scheme == "http" and name != "localhost" and not name.endswith(".localhost"):
        raise _unusable(public_url, "and browsers use passkeys over https alone")
    shown = "" if port in {None, _USUAL_PORT[parts.scheme]} else f":{port}"
    return Site(id=name, origin=f"{parts.scheme}://{name}{shown}")


def _is_number(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _unusable(public_url: str, why: str) -> Misconfigured:
    return Misconfigured(
        f"Passkeys cannot be used here: DAYPASS_SERVICE_PUBLIC_URL is “{public_url[:200]}”, {why}. Set it to one like "
        "https://daypass.example.com, or on this machine http://localhost:8700."
    )
