"""
The service's API, spoken with the standard library alone: this is what every command waits for at its start.

The token goes to the service it came from and nowhere else: redirects are not followed, and plain HTTP is spoken with
this machine only.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPException, HTTPResponse
from ipaddress import ip_address
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from daypass.doors.cli.failure import Failure

_EXIT = {"not_allowed": 2}
_PATIENCE_S = 60
_CHUNK = 1 << 16

Json = dict[str, Any]


class _NoRedirect(HTTPRedirectHandler):
    def redirect_request(self, *_args: object, **_named: object) -> None:
        return None


class Client:
    """One service, as one person or as nobody yet."""

    def __init__(self, url: str, token: str | None = None, *, patience_s: float = _PATIENCE_S) -> None:
        self.url = _checked(url)
        self._token = token
        self._patience_s = patience_s
        self._opener = build_opener(_NoRedirect)

    def get(self, path: str) -> Json:
        """Read something. Raises Failure with the service's own sentence."""
        return self._json("GET", path, None)

    def post(self, path: str, body: Mapping[str, Any] | None = None) -> Json:
        """Do something. Raises Failure with the service's own sentence."""
        return self._json("POST", path, body)

    def stream(self, method: str, path: str) -> Iterator[bytes]:
        """Read a long answer piece by piece. Raises Failure, also when it breaks off before its end."""
        with self._answer(method, path, None) as answer:
            while piece := answer.read1(_CHUNK):
                yield piece

    def _json(self, method: str, path: str, body: Mapping[str, Any] | None) -> Json:
        with self._answer(method, path, body) as answer:
            text = answer.read()
        found = _object(text) if text else {}
        if found is None:
            raise Failure(f"{self.url} does not answer as Daypass does; check DAYPASS_URL.")
        return found

    @contextmanager
    def _answer(self, method: str, path: str, body: Mapping[str, Any] | None) -> Iterator[HTTPResponse]:
        request = Request(f"{self.url}/v1{path}", method=method, headers=self._headers())  # noqa: S310 - checked: http(s)
        if method == "POST":
            request.data = json.dumps(body or {}).encode()
        try:
            with self._opener.open(request, timeout=self._patience_s) as answer:
                yield answer
        except HTTPError as error:
            raise _refused(error, self.url) from None
        except (URLError, OSError, HTTPException) as error:
            raise Failure(f"{self.url} cannot be reached: {_reason(error)}.", code="unreachable") from None

    def _headers(self) -> dict[str, str]:
        told = {"Accept": "application/json", "Content-Type": "application/json", "User-Agent": "daypass-cli"}
        return told | ({"Authorization": f"Bearer {self._token}"} if self._token else {})


def _refused(error: HTTPError, url: str) -> Failure:
    with error:
        found = _object(error.read(_CHUNK))
    told = found or {}
    if not {"type", "detail", "code"} <= told.keys():
        return Failure(f"{url} answered {error.code} and does not say why; check DAYPASS_URL, or the proxy before it.")
    code = str(told["code"])
    field = str(told.get("field") or "")
    return Failure(str(told["detail"]), exit_code=_EXIT.get(code, 1), code=code, field=field)


def _object(text: bytes) -> Json | None:
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _checked(url: str) -> str:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host, parts = None, urlsplit("")
    if host is None or parts.scheme not in {"http", "https"}:
        raise Failure(f"“{url}” is not the address of a service; DAYPASS_URL is one like https://daypass.example.com.")
    if parts.scheme == "http" and not _is_here(host):
        raise Failure(f"“{url}” would send your token in the clear; use https.")
    return url.rstrip("/")


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _reason(error: Exception) -> str:
    inner = error.reason if isinstance(error, URLError) else error
    if isinstance(inner, TimeoutError):
        return "it does not answer in time"
    if isinstance(inner, OSError) and inner.strerror:
        return inner.strerror.lower()
    return str(inner) or type(inner).__name__
