"""Which methods an address takes: all of them in `Allow`, OPTIONS answered with them, and HEAD wherever GET is."""

from collections.abc import Iterable
from http import HTTPMethod, HTTPStatus

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.routing import BaseRoute, Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send


def allowed(scope: Scope) -> list[str]:
    """Every method that the address takes; none where there is nothing."""
    routes: list[BaseRoute] = scope["app"].routes
    found = {method.value for method in HTTPMethod if _takes(routes, scope, method)}
    if "GET" in found:
        found.add("HEAD")
    return sorted(found | {"OPTIONS"}) if found else []


class Methods:
    """Answers OPTIONS with what the address takes, and HEAD as GET without its body where nothing else is meant."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as ASGI asks."""
        match scope.get("method"):
            case "OPTIONS" if allow := await run_in_threadpool(allowed, scope):
                answer = Response(status_code=HTTPStatus.NO_CONTENT, headers={"Allow": ", ".join(allow)})
                await answer(scope, receive, send)
            case "HEAD" if not _takes(scope["app"].routes, scope, HTTPMethod.HEAD):
                await self._app({**scope, "method": "GET"}, receive, _without_body(send))
            case _:
                await self._app(scope, receive, send)


def _takes(routes: Iterable[BaseRoute], scope: Scope, method: HTTPMethod) -> bool:
    asked = {**scope, "method": method.value}
    return any(route.matches(dict(asked))[0] is Match.FULL for route in routes)


def _without_body(send: Send) -> Send:
    async def bare(message: Message) -> None:
        await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

    return bare
