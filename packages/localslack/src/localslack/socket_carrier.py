"""
Deliveries over Socket Mode, for apps without a public address.

https://docs.slack.dev/apis/events-api/using-socket-mode: the app asks for a one-time WebSocket
address, is greeted with `hello`, gets envelopes and acknowledges each by its id.
"""

import asyncio
import json
import secrets
import uuid
from typing import Any

from aiohttp import WSMsgType, web

from localslack.changes import Change, Subject
from localslack.deliveries import Answer, Delivery, Failure, Family
from localslack.wire import Json
from localslack.world import World

_ENVELOPES = {
    Family.COMMAND: "slash_commands",
    Family.INTERACTION: "interactive",
    Family.OPTIONS: "interactive",
    Family.EVENT: "events_api",
}


class SocketCarrier:
    """The open sockets of the app, and the envelopes on their way."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._tickets: set[str] = set()
        self._sockets: list[web.WebSocketResponse] = []
        self._waiting: dict[str, asyncio.Future[Json]] = {}

    @property
    def connected(self) -> int:
        """Count the open sockets."""
        return len(self._sockets)

    def new_address(self) -> str:
        """Give a WebSocket address that works once."""
        ticket = secrets.token_urlsafe(16)
        self._tickets.add(ticket)
        base = self._world.base_url.replace("http", "ws", 1)
        return f"{base}/link/?ticket={ticket}&app_id={self._world.app.app_id}"

    async def accept(self, request: web.Request) -> web.StreamResponse:
        """Serve one socket until it closes."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            raise web.HTTPForbidden(text="This link was used already, or never given out.")
        self._tickets.discard(ticket)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self._sockets.append(socket)
        try:
            await socket.send_json(self._hello())
            self._announce()
            await self._listen(socket)
        except ConnectionError:
            pass  # The connection broke while something was written: the app connects anew.
        finally:
            self._sockets.remove(socket)
            self._announce()
        return socket

    async def carry(self, delivery: Delivery) -> Answer:
        """Send one delivery in an envelope and wait for its acknowledgement."""
        if not self._sockets:
            return Answer(failure=Failure.NOBODY)
        envelope = self._envelope(delivery)
        answered: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        self._waiting[envelope["envelope_id"]] = answered
        try:
            async with asyncio.timeout(self._world.ack_seconds):
                await secrets.choice(self._sockets).send_json(envelope)
                return _read(await answered)
        except TimeoutError:
            return Answer(failure=Failure.TIMEOUT)
        except ConnectionError:
            return Answer(failure=Failure.UNREACHABLE)
        finally:
            del self._waiting[envelope["envelope_id"]]

    async def drop(self) -> None:
        """Break every connection without a word, as a network does."""
        for socket in list(self._sockets):
            transport = socket._req.transport if socket._req else None  # noqa: SLF001 (no public way to break it)
            if transport is not None:
                transport.abort()
        await asyncio.sleep(0)

    async def frame(self, text: str) -> None:
        """Send a text as it is."""
        for socket in list(self._sockets):
            await socket.send_str(text)

    async def refresh(self, reason: str = "refresh_requested") -> None:
        """Ask the app to connect anew, as Slack does every few hours, then close."""
        for socket in list(self._sockets):
            await socket.send_json({"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-local"}})
            await socket.close()

    async def close(self) -> None:
        """Close every socket."""
        for socket in list(self._sockets):
            await socket.close()

    async def _listen(self, socket: web.WebSocketResponse) -> None:
        async for frame in socket:
            if frame.type is WSMsgType.TEXT:
                message = json.loads(frame.data)
                answered = self._waiting.get(message.get("envelope_id", ""))
                if answered is not None and not answered.done():
                    answered.set_result(message)

    def _announce(self) -> None:
        self._world.changes.announce(Change(subject=Subject.WIRE))

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self._sockets),
            "debug_info": {"host": "applink-local", "build_number": 1, "approximate_connection_time": 18060},
            "connection_info": {"app_id": self._world.app.app_id},
        }

    def _envelope(self, delivery: Delivery) -> Json:
        envelope: Json = {
            "envelope_id": str(uuid.uuid4()),
            "type": _ENVELOPES[delivery.family],
            "payload": delivery.payload,
            "accepts_response_payload": delivery.family is not Family.EVENT,
        }
        if delivery.family is Family.EVENT:
            envelope |= {"retry_attempt": delivery.attempt, "retry_reason": delivery.retry_reason}
        return envelope


def _read(acknowledgement: dict[str, Any]) -> Answer:
    payload = acknowledgement.get("payload")
    if not isinstance(payload, dict):
        return Answer(text=payload if isinstance(payload, str) else "")
    return Answer(payload=payload or None)
