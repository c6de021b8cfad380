"""
The workspace itself: people, channels, user groups and messages.

This is Slack's side of the truth. Apps change it through the Web API, people through the browser
client or the test driver; both go through the few methods here, so that every change is announced.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Self

from localslack.changes import Change, Changes, Subject
from localslack.form_state import Choices, elements_of
from localslack.wire import Json, RefusedError

SLACKBOT = "USLACKBOT"
APP = "@app"
"""Stands among a new channel's members for the app's bot user, whose id nobody needs to know."""


class Colour(StrEnum):
    """The avatar colours the style sheet knows."""

    PLUM = "plum"
    TEAL = "teal"
    AMBER = "amber"
    BLUE = "blue"
    MOSS = "moss"
    ROSE = "rose"
    SLATE = "slate"


class Kind(StrEnum):
    """The kinds of conversation, in the words of `conversations.list`."""

    PUBLIC = "public_channel"
    PRIVATE = "private_channel"
    DIRECT = "im"
    GROUP = "mpim"


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """What the workspace is called."""

    name: str = "Acme"
    domain: str = "acme"
    id: str = "T0ACME"
    enterprise_id: str = ""
    """The organization (Enterprise Grid) that it is part of; empty for none."""


@dataclass(slots=True, kw_only=True)
class Person:
    """A member of the workspace; the app's bot user is one too."""

    id: str
    name: str
    real_name: str
    email: str = ""
    title: str = ""
    tz: str = "Europe/Amsterdam"
    colour: Colour = Colour.SLATE
    deleted: bool = False
    is_bot: bool = False
    is_admin: bool = False
    is_restricted: bool = False
    """A guest of several channels."""
    is_ultra_restricted: bool = False
    """A guest of one channel."""
    is_stranger: bool = False
    team_id: str = ""
    """Their own workspace, for somebody who is here by a shared channel."""
    enterprise_user: Json | None = None
    """What Slack says of them in their organization."""
    unsaid: frozenset[str] = frozenset()
    """Fields that Slack leaves out of what it says of them."""

    @property
    def initials(self) -> str:
        """Give up to two letters for the avatar."""
        return "".join(word[0] for word in self.real_name.split()[:2]).upper()


@dataclass(slots=True, kw_only=True)
class Channel:
    """A conversation: channel, direct message or group message."""

    id: str
    name: str
    kind: Kind = Kind.PUBLIC
    members: set[str] = field(default_factory=set)
    topic: str = ""
    created: int = 1_760_000_000
    archived: bool = False

    def seat(self, bot_user_id: str) -> Self:
        """Make the app's bot user a member where APP stands for it."""
        if APP in self.members:
            self.members = (self.members - {APP}) | {bot_user_id}
        return self


@dataclass(slots=True, kw_only=True)
class UserGroup:
    """A Slack user group, such as @team-leads."""

    id: str
    handle: str
    name: str
    users: list[str] = field(default_factory=list)
    disabled: bool = False


@dataclass(slots=True, kw_only=True)
class Message:
    """One message; `only_for` names the one person who sees it when it is ephemeral."""

    channel: str
    ts: str
    user: str
    text: str = ""
    blocks: list[Json] = field(default_factory=list)
    by_app: bool = False
    thread_ts: str | None = None
    edited_ts: str | None = None
    metadata: Json | None = None
    only_for: str | None = None
    problem: str | None = None
    choices: dict[str, Choices] = field(default_factory=dict)

    @property
    def visible_text(self) -> str:
        """Give all text a reader sees, blocks included, in reading order."""
        return "\n".join(texts_in(self.blocks)) if self.blocks else self.text

    def elements(self) -> Iterator[tuple[str, Json]]:
        """Walk the interactive elements with their block ids."""
        return elements_of(self.blocks)


