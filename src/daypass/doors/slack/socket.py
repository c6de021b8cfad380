"""
Socket Mode, watched.

The client reconnects by itself, and there are reports of clients that are connected and hear nothing (bolt-python
1529, 417; python-slack-sdk 1110). So a watchdog replaces everything, app, client and connection, when there is no
connection for a while, or no envelope for long. The new one is connected before the old one is closed, so that nothing
falls between; Slack allows ten connections at once.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from slack_bolt.adapter.socket_mode.async_internals import send_async_response
from slack_bolt.async_app import AsyncApp
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

from daypass.doors.slack.acknowledge import Arrivals
from daypass.doors.slack.error_log import log_failure
from daypass.doors.slack.inbound import answer
from daypass.doors.slack.payload import envelope
from daypass.model.errors import BadInput

_CLOSE_S = 5.0

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReconnectLimits:
    """When the watchdog replaces a connection."""

    unconnected: timedelta = timedelta(seconds=20)
    """How long it may be broken or connecting."""
    quiet: timedelta = timedelta(minutes=10)
    """How long nothing may come from Slack although it is connected; it costs one connection to be sure."""
    look_every: timedelta = timedelta(seconds=2)


class Socket:
    """A Socket Mode connection that is replaced when it is dead or deaf."""

    def __init__(
        self,
        make_app: Callable[[], AsyncApp],
        app_token: str,
        clock: Callable[[], datetime],
        arrivals: Arrivals,
        patience: ReconnectLimits | None = None,
    ) -> None:
        self._make_app = make_app
        self._app_token = app_token
        self._clock = clock
        self._arrivals = arrivals
        self._patience = patience or ReconnectLimits()
        self._line: _Line | None = None
        self._heard_at: datetime | None = None
        self.each_round: Callable[[], None] = lambda: None
        self.rebuilt = 0
        """How often the watchdog replaced the connection."""

    @property
    def envelope_age(self) -> timedelta | None:
        """How long ago Slack last sent something; None before the first."""
        return None if self._heard_at is None else self._clock() - self._heard_at

    async def connected(self) -> bool:
        """Whether the connection stands."""
        return self._line is not None and await self._line.connected()

    async def run(self, stop: asyncio.Event) -> None:
        """Keep a connection until `stop` is set, then close it."""
        self._line = self._new_line()
        try:
            while not stop.is_set():
                self.each_round()
                await _wait(stop, self._patience.look_every)
                if not stop.is_set() and await self._is_suspect(self._line):
                    await self._replace(self._line)
        finally:
            await self._line.close()

    async def _is_suspect(self, line: "_Line") -> bool:
        now = self._clock()
        if await line.connected():
            line.connected_at = now
            heard = max(self._heard_at or line.begun_at, line.begun_at)
            return now - heard > self._patience.quiet
        return now - line.connected_at > self._patience.unconnected

    async def _replace(self, old: "_Line") -> None:
        log.warning("slack.socket_rebuilt", envelope_age=self.envelope_age and self.envelope_age.total_seconds())
        self.rebuilt += 1
        self._line = self._new_line()
        await self._line.connecting(self._patience.unconnected)
        await old.close()

    def _new_line(self) -> "_Line":
        return _Line(self._make_app(), self._app_token, self._clock(), self._arrivals, self._heard)

    async def _heard(self, _client: AsyncBaseSocketModeClient, _request: SocketModeRequest) -> None:
        self._heard_at = self._clock()


class _Line:
    """One app with one client and one connection: made together, thrown away together."""

    def __init__(
        self,
        app: AsyncApp,
        app_token: str,
        now: datetime,
        arrivals: Arrivals,
        heard: Callable[[AsyncBaseSocketModeClient, SocketModeRequest], Awaitable[None]],
    ) -> None:
        self._app, self._arrivals = app, arrivals
        self._client = _Client(app, app_token)
        self._client.socket_mode_request_listeners.extend((heard, self._answer))
        self._connecting = asyncio.ensure_future(self._client.connect())  # type: ignore[no-untyped-call]  # the SDK has no types here
        self.begun_at = self.connected_at = now

    async def _answer(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        try:
            with self._arrivals.one():
                done = await answer(self._app, request.payload)
        except BadInput as error:
            log.warning("slack.malformed", error=error.sentence)
            return  # not acknowledged, so that its person sees that nothing was done
        try:
            await send_async_response(client, request, done, start_time=0.0)
        # The top of the socket's door: the connection may be any kind of broken, and a new one is made elsewhere.
        except Exception as error:  # noqa: BLE001
            log_failure("slack.answer_lost", error)

    async def connecting(self, patience: timedelta) -> None:
        """Wait for the connection, but not for ever."""
        await asyncio.wait({self._connecting}, timeout=patience.total_seconds())

    async def connected(self) -> bool:
        """Whether the connection stands, by the client's own pings."""
        return self._connecting.done() and await self._client.is_connected()

    async def close(self) -> None:
        """Let go of everything, also of a connection that was never made."""
        self._connecting.cancel()
        try:
            async with asyncio.timeout(_CLOSE_S):
                await self._client.close()  # type: ignore[no-untyped-call]  # as above
        # The client's own state may be broken here, which is why it is thrown away.
        except Exception as error:  # noqa: BLE001
            log.warning("slack.socket_left_open", error=type(error).__name__)


class _Client(SocketModeClient):
    """The SDK's client, which would log an odd envelope whole, with a traceback, and does not hold what it started."""

    def __init__(self, app: AsyncApp, app_token: str) -> None:
        super().__init__(app_token=app_token, logger=app.logger, web_client=app.client)
        self._under_way: set[asyncio.Future[None]] = set()

    async def process_message(self) -> None:
        """Hand on the next envelope; one that is none is dropped, and the next one is waited for."""
        raw = await self.message_queue.get()
        try:
            message = envelope(raw)
        except BadInput as error:
            log.warning("slack.malformed", error=error.sentence)
            return
        task = asyncio.ensure_future(self.run_message_listeners(message, raw))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)


async def _wait(stop: asyncio.Event, how_long: timedelta) -> None:
    try:
        async with asyncio.timeout(how_long.total_seconds()):
            await stop.wait()
    except TimeoutError:
        pass
