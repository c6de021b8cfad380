"""
What is on one person's screen: the parts of the page, as HTML.

The page is put together here and brought up to date with the same parts, so that what a browser
shows after a change is what it would show after a reload.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader
from markupsafe import Markup

from localslack.client.mrkdwn import Typesetter
from localslack.client.rich_text import rich_text
from localslack.form_state import Choices, value_of
from localslack.people import SHORTEST_QUERY
from localslack.surfaces import View
from localslack.wire import Json
from localslack.workspace import SLACKBOT, Channel, Kind, Message, Person
from localslack.world import World

TOGETHER_SECONDS = 300
"""Messages of one author within this time stand under one name, as people are used to."""

_PAGES = Environment(
    loader=PackageLoader("localslack"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One message as it stands in the list, after its day and under its author where due."""

    message: Message
    author: Person | None
    day: str
    follows: bool
    is_reply: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What the middle of the screen shows: a conversation, or the App Home."""

    id: str
    channel: Channel
    is_home: bool = False


class Screen:
    """One person looking at one place."""

    def __init__(self, world: World, person: Person, place: Place, *, panel_url: str) -> None:
        self._world, self._person, self._place = world, person, place
        self._panel_url = panel_url
        self._setter = Typesetter(world.workspace, reader=person.id, now=world.clock())

    def page(self) -> str:
        """Give the whole page."""
        return self._set("page.html", **self.parts(), panel_url=self._panel_url)

    def parts(self) -> dict[str, str]:
        """Give the parts that change while one looks, by the id of their element."""
        modal = self._world.surfaces.modal(self._person.id)
        home = self._world.surfaces.home(self._person.id)
        if self._place.is_home:
            middle = self._set("home.html", view=home)
        else:
            middle = self._set("messages.html", lines=list(self._lines()))
        people = self._everyone()
        return {
            "sidebar": self._set("sidebar.html", people=people, channels=self._channels()),
            "waiting": self._set("waiting.html", count=sum(count for _, count in people)),
            "middle": middle,
            "modal": self._set("modal.html", view=modal) if modal else "",
        }

    def _set(self, template: str, **values: Any) -> Markup:
        world = self._world
        text = _PAGES.get_template(template).render(
            me=self._person,
            place=self._place,
            app=world.app,
            workspace=world.workspace,
            setter=self._setter,
            t=self._text,
            rich_text=lambda block: rich_text(block, self._setter),
            value=self._value,
            local_datetime=self._local_datetime,
            shortest_query=SHORTEST_QUERY,
            dm=self.direct(),
            humans=self._humans(),
            unread=lambda channel: world.workspace.unread(self._person.id, channel.id),
            **values,
        )
        return Markup(text)  # noqa: S704 (the template escapes)

    def direct(self) -> Channel:
        """Give the person's conversation with the app."""
        members = frozenset({self._person.id, self._world.app.bot_user_id})
        return self._world.workspace.conversation(members, Kind.DIRECT)

    def _text(self, text: Json | None) -> Markup:
        """Set a text object of either kind."""
        if not text:
            return Markup()
        return self._setter.mrkdwn(text["text"]) if text["type"] == "mrkdwn" else self._setter.plain(text["text"])

    def _value(self, surface: Message | View, block_id: str, element: Json) -> Any:
        choices: Choices = surface.choices if isinstance(surface, View) else surface.choices.get(self._person.id, {})
        return value_of(element, block_id, choices)

    def _local_datetime(self, seconds: int | None) -> str:
        """Give a moment in the form of a datetime-local field, in the person's zone."""
        if not seconds:
            return ""
        return datetime.fromtimestamp(int(seconds), ZoneInfo(self._person.tz)).strftime("%Y-%m-%dT%H:%M")

    def _humans(self) -> list[Person]:
        return [p for p in self._world.workspace.people.values() if not p.deleted and not p.is_bot]

    def _everyone(self) -> list[tuple[Person, int]]:
        """List who one may be, with how much each has not read yet."""
        return [(person, waiting(self._world, person.id)) for person in self._humans()]

    def _channels(self) -> list[Channel]:
        everything = self._world.workspace.channels.values()
        kinds = (Kind.PUBLIC, Kind.PRIVATE, Kind.GROUP)
        return [c for c in everything if c.kind in kinds and self._person.id in c.members and not c.archived]

    def _lines(self) -> Iterator[Line]:
        day, before = "", None
        for message in _threaded(self._world.workspace.visible_to(self._person.id, self._place.channel.id)):
            today = self._setter.day(message.ts)
            yield Line(
                message=message,
                author=None if message.user == SLACKBOT else self._world.workspace.people.get(message.user),
                day=today if today != day else "",
                follows=today == day and before is not None and _together(before, message),
                is_reply=bool(message.thread_ts and message.thread_ts != message.ts),
            )
            day, before = today, message


def waiting(world: World, person_id: str) -> int:
    """Count what a person has not read yet, in all conversations."""
    mine = (c for c in list(world.workspace.channels.values()) if person_id in c.members)
    return sum(world.workspace.unread(person_id, channel.id) for channel in mine)


def _together(before: Message, message: Message) -> bool:
    return (
        before.user == message.user
        and before.only_for == message.only_for
        and before.thread_ts == message.thread_ts
        and float(message.ts) - float(before.ts) < TOGETHER_SECONDS
    )


def _threaded(messages: list[Message]) -> list[Message]:
    """Put replies under the message they answer, in order of time."""
    return sorted(messages, key=lambda message: (message.thread_ts or message.ts, message.ts))
