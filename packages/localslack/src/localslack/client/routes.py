"""
The browser client's addresses: pages, live updates, and what people do.

The person is part of the address (/client/U0ALICE/C0GENERAL), so that several windows can be
several people. Nothing here asks for a password: the server listens on 127.0.0.1 alone, answers
to its names alone, and takes actions only with a header that no foreign page can send.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from aiohttp import web

from localslack.changes import Change, Subject
from localslack.choices import NotThereError
from localslack.client.screen import Place, Screen
from localslack.interactions import Surface
from localslack.modals import Submitting
from localslack.people import Acting, find_element
from localslack.surfaces import View
from localslack.wire import Json, RefusedError
from localslack.workspace import Channel, Kind, Person
from localslack.world import World

STATIC = Path(__file__).parent.parent / "static"
HOME = "home"
HEARTBEAT_SECONDS = 15.0
OUR_HEADER = "X-Local-Slack"
_OUR_NAMES = {"127.0.0.1", "localhost", "[::1]"}
_BUNDLE = 0.03
"""Seconds that changes are gathered before the browser is told, so that one click redraws once."""


class Browser:
    """Serves the pages and their live updates."""

    def __init__(self, world: World, acting: Acting, submitting: Submitting, *, panel_url: str) -> None:
        self._world, self._acting, self._submitting = world, acting, submitting
        self._panel_url = panel_url
        self._listeners: set[asyncio.Task[Any]] = set()
        self._deeds: dict[str, Callable[[Person, Json], Awaitable[Json]]] = {
            "say": self._say,
            "shortcut": self._shortcut,
            "use": self._use,
            "suggest": self._suggest,
            "submit": self._submit,
            "close": self._close,
            "dismiss": self._dismiss,
        }

    def add_routes(self, router: web.UrlDispatcher) -> None:
        """Add the pages to the server."""
        router.add_get("/", self._front)
        router.add_get("/client/{person}", self._front)
        router.add_get("/client/{person}/events", self._events)
        router.add_post("/client/{person}/do/{deed}", self._do)
        router.add_get("/client/{person}/{place}", self._page)
        router.add_get("/client/{person}/{place}/parts", self._parts)
        router.add_get("/archives/{channel}/{message}", self._permalink)
        router.add_static("/static/", STATIC)

    async def close(self) -> None:
        """End the live updates."""
        for task in list(self._listeners):
            task.cancel()
        await asyncio.gather(*self._listeners, return_exceptions=True)

    async def _front(self, request: web.Request) -> web.StreamResponse:
        """Send a person to where something waits for them, else to their messages from the app."""
        _require_our_name(request)
        named = request.match_info.get("person")
        person = self._person(named or next(p.id for p in self._humans()))
        raise web.HTTPFound(f"/client/{person.id}/{self._best_place(person, request.query.get('from', ''))}")

    async def _page(self, request: web.Request) -> web.Response:
        _require_our_name(request)
        screen, person, place = self._screen(request)
        if place.is_home:
            self._acting.open_home(person.id)
        else:
            self._world.workspace.mark_read(person.id, place.channel.id)
        return web.Response(text=screen.page(), content_type="text/html", headers=self._guards())

    async def _parts(self, request: web.Request) -> web.Response:
        _require_our_name(request)
        screen, person, place = self._screen(request)
        if not place.is_home and request.query.get("looking") == "1":
            self._world.workspace.mark_read(person.id, place.channel.id)
        return web.json_response(screen.parts())

    async def _permalink(self, request: web.Request) -> web.StreamResponse:
        _require_our_name(request)
        channel = self._world.workspace.channels.get(request.match_info["channel"])
        members = channel.members if channel else set()
        reader = next((p.id for p in self._humans() if p.id in members), None)
        if channel is None or reader is None:
            raise web.HTTPNotFound(text="There is no such conversation.")
        raise web.HTTPFound(f"/client/{reader}/{channel.id}")

    async def _events(self, request: web.Request) -> web.StreamResponse:
        """Tell a window that something on its screen changed."""
        _require_our_name(request)
        person = self._person(request.match_info["person"])
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
        await response.prepare(request)
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 (a handler always runs in a task)
        self._listeners.add(task)
        try:
            await self._stream(response, person)
        except ConnectionError:
            pass
        finally:
            self._listeners.discard(task)
        return response

    async def _stream(self, response: web.StreamResponse, person: Person) -> None:
        with self._world.changes.follow() as queue:
            await response.write(b"retry: 500\ndata: hello\n\n")
            while True:
                try:
                    async with asyncio.timeout(HEARTBEAT_SECONDS):
                        change = await queue.get()
                except TimeoutError:
                    await response.write(b": still here\n\n")
                    continue
                await asyncio.sleep(_BUNDLE)
                changes = [change, *(queue.get_nowait() for _ in range(queue.qsize()))]
                if any(_concerns(each, person) for each in changes):
                    await response.write(b"data: changed\n\n")

    async def _do(self, request: web.Request) -> web.Response:
        _require_our_name(request)
        if OUR_HEADER not in request.headers:
            raise web.HTTPForbidden(text="Actions are taken from this client's own pages only.")
        deed = self._deeds.get(request.match_info["deed"])
        if deed is None:
            raise web.HTTPNotFound(text="There is no such action.")
        try:
            return web.json_response(await deed(self._person(request.match_info["person"]), await request.json()))
        except (NotThereError, RefusedError) as refusal:
            return web.json_response({"problem": str(refusal)}, status=409)

    async def _say(self, person: Person, said: Json) -> Json:
        await self._acting.write(person.id, self._channel_of(person, said["channel"]), said["text"])
        return {}

    async def _shortcut(self, person: Person, said: Json) -> Json:
        answer = await self._acting.shortcut(person.id, said["callback_id"])
        return {"problem": "The shortcut did not work: the app did not answer."} if answer.failure else {}

    async def _use(self, person: Person, said: Json) -> Json:
        surface = self._surface(person, said)
        used = find_element(surface, said["action_id"], said["block_id"])
        value, offered = self._given(person, used[1], said.get("value"))
        await self._acting.use(person.id, surface, used, value, offered=offered)
        return {}

    async def _suggest(self, person: Person, said: Json) -> Json:
        surface = self._surface(person, said)
        used = find_element(surface, said["action_id"], said["block_id"])
        return {"options": await self._acting.suggestions(person.id, surface, used, said["typed"])}

    async def _submit(self, person: Person, said: Json) -> Json:
        view = self._view(person, said["view"])
        for field in said["fields"]:
            used = find_element(view, field["action_id"], field["block_id"])
            value, offered = self._given(person, used[1], field["value"])
            self._acting.set_value(person.id, view, used, value, offered=offered)
        await self._submitting.submit(view)
        return {}

    async def _close(self, person: Person, said: Json) -> Json:
        await self._submitting.close(self._view(person, said["view"]), everything=bool(said.get("everything")))
        return {}

    async def _dismiss(self, person: Person, said: Json) -> Json:
        message = self._world.workspace.find(said["channel"], said["ts"])
        if message is not None and message.only_for == person.id:
            self._world.workspace.remove(message)
        return {}

    def _humans(self) -> list[Person]:
        return [p for p in self._world.workspace.people.values() if not p.deleted and not p.is_bot]

    def _person(self, person_id: str) -> Person:
        person = self._world.workspace.people.get(person_id)
        if person is None or person.deleted or person.is_bot:
            raise web.HTTPNotFound(text="There is no such person in this workspace.")
        return person

    def _screen(self, request: web.Request) -> tuple[Screen, Person, Place]:
        person = self._person(request.match_info["person"])
        wanted = request.match_info["place"]
        channel = self._acting.direct(person.id) if wanted in (HOME, "dm") else self._channel_of(person, wanted)
        place = Place(id=HOME if wanted == HOME else channel.id, channel=channel, is_home=wanted == HOME)
        panel = (
            f"{self._panel_url}{'&' if '?' in self._panel_url else '?'}person={person.id}" if self._panel_url else ""
        )
        return Screen(self._world, person, place, panel_url=panel), person, place

    def _channel_of(self, person: Person, channel_id: str) -> Channel:
        channel = self._world.workspace.channels.get(channel_id)
        if channel is None or person.id not in channel.members:
            raise web.HTTPNotFound(text=f"{person.real_name} is not in such a conversation.")
        return channel

    def _best_place(self, person: Person, came_from: str) -> str:
        workspace, direct = self._world.workspace, self._acting.direct(person.id)
        mine = [c for c in workspace.channels.values() if person.id in c.members]
        unread = [c for c in mine if workspace.unread(person.id, c.id)]
        here = workspace.channels.get(came_from)
        if here is not None and here in (unread or mine) and here.kind is not Kind.DIRECT:
            return here.id
        if came_from == HOME and not unread:
            return HOME
        newest = max(unread, key=lambda c: workspace.visible_to(person.id, c.id)[-1].ts, default=direct)
        return newest.id

    def _surface(self, person: Person, said: Json) -> Surface:
        if "view" in said:
            return self._view(person, said["view"])
        message = self._world.workspace.find(said["channel"], said["ts"])
        if message is None or message.only_for not in (None, person.id):
            raise NotThereError("This message is not there any more.")
        return message

    def _view(self, person: Person, view_id: str) -> View:
        view = self._world.surfaces.find(view_id=view_id)
        if view.owner != person.id:
            raise NotThereError("This view is someone else's.")
        return view

    def _given(self, person: Person, element: Json, value: Any) -> tuple[Any, list[Json] | None]:
        """Read a value as the browser sends it; options of a typeahead come whole, as JSON."""
        if element["type"].endswith("external_select"):
            whole = [json.loads(each) for each in (value if isinstance(value, list) else [value]) if each]
            return (whole if isinstance(value, list) else whole[0] if whole else None), whole
        if element["type"] == "datetimepicker" and value:
            local = datetime.fromisoformat(value).replace(tzinfo=ZoneInfo(person.tz))
            return int(local.timestamp()), None
        return value or None, None

    def _guards(self) -> dict[str, str]:
        panel = urlsplit(self._panel_url)
        frame = f"{panel.scheme}://{panel.netloc}" if self._panel_url else "'none'"
        return {
            "Content-Security-Policy": (
                "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; font-src 'self'; "
                f"img-src 'self' data: http://127.0.0.1:* http://localhost:*; frame-src {frame}; "
                "base-uri 'none'; form-action 'none'; "
                "frame-ancestors 'none'"
            ),
            "Cache-Control": "no-store",
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
        }


def _concerns(change: Change, person: Person) -> bool:
    return change.subject is not Subject.WIRE and change.person in ("", person.id)


def _require_our_name(request: web.Request) -> None:
    """Refuse requests under another host name: a page elsewhere must not reach us by a rebound one."""
    if request.host.rpartition(":")[0] not in _OUR_NAMES:
        raise web.HTTPForbidden(text="This server answers to 127.0.0.1 and localhost alone.")
