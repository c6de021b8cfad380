"""
For whom a request says it is: the host of the public address, or a number.

A browser inside the network can be led to ask us in the name of a stranger's page, whose host name the stranger points
at our address (DNS rebinding); the page then reads the answer. It cannot change the Host header, which is the
stranger's name. A load balancer that asks whether we are well may call us anything.
"""

import re
from http import HTTPStatus
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from daypass.doors.refusals import Code
from daypass.doors.wire.problem import refusal
from daypass.model.network import read_address

_FOR_ANYBODY = "/healthz"
_HERE = "localhost"
_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[0-9a-z_.-]+)(?::[0-9]{0,5})?")
"""RFC 9110, section 7.2: a name or a number, and perhaps a port, which may be any: proxies map them."""


class Hosts:
    """Answers what is meant for us alone."""

    def __init__(self, app: ASGIApp, *, public_url: str) -> None:
        """Know one host by name."""
        self._app = app
        self._ours = {_HERE, (urlsplit(public_url).hostname or _HERE).rstrip(".")}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as ASGI asks."""
        if scope["type"] == "http" and scope["path"] != _FOR_ANYBODY and not self._is_ours(scope):
            sentence = "This address answers to its own name only; see DAYPASS_SERVICE_PUBLIC_URL."
            answer = refusal(HTTPStatus.MISDIRECTED_REQUEST, sentence, code=Code.BAD_REQUEST)
            await answer(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _is_ours(self, scope: Scope) -> bool:
        told = Headers(scope=scope).getlist("host")
        if len(told) != 1:
            return False
        found = _HOST.fullmatch(told[0].lower())
        host = found[1].rstrip(".") if found else ""
        return host in self._ours or host.endswith(f".{_HERE}") or read_address(host) is not None
