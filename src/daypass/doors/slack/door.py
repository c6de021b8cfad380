"""
The Slack door as wiring sees it: made from the services and settings, started, stopped.

    http      routes() go into the web application; Slack's signature is verified on each request
    socket    with an app-level token the door connects to Slack by itself, and needs no public address
    outbox    what is to be told is told by this process too, unless another one does that
"""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from typing import Protocol

from slack_bolt.async_app import AsyncApp
from starlette.routing import Route

from daypass.doors.services import Services
from daypass.doors.slack.acknowledge import Arrivals
from daypass.doors.slack.app import build
from daypass.doors.slack.inbound import routes
from daypass.doors.slack.listeners import Listeners
from daypass.doors.slack.notify import Notifier
from daypass.doors.slack.socket import ReconnectLimits, Socket
from daypass.doors.slack.workspace import SlackSettings, Workspace, web_client

_DRAIN_S = 10.0


class Watching(Protocol):
    """Hears of what goes on in the background."""

    def round(self, name: str) -> None:
        """Hear that the outbox, or the socket, is round once more."""

    def ended(self, name: str, error: BaseException | None) -> None:
        """Hear that one of them ended and was not told to."""


class _Unwatched:
    """Nobody listens."""

    def round(self, name: str) -> None:
        """Nothing comes of it."""

    def ended(self, name: str, error: BaseException | None) -> None:
        """Nothing comes of it."""


class SlackDoor:
    """Everything Slack needs of one process. Use it on one event loop."""

    def __init__(
        self,
        services: Services,
        settings: SlackSettings,
        *,
        patience: ReconnectLimits | None = None,
        ticks: Callable[[], datetime] | None = None,
        watch: Watching | None = None,
    ) -> None:
        """
        Lay it out; nothing runs and nothing is asked of Slack before `start`.

        `ticks` is a clock that never refuses, for what only measures time.
        """
        self._watch = watch or _Unwatched()
        self._services, self._settings = services, settings
        client = web_client(settings)
        self._arrivals = Arrivals()
        self.notifier = Notifier(services, client, settings, self._arrivals)
        self._turns = Listeners(Workspace(client, services), self._arrivals, after=self.notifier.nudge)
        ticks = ticks or services.clock
        self.socket = (
            Socket(self._app, settings.app_token, ticks, self._arrivals, patience) if settings.app_token else None
        )
        self._stop = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    def routes(self) -> list[Route]:
        """What Slack posts to. Nothing without a signing secret: an unsigned request must not be believed."""
        secret = self._settings.signing_secret
        return routes(self._app(), secret, self._services.clock, self._arrivals) if secret else []

    @property
    def envelope_age(self) -> timedelta | None:
        """How long ago Slack last sent something by Socket Mode; None before the first, or without it."""
        return self.socket.envelope_age if self.socket else None

    async def start(self) -> None:
        """Begin to listen and to tell."""
        self._stop.clear()
        self.notifier.each_round = lambda: self._watch.round("outbox")
        self._begin("outbox", self.notifier.run(self._stop))
        if self.socket is not None:
            self.socket.each_round = lambda: self._watch.round("socket")
            self._begin("socket", self.socket.run(self._stop))

    def _begin(self, name: str, work: Coroutine[None, None, None]) -> None:
        def look(task: asyncio.Task[None]) -> None:
            if not self._stop.is_set():
                self._watch.ended(name, None if task.cancelled() else task.exception())

        self._watch.round(name)
        self._tasks.append(asyncio.get_running_loop().create_task(work))
        self._tasks[-1].add_done_callback(look)

    async def stop(self) -> None:
        """Listen no more, and let what is under way finish."""
        self._stop.set()
        await self._turns.drain(within=_DRAIN_S)
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=_DRAIN_S)
            for task in late:
                task.cancel()
        self._tasks.clear()

    def _app(self) -> AsyncApp:
        """A whole new app with a client of its own; the turns under way and their memory stay."""
        return build(self._services, self._settings, self._turns, web_client(self._settings), self.notifier.digests)