def texts_in(node: object) -> Iterator[str]:
    """Walk every text of a Block Kit tree in reading order."""
    if isinstance(node, list):
        for each in node:
            yield from texts_in(each)
    elif isinstance(node, dict):
        for key, value in node.items():
            if key in ("text", "alt_text", "fallback") and isinstance(value, str):
                yield value
            elif key not in ("confirm", "options", "option_groups"):
                yield from texts_in(value)


class Workspace:
    """People, conversations and messages of one team; used on one event loop only."""

    def __init__(  # noqa: PLR0913 (the parts of a workspace; all by keyword)
        self,
        *,
        people: Iterable[Person],
        channels: Iterable[Channel],
        groups: Iterable[UserGroup],
        changes: Changes,
        team: Team,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.name, self.domain, self.team_id = team.name, team.domain, team.id
        self.enterprise_id = team.enterprise_id
        self.people = {person.id: person for person in people}
        self.channels = {channel.id: channel for channel in channels}
        self.groups = {group.id: group for group in groups}
        self.messages: dict[str, list[Message]] = {channel_id: [] for channel_id in self.channels}
        self.read_up_to: dict[tuple[str, str], str] = {}
        self._changes = changes
        self._clock = clock
        self._last_ts = 0

    def mint_ts(self) -> str:
        """Give the next message timestamp: microseconds, never twice the same."""
        self._last_ts = max(self._last_ts + 1, int(self._clock() * 1_000_000))
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def person(self, person_id: str) -> Person:
        """Find a member. Raises RefusedError user_not_found."""
        try:
            return self.people[person_id]
        except KeyError:
            raise RefusedError("user_not_found") from None

    def channel(self, channel_id: str) -> Channel:
        """Find a conversation. Raises RefusedError channel_not_found."""
        try:
            return self.channels[channel_id]
        except KeyError:
            raise RefusedError("channel_not_found") from None

    def conversation(self, members: frozenset[str], kind: Kind) -> Channel:
        """Find the direct or group conversation of these people, opening it when there is none."""
        for channel in self.channels.values():
            if channel.kind is kind and channel.members == members:
                return channel
        ids = "".join(sorted(member.removeprefix("U") for member in members))
        opened = Channel(
            id=f"{'D' if kind is Kind.DIRECT else 'G'}{ids}",
            name="-".join(sorted(self.people[m].name for m in members)),
            kind=kind,
            members=set(members),
        )
        return self.open(opened)

    def open(self, channel: Channel) -> Channel:
        """Add a conversation."""
        self.channels[channel.id] = channel
        self.messages[channel.id] = []
        return channel

    def find(self, channel_id: str, ts: str) -> Message | None:
        """Find a message, ephemeral ones included."""
        return next((m for m in self.messages.get(channel_id, []) if m.ts == ts), None)

    def visible_to(self, person_id: str, channel_id: str) -> list[Message]:
        """List what this person sees in a conversation, oldest first."""
        return [m for m in self.messages[channel_id] if m.only_for in (None, person_id)]

    def unread(self, person_id: str, channel_id: str) -> int:
        """Count the messages of others that this person has not looked at."""
        seen = self.read_up_to.get((person_id, channel_id), "")
        return sum(1 for m in self.visible_to(person_id, channel_id) if m.ts > seen and m.user != person_id)

    def mark_read(self, person_id: str, channel_id: str) -> None:
        """Note that the person has seen everything in a conversation."""
        self.read_up_to[person_id, channel_id] = f"{int(self._clock() * 1_000_000 + 1) // 1_000_000 + 1}"

    def add(self, message: Message) -> Message:
        """Append a message and tell everyone."""
        self.messages[message.channel].append(message)
        self.touched(message)
        return message

    def remove(self, message: Message) -> None:
        """Take a message away and tell everyone."""
        self.messages[message.channel].remove(message)
        self.touched(message)

    def touched(self, message: Message) -> None:
        """Tell everyone that a message changed."""
        self._changes.announce(Change(subject=Subject.MESSAGES, place=message.channel, person=message.only_for or ""))
