"""
Reading a document of bounded size from a host the operator named, in bounded time.

The path of a calendar's address is often its only secret, and a header may hold a token: neither stands in a sentence
or a detail. Both go to the host they are meant for and to no other.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import ip_address

import httpx2

from daypass.model.errors import Misconfigured, Throttled, Unavailable

LARGEST_BYTES = 1 << 20
SCHEDULE = "on-call schedule"
_PATIENCE_S = 10.0
_REDIRECTS = 3
_THROTTLED = 429


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedDocument:
    """What a host answered."""

    status: int
    body: bytes
    location: str = ""


def fetch_calendar(url: str, *, patience_s: float = _PATIENCE_S) -> bytes:
    """
    Read a calendar, following redirects within its host only.

    Raises Unavailable when it is not given, Misconfigured for an address that will not do, Throttled when asked to
    be slower.
    """
    here = checked(url)
    for _ in range(_REDIRECTS + 1):
        answer = get(here, headers={"Accept": "text/calendar"}, patience_s=patience_s)
        if not answer.location:
            return _given(answer, here.host)
        here = _next(here, answer.location)
    raise Unavailable(f"The calendar at {here.host} sends us from one address to the next without end.")


def checked(url: str, *, what: str = SCHEDULE) -> httpx2.URL:
    """Read the address; HTTPS is a must, but for this machine. Raises Misconfigured."""
    try:
        found = httpx2.URL(url)
    except (httpx2.InvalidURL, ValueError, TypeError):
        raise Misconfigured(f"The address of the {what} is not an address; it begins with https://.") from None
    if not found.host or found.scheme not in {"http", "https"}:
        raise Misconfigured(f"The address of the {what} is not an address; it begins with https://.")
    if found.scheme == "http" and not _is_here(found.host):
        raise Misconfigured(f"The address of the {what} at {found.host} must begin with https://.")
    return found


def get(
    url: httpx2.URL, *, headers: Mapping[str, str], patience_s: float = _PATIENCE_S, what: str = SCHEDULE
) -> FetchedDocument:
    """Ask once, following nothing. Raises Unavailable without a whole answer, Misconfigured for one too large."""
    ends = time.monotonic() + patience_s
    told = {"User-Agent": "daypass", "Accept-Encoding": "identity"} | dict(headers)
    try:
        with (
            httpx2.Client(timeout=patience_s, follow_redirects=False) as client,
            client.stream("GET", url, headers=told) as answer,
        ):
            body = _body(answer, f"{what} at {url.host}", lambda: time.monotonic() > ends)
    except httpx2.TimeoutException:
        raise _late(url.host) from None
    except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
        raise Unavailable(f"{url.host} does not answer; it will be tried again.").because(
            type(error).__name__
        ) from None
    location = answer.headers.get("location", "") if answer.is_redirect else ""
    return FetchedDocument(status=answer.status_code, body=body, location=location)


def _body(answer: httpx2.Response, what: str, is_late: Callable[[], bool]) -> bytes:
    # A packed answer may unpack to any size; we asked for none.
    if answer.headers.get("content-encoding", "identity") != "identity":
        raise Unavailable(f"The {what} answers in a packed form that was not asked for.")
    body = bytearray()
    for piece in answer.iter_raw():
        body += piece
        if len(body) > LARGEST_BYTES:
            raise Misconfigured(f"The answer of the {what} is larger than 1 MiB.")
        if is_late():
            raise Unavailable(f"The {what} does not answer in time; it will be tried again.")
    return bytes(body)


def _given(answer: FetchedDocument, host: str) -> bytes:
    if answer.status == _THROTTLED:
        raise Throttled(f"{host} asks us to fetch the calendar less often; it will be tried again.")
    if answer.status != httpx2.codes.OK:
        raise Unavailable(f"{host} answers {answer.status} in place of the calendar; check its address.")
    return answer.body


def _next(here: httpx2.URL, location: str) -> httpx2.URL:
    try:
        there = here.join(location)
    except (httpx2.InvalidURL, ValueError):
        raise Unavailable(f"{here.host} sends us to an address that is none.") from None
    if (there.scheme, there.host, there.port) != (here.scheme, here.host, here.port):
        raise Misconfigured(f"The calendar at {here.host} has moved to another host; name its new address.")
    return there


def _late(host: str) -> Unavailable:
    return Unavailable(f"{host} does not answer in time; it will be tried again.")


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
