"""One thing that a person did in Slack: who, with what, and how they are answered."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus
from typing import Any, TypeVar

import aiohttp
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_sdk.errors import SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from daypass.doors.slack.blocks import READ, Block, Note, View, modal, section, sentence
from daypass.doors.slack.rate_limits import WITH_A_PERSON, RateLimits, reason_of
from daypass.doors.slack.spoken import refusal as refusal_sentence
from daypass.doors.slack.texts import labels
from daypass.model.errors import DaypassError
from daypass.model.principal import PrincipalId

SLACK_FAILED = (SlackClientError, aiohttp.ClientError, TimeoutError)
"""What the Slack client raises when Slack says no or does not answer."""

_SOON_S = 1.0
"""Of a trigger's three seconds, what a form's content may take before an empty form opens."""
_AT_ONCE = timedelta(seconds=1)
"""What opening a form can wait: its trigger is good for three seconds."""
_OPENED_ALREADY = "exchanged_trigger_id"

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseView:
    """A submitted form is done with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowView:
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


Answer = CloseView | ShowView | Wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class Interaction:
    """Who did something, with what, and how they can be answered."""

    person: PrincipalId
    body: Mapping[str, Any] = field(repr=False)
    client: AsyncWebClient = field(repr=False)
    respond: AsyncRespond | None = field(default=None, repr=False)
    patience: RateLimits = field(default_factory=RateLimits, repr=False)

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
        if await self._whispered(note):
            return
        try:
            view = modal(labels.PRODUCT, blocks_of(note), close=labels.CLOSE)
            await self._call(
                "views.open", lambda: self.client.views_open(trigger_id=self._trigger, view=view), _AT_ONCE
            )
        except SLACK_FAILED:
            await self._write(Note(text=labels.CLICK_AGAIN) if secret else note)

    async def settle(self, note: Note) -> bool:
        """Put what became of it in the place of what was clicked on, where only this person sees that; else False."""
        if (self.body.get("view") or {}).get("callback_id") == READ:
            await self.show(modal(labels.PRODUCT, blocks_of(note), close=labels.CLOSE))
        elif (self.body.get("container") or {}).get("is_ephemeral") and self.respond is not None:
            await self.respond(text=note.text, blocks=blocks_of(note), replace_original=True)
        else:
            return False
        return True

    async def open(self, making: Awaitable[View]) -> None:
        """
        Open a form. When its content takes long, an empty one opens in time and is filled in after.

        When Slack opens none, for it was too late or is asked too much, the person reads that instead.
        """
        task = asyncio.ensure_future(making)
        done, _ = await asyncio.wait({task}, timeout=_SOON_S)
        view = task.result() if done else page(labels.ONE_MOMENT)
        try:
            opened = await self._call(
                "views.open", lambda: self.client.views_open(trigger_id=self._trigger, view=view), _AT_ONCE
            )
            if not done:
                view = await _made(task)
                await self._call(
                    "views.update", lambda: self.client.views_update(view_id=opened["view"]["id"], view=view)
                )
        except SLACK_FAILED as error:
            task.cancel()
            if reason_of(error) != _OPENED_ALREADY:
                await self.say(Note(text=labels.NOT_OPENED))

    async def show(self, view: View) -> None:
        """Show another page in the window in which this happened."""
        view_id = self.body["view"]["id"]
        await self._call("views.update", lambda: self.client.views_update(view_id=view_id, view=view))

    async def say(self, note: Note) -> None:
        """Say something to this person without opening anything: where they are, else by direct message."""
        if not await self._whispered(note):
            await self._write(note)

    async def _whispered(self, note: Note) -> bool:
        """Say it where they are, to them alone. False where Slack offers no such place, or does not take it."""
        if self.respond is None or not self.respond.response_url:
            return False
        try:
            told = await self.respond(
                text=note.text, blocks=blocks_of(note), response_type="ephemeral", replace_original=False
            )
        except SLACK_FAILED:
            return False
        return bool(told.status_code == HTTPStatus.OK)

    async def _write(self, note: Note) -> None:
        blocks = blocks_of(note)
        await self._call(
            "chat.postMessage",
            lambda: self.client.chat_postMessage(channel=self.person, text=note.text, blocks=blocks),
        )

    async def _call(self, method: str, make: Callable[[], Awaitable[T]], within: timedelta = WITH_A_PERSON) -> T:
        return await self.patience.call(method, make, within=within)

    @property
    def _trigger(self) -> str:
        return str(self.body.get("trigger_id", ""))


async def _made(task: asyncio.Future[View]) -> View:
    """The content of a form; of one that is refused, why."""
    try:
        return await task
    except DaypassError as error:
        return page(sentence(refusal_sentence(error)))


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
