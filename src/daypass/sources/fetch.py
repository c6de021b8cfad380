"""
Asking a host that the operator named, in bounded time, for a document of bounded size, following nothing.

The path of an address is often its only secret, and a header may hold a token: neither stands in a sentence or a
detail. Both go to the host they are meant for and to no other.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import httpx2

from daypass.model.errors import Misconfigured, Throttled, Unavailable
from daypass.sources.addresses import address_of, is_private_way, same_place

LARGEST_BYTES = 1 << 20
SCHEDULE = "on-call schedule"
_PATIENCE_S = 10.0
_REDIRECTS = 3
_THROTTLED = 429


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long an answer is waited for, how large it may be, and what whoever reads of a failure may expect."""

    patience_s: float = _PATIENCE_S
    largest_bytes: int = LARGEST_BYTES
    then: str = "it will be tried again"


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
    found = address_of(url)
    if found is None:
        raise Misconfigured(f"The address of the {what} is not an address; it begins with https://.")
    if not is_private_way(found):
        raise Misconfigured(f"The address of the {what} at {found.host} must begin with https:// (or be on 127.0.0.1).")
    return found


def get(
    url: httpx2.URL, *, headers: Mapping[str, str], patience_s: float = _PATIENCE_S, what: str = SCHEDULE
) -> FetchedDocument:
    """Ask once, following nothing. Raises Unavailable without a whole answer, Misconfigured for one too large."""
    return fetch(url, headers=headers, what=what, limits=Limits(patience_s=patience_s))


def fetch(url: httpx2.URL, *, headers: Mapping[str, str], what: str, limits: Limits) -> FetchedDocument:
    """Ask once, following nothing. Raises as `get` does."""
    ends = time.monotonic() + limits.patience_s
    told = {"User-Agent": "daypass", "Accept-Encoding": "identity"} | dict(headers)
    with _asked("GET", url, told, limits) as answer:
        body = _body(answer, f"{what} at {url.host}", lambda: time.monotonic() > ends, limits)
    location = answer.headers.get("location", "") if answer.is_redirect else ""
    return FetchedDocument(status=answer.status_code, body=body, location=location)


def post(url: httpx2.URL, body: bytes, *, headers: Mapping[str, str], patience_s: float = _PATIENCE_S) -> int:
    """Send something, following nothing and reading nothing but the status. Raises Unavailable without one in time."""
    with _asked("POST", url, headers, Limits(patience_s=patience_s), body) as answer:
        return answer.status_code


@contextmanager
def _asked(
    method: str, url: httpx2.URL, headers: Mapping[str, str], limits: Limits, content: bytes | None = None
) -> Iterator[httpx2.Response]:
    """Send a request and let its answer be read. Raises Unavailable, naming the host alone."""
    try:
        with (
            httpx2.Client(timeout=limits.patience_s, follow_redirects=False) as client,
            client.stream(method, url, headers=dict(headers), content=content) as answer,
        ):
            yield answer
    except httpx2.TimeoutException:
        raise Unavailable(f"{url.host} does not answer in time; {limits.then}.") from None
    except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
        raise Unavailable(f"{url.host} does not answer; {limits.then}.").because(type(error).__name__) from None


def _body(answer: httpx2.Response, what: str, is_late: Callable[[], bool], limits: Limits) -> bytes:
    # A packed answer may unpack to any size; we asked for none.
    if answer.headers.get("content-encoding", "identity") != "identity":
        raise Unavailable(f"The {what} answers in a packed form that was not asked for.")
    body = bytearray()
    for piece in answer.iter_raw():
        body += piece
        if len(body) > limits.largest_bytes:
            raise Misconfigured(f"The answer of the {what} is larger than {limits.largest_bytes >> 10} KiB.")
        if is_late():
            raise Unavailable(f"The {what} does not answer in time; {limits.then}.")
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
    if not same_place(there, here):
        raise Misconfigured(f"The calendar at {here.host} has moved to another host; name its new address.")
    return there
