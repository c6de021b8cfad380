"""
Where Web API calls come in: reading the arguments, the token, the scopes and the faults.

Slack answers 200 to nearly everything and says no in the body; only rate limits (429) and outages
(5xx) are told by status.
"""

import asyncio
import json
from collections.abc import Callable
from typing import Any

from aiohttp import web

from localslack.faults import Broken
from localslack.web_api import auth, chat, conversations, people, views  # noqa: F401 (they register)
from localslack.web_api.call import METHODS, Call
from localslack.wire import Json, RefusedError
from localslack.world import ApiCall, World

OK = 200

SocketAddress = Callable[[], str]


class Gate:
    """Serves `/api/{method}`."""

    def __init__(self, world: World, socket_address: SocketAddress) -> None:
        self._world = world
        self._socket_address = socket_address

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Answer one call and record it."""
        name, began = request.match_info["method"], self._world.clock()
        arguments = await _arguments(request)
        token = _token(request, arguments)
        status, headers = 200, {}
        try:
            broken = self._world.faults.of(name)
            await asyncio.sleep(broken.hangs_s)
            if self._world.faults.unavailable or broken.status != OK:
                status = 503 if self._world.faults.unavailable else broken.status
                return web.Response(status=status, text="upstream connect error")
            answer = _without(await self._run(name, arguments, token), broken)
        except RefusedError as refusal:
            answer, status, headers = refusal.answer(), refusal.status, refusal.headers
        await asyncio.sleep(self._world.faults.slow_by)
        call = ApiCall(
            method=name, arguments=arguments, answer=answer, status=status, began=began, ended=self._world.clock()
        )
        self._world.calls.append(call)
        if self._world.faults.take("lose_answers") and request.transport is not None:
            request.transport.abort()
        return web.json_response(answer, status=status, headers=headers | self._scope_headers(name))

    async def _run(self, name: str, arguments: dict[str, Any], token: str) -> Json:
        self._world.faults.bite(name)
        registered = METHODS.get(name)
        if registered is None:
            raise RefusedError("unknown_method", req_method=name)
        if name == "api.test":
            return {"ok": True, "args": arguments}
        kind = self._world.app.kind_of(token)
        if kind is not registered.token:
            raise RefusedError("not_allowed_token_type")
        if name == "apps.connections.open":
            return self._open_connection()
        self._world.app.require_scope(*registered.scopes)
        return {"ok": True, **await registered.run(Call(world=self._world, arguments=arguments))}

    def _open_connection(self) -> Json:
        if not self._world.app.socket_mode:
            raise RefusedError("forbidden_team")
        return {"ok": True, "url": self._socket_address()}

    def _scope_headers(self, name: str) -> dict[str, str]:
        needed = METHODS[name].scopes if name in METHODS else ()
        granted = sorted(self._world.app.manifest.bot_scopes)
        return {"X-OAuth-Scopes": ",".join(granted), "X-Accepted-OAuth-Scopes": ",".join(needed)}


def _without(answer: Any, broken: Broken) -> Any:
    """The answer as it is when Slack leaves a field out."""
    if not broken.without:
        return answer
    if isinstance(answer, dict):
        left_out = broken.without if broken.of in {"", answer.get("id")} else None
        return {key: _without(value, broken) for key, value in answer.items() if key != left_out}
    return [_without(one, broken) for one in answer] if isinstance(answer, list) else answer


def _token(request: web.Request, arguments: dict[str, Any]) -> str:
    in_body = str(arguments.pop("token", ""))
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    return given.strip() if scheme.lower() == "bearer" else in_body


async def _arguments(request: web.Request) -> dict[str, Any]:
    arguments: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        try:
            body = json.loads(await request.text() or "{}")
        except ValueError:
            raise web.HTTPOk(text='{"ok":false,"error":"invalid_json"}', content_type="application/json") from None
        return arguments | body if isinstance(body, dict) else arguments
    return arguments | {key: str(value) for key, value in (await request.post()).items()}
