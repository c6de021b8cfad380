"""One thing that a person did in Slack: who, with what, and how they are answered."""

import asyncio
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import aiohttp
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_sdk.errors import SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from daypass.doors.slack.blocks import Block, Note, View, modal, section, sentence
from daypass.doors.slack.texts import labels
from daypass.model.errors import DaypassError
from daypass.model.principal import PrincipalId

SLACK_FAILED = (SlackClientError, aiohttp.ClientError, TimeoutError)
"""What the Slack client raises when Slack says no or does not answer."""

_SOON_S = 1.0
"""Of a trigger's three seconds, what a form's content may take before an empty form opens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Close:
    """A submitted form is done with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Show:
    """A submitted form becomes another page; `said` is what it says, unless that must not be kept."""

    view: View
    said: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """Fields of a submitted form are wrong; `view` says the same for when it is too late for that."""

    errors: Mapping[str, str]
    view: View

    @property
    def said(self) -> str:
        """What is wrong, without the fields."""
        return " ".join(self.errors.values())


Answer = Close | Show | Wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """Who did something, with what, and how they can be answered."""

    person: PrincipalId
    body: Mapping[str, Any] = field(repr=False)
    client: AsyncWebClient = field(repr=False)
    respond: AsyncRespond | None = field(default=None, repr=False)

    @property
    def key(self) -> str:
        """What tells this turn from every other, and is the same when Slack, or somebody, delivers it again."""
        return f"slack:{self.body['trigger_id']}"

    @property
    def value(self) -> str:
        """The value of the button that was pressed, or the choice that was made."""
        action = self.body["actions"][0]
        return str(action.get("value") or (action.get("selected_option") or {}).get("value") or "")

    @property
    def state(self) -> Mapping[str, Any]:
        """What is filled in on the surface: block id, action id, value."""
        state = self.body.get("state") or self.body.get("view", {}).get("state") or {}
        values: Mapping[str, Any] = state.get("values", {})
        return values

    @property
    def at_home(self) -> bool:
        """Whether this happened in the app's Home tab."""
        return bool(self.body.get("view", {}).get("type") == "home")

    async def tell(self, note: Note, *, secret: bool = False) -> None:
        """
        Say something to this person alone, where they are.

        Where Slack offers no such place (the Home tab) a page opens; when that is too late a direct message is sent,
        but never for a secret, which must not stay anywhere.
        """
        blocks = blocks_of(note)
        if self.respond is not None and self.respond.response_url:
            whispered = await self.respond(
                text=note.text, blocks=blocks, response_type="ephemeral", replace_original=False
            )
            if whispered.status_code == HTTPStatus.OK:
                return
        try:
            await self.client.views_open(
                trigger_id=self.body["trigger_id"], view=modal(labels.PRODUCT, blocks, close=labels.CLOSE)
            )
        except SLACK_FAILED:
            late = Note(text=labels.CLICK_AGAIN) if secret else note
            await self.client.chat_postMessage(channel=self.person, text=late.text, blocks=blocks_of(late))

    async def open(self, making: Awaitable[View]) -> None:
        """Open a form. When its content takes long, an empty one opens in time and is filled in after."""
        task = asyncio.ensure_future(making)
        done, _ = await asyncio.wait({task}, timeout=_SOON_S)
        if done:
            await self.client.views_open(trigger_id=self.body["trigger_id"], view=task.result())
            return
        opened = await self.client.views_open(trigger_id=self.body["trigger_id"], view=page(labels.ONE_MOMENT))
        try:
            view = await task
        except DaypassError as error:
            view = page(sentence(error.sentence))
        await self.client.views_update(view_id=opened["view"]["id"], view=view)


def blocks_of(note: Note) -> list[Block]:
    """The blocks of a note; its text when it has none."""
    return list(note.blocks) or [section(note.text)]


def page(text: str) -> View:
    """A form with nothing but something to read."""
    return modal(labels.PRODUCT, [section(text)], close=labels.CLOSE)


def person_of(body: Mapping[str, Any]) -> PrincipalId:
    """Who did it, by their Slack user id: of a command, an interaction or an event."""
    user = body.get("user") or body.get("event", {}).get("user")
    told = user["id"] if isinstance(user, Mapping) else user or body.get("user_id")
    return PrincipalId(str(told))
