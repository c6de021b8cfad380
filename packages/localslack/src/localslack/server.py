"""
A Slack of one's own on 127.0.0.1: the servers an app talks to, and the client people talk to.

    app  --Web API, response URLs-->  LocalSlack  <--browser, or the test driver--  people
    app  <--signed HTTP or socket---  LocalSlack

`LocalSlack` lives on one event loop: `await start()`, use it, `await stop()`. Tests that are not
async use `BlockingSlack`, which keeps one in a thread.

Where it differs from Slack: one workspace with one app; no message shortcuts, files, reactions,
workflows or legacy attachments; the app is not told of its own messages; no rate limits but the
planned ones; replies in threads stand under their message, and people write them through the
driver only. Some complaints about blocks (an id used twice, an initial option not on offer) are
refused as at Slack, in words that are ours.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from types import TracebackType
from typing import Literal, Self

from aiohttp import web

from localslack import answers, payloads, seed
from localslack.changes import Change, Changes, Subject
from localslack.client.routes import Browser
from localslack.courier import Courier
from localslack.deliveries import ACK_SECONDS, Answer, Delivery
from localslack.driver import Actor
from localslack.faults import Faults
from localslack.http_carrier import HttpCarrier
from localslack.installation import Installation, TokenState
from localslack.manifest import Manifest, generous_manifest
from localslack.modals import Submitting
from localslack.people import Acting
from localslack.socket_carrier import SocketCarrier
from localslack.surfaces import Surfaces
from localslack.tickets import Tickets
from localslack.web_api.gate import Gate
from localslack.wire import Json
from localslack.workspace import Channel, Colour, Person, Team, UserGroup, Workspace
from localslack.world import ApiCall, World

RETRY_AFTER = (1.0, 60.0, 300.0)
"""Seconds before the second, third and fourth attempt at an event, as at Slack."""


class LocalSlack:
    """One workspace with one app installed, served on 127.0.0.1."""

    def __init__(  # noqa: PLR0913 (what a workspace is made of; all by keyword)
        self,
        *,
        port: int = 0,
        manifest: Json | None = None,
        request_url: str = "",
        socket_mode: bool | None = None,
        people: Iterable[Person] | None = None,
        channels: Iterable[Channel] | None = None,
        groups: Iterable[UserGroup] | None = None,
        workspace_name: str = "Acme",
        panel_url: str = "",
        host_name: Literal["127.0.0.1", "localhost"] = "127.0.0.1",
        app_id: str = "",
        bot_id: str = "",
        bot_user_id: str = "",
        bot_token: str = "",
        app_token: str = "",
        signing_secret: str = "",
        retry_after: Sequence[float] = RETRY_AFTER,
        ack_seconds: float = ACK_SECONDS,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """
        Set a workspace up; nothing is served before `start`.

        `port` 0 takes a free one. `manifest` is the app's manifest as a dictionary and decides the
        scopes, commands, shortcuts and events; without one everything is allowed. `request_url`
        takes the place of every URL in the manifest. `socket_mode` None asks the manifest.
        `panel_url` is shown in the slot on the right of the browser client. `host_name` is how addresses call this
        machine; only 127.0.0.1 is listened on either way. Ids are made from the app's name and tokens are random,
        unless given. `ack_seconds` is how long an answer is waited for: Slack's three seconds, or less in a test
        about being late.
        """
        changes = Changes()
        parsed = Manifest.parse(manifest or generous_manifest())
        app = Installation(
            manifest=parsed,
            app_id=app_id,
            bot_id=bot_id,
            bot_user_id=bot_user_id,
            request_url=request_url,
            socket_mode=parsed.socket_mode if socket_mode is None else socket_mode,
        )
        app.bot_token = bot_token or app.bot_token
        app.app_token = app_token or app.app_token
        app.signing_secret = signing_secret or app.signing_secret
        bot = Person(
            id=app.bot_user_id, name=parsed.name.lower(), real_name=parsed.name, is_bot=True, colour=Colour.BLUE
        )
        workspace = Workspace(
            people=[*(seed.people() if people is None else people), bot],
            channels=[one.seat(app.bot_user_id) for one in (seed.channels() if channels is None else channels)],
            groups=seed.groups() if groups is None else groups,
            changes=changes,
            team=Team(name=workspace_name, domain=workspace_name.lower().replace(" ", "-")),
            clock=clock,
        )
        self.world = World(
            app=app,
            workspace=workspace,
            surfaces=Surfaces(changes),
            tickets=Tickets(clock),
            changes=changes,
            clock=clock,
            ack_seconds=ack_seconds,
        )
        self._http, self._socket = HttpCarrier(self.world), SocketCarrier(self.world)
        self.courier = Courier(self.world, http=self._http, socket=self._socket, retry_after=retry_after)
        self.acting = Acting(self.world, self.courier)
        self.submitting = Submitting(self.world, self.courier)
        self._gate = Gate(self.world, self._socket.new_address)
        self._browser = Browser(self.world, self.acting, self.submitting, panel_url=panel_url)
        self._port, self._host_name = port, host_name
        self._runner: web.AppRunner | None = None
        self._site: web.TCPSite | None = None

    async def start(self) -> None:
        """Listen; `url` is known afterwards."""
        self._runner = web.AppRunner(self._application(), access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        await self._listen()

    async def stop(self) -> None:
        """End everything; connections are closed."""
        await self.courier.close()
        await self._socket.close()
        await self._browser.close()
        await self._http.close()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = self._site = None

    async def __aenter__(self) -> Self:
        """Start."""
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        await self.stop()

    @property
    def url(self) -> str:
        """Give the address of the browser client."""
        return self.world.base_url

    @property
    def api_url(self) -> str:
        """Give the `base_url` for slack_sdk clients; it ends in /api/."""
        return f"{self.world.base_url}/api/"

    @property
    def bot_token(self) -> str:
        """Give the app's bot token."""
        return self.world.app.bot_token

    @property
    def app_token(self) -> str:
        """Give the app-level token for Socket Mode."""
        return self.world.app.app_token

    @property
    def signing_secret(self) -> str:
        """Give the secret that HTTP deliveries are signed with."""
        return self.world.app.signing_secret

    def connect_app(self, request_url: str) -> None:
        """Say where the app listens, e.g. http://127.0.0.1:9000/slack/events."""
        self.world.app.request_url = request_url

    def person(self, person_id: str) -> Actor:
        """Act as a person."""
        self.world.workspace.person(person_id)
        return Actor(person_id, self.world, self.acting, self.submitting)

    async def replay(self, delivery: Delivery, *, as_recorded: bool = False) -> Answer:
        """
        Send a recorded delivery again, signed afresh.

        `as_recorded` sends it byte for byte with the old signature and timestamp, as someone
        would who had copied it.
        """
        copy = delivery.again()
        copy.headers = dict(delivery.headers) if as_recorded else {}
        return await self.courier.send(copy)

    def event(self, event: Json) -> None:
        """Send any event the app subscribed to, e.g. {"type": "user_change", "user": {...}}."""
        self.acting.event(event)

    async def settle(self) -> None:
        """Wait until no event is on its way any more."""
        await self.courier.settle()

    @property
    def calls(self) -> list[ApiCall]:
        """Give every Web API call so far, oldest first."""
        return self.world.calls

    @property
    def deliveries(self) -> list[Delivery]:
        """Give every attempt to reach the app so far, oldest first."""
        return self.courier.record

    @property
    def faults(self) -> Faults:
        """Give the switches for what is to go wrong."""
        return self.world.faults

    async def go_down(self) -> None:
        """Refuse every connection until `come_back`; open ones break."""
        await self._socket.drop()
        if self._site is not None:
            await self._site.stop()
        if self._runner is not None and self._runner.server is not None:
            for connection in self._runner.server.connections:
                if connection.transport is not None:
                    connection.transport.abort()

    async def come_back(self) -> None:
        """Listen again, on the same port."""
        await self._listen()

    async def drop_socket(self) -> None:
        """Break the Socket Mode connections without a word."""
        await self._socket.drop()

    async def frame(self, text: str) -> None:
        """Send the app, by its socket, what Slack never sends."""
        await self._socket.frame(text)

    async def refresh_socket(self) -> None:
        """Ask the app to connect anew, as Slack does every few hours."""
        await self._socket.refresh()

    @property
    def sockets(self) -> int:
        """Count the open Socket Mode connections."""
        return self._socket.connected

    def set_token(self, state: TokenState) -> None:
        """Let the bot token expire, be revoked, or be good again."""
        self.world.app.bot_token_state = state

    def change_person(self, person_id: str, **fields: object) -> None:
        """Change a member, e.g. `deleted=True` or `tz="Asia/Tokyo"`."""
        person = self.world.workspace.person(person_id)
        for name, value in fields.items():
            setattr(person, name, value)
        self.world.changes.announce(Change(subject=Subject.PEOPLE))

    def tell_of_person(self, person_id: str, **fields: object) -> None:
        """Change a member, and tell the app of it as Slack does (`user_change`)."""
        self.change_person(person_id, **fields)
        person = self.world.workspace.person(person_id)
        user = payloads.user(self.world, person, with_email=False)
        self.event({"type": "user_change", "user": user, "event_ts": self.world.workspace.mint_ts()})

    async def _listen(self) -> None:
        if self._runner is None:
            raise RuntimeError("This Slack was not started, or was stopped.")
        self._site = web.TCPSite(self._runner, "127.0.0.1", self._port, reuse_address=True)
        await self._site.start()
        self._port = self._runner.addresses[0][1] if self._runner.addresses else self._port
        self.world.base_url = f"http://{self._host_name}:{self._port}"

    def _application(self) -> web.Application:
        application = web.Application(client_max_size=4 * 1024**2)
        application.router.add_route("*", "/api/{method}", self._gate.serve)
        application.router.add_post("/{family:actions|commands}/{key}", self._answer)
        application.router.add_get("/link/", self._socket.accept)
        self._browser.add_routes(application.router)
        return application

    async def _answer(self, request: web.Request) -> web.Response:
        return await answers.serve_response_url(self.world, request)
