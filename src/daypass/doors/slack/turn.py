"""
One thing that a person did in Slack, from the moment it arrives until they have their answer.

Slack waits three seconds. So what can be acknowledged is acknowledged first, before anything is looked up, and the
work comes after. A form is different: its errors can only travel in the acknowledgement, so its work gets most of the
three seconds, and when that is not enough the form says so and is filled in later.

Slack may deliver the same thing twice, and so may somebody who recorded it. A turn is known by its trigger id: what
comes again joins the turn that is under way, and is not done again.
"""

import asyncio
import traceback
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import aiohttp
import structlog
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_sdk.errors import SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from daypass.doors import refusals
from daypass.doors.slack import texts
from daypass.doors.slack.blocks import Block, Note, View, modal, section, sentence
from daypass.doors.slack.workspace import Home
from daypass.model.errors import DaypassError, Refusal
from daypass.model.principal import PrincipalId

SLACK_FAILED = (SlackClientError, aiohttp.ClientError, TimeoutError)
"""What the Slack client raises when Slack says no or does not answer."""

_PATIENCE_S = 2.0
"""Of the three seconds, what a form's work may take before the form is told to wait."""
_SOON_S = 1.0
"""Of a trigger's three seconds, what a form's content may take before an empty form opens."""
_REMEMBERED = 10_000

T = TypeVar("T")

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Close:
    """A submitted form is done with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Show:
    """A submitted form becomes another page."""

    view: View


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """Fields of a submitted form are wrong; `view` says the same for when it is too late for that."""

    errors: Mapping[str, str]
    view: View


Answer = Close | Show | Wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """Who did something, with what, and how they can be answered."""

    person: PrincipalId
    body: Mapping[str, Any] = field(repr=False)
    client: AsyncWebClient = field(repr=False)
    respond: AsyncRespond | None = field(default=None, repr=False)

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
            await self.respond(text=note.text, blocks=blocks, response_type="ephemeral", replace_original=False)
            return
        try:
            await self.client.views_open(trigger_id=self.body["trigger_id"], view=modal("Daypass", blocks))
        except SLACK_FAILED:
            late = Note(text=texts.CLICK_AGAIN) if secret else note
            await self.client.chat_postMessage(channel=self.person, text=late.text, blocks=blocks_of(late))

    async def open(self, making: Awaitable[View]) -> None:
        """Open a form. When its content takes long, an empty one opens in time and is filled in after."""
        task = asyncio.ensure_future(making)
        done, _ = await asyncio.wait({task}, timeout=_SOON_S)
        if done:
            await self.client.views_open(trigger_id=self.body["trigger_id"], view=task.result())
            return
        opened = await self.client.views_open(trigger_id=self.body["trigger_id"], view=page(texts.ONE_MOMENT))
        await self.client.views_update(view_id=opened["view"]["id"], view=await task)


def blocks_of(note: Note) -> list[Block]:
    """The blocks of a note; its text when it has none."""
    return list(note.blocks) or [section(note.text)]


def page(text: str) -> View:
    """A form with nothing but something to read."""
    return modal("Daypass", [section(text)])


Listener = Callable[..., Awaitable[None]]
"""What Bolt calls, with what it has under the names that are asked for."""


class Turns:
    """Makes listeners for Bolt out of what is to be done at each turn."""

    def __init__(self, home: Home, *, after: Callable[[], None]) -> None:
        """Serve the people of one workspace; `after` is called when something may have been written."""
        self._home = home
        self._after = after
        self._running: set[asyncio.Task[Any]] = set()
        self._answers: OrderedDict[str, asyncio.Task[Answer]] = OrderedDict()
        self._begun: OrderedDict[str, None] = OrderedDict()

    def acting(self, work: Callable[[Turn], Awaitable[None]], *, once: bool = False) -> Listener:
        """
        Acknowledge, then work; a refusal is told to the person.

        `once` is for what would be done anew when it is delivered again; a click is refused by the ledger anyway, and
        the person is told why.
        """

        async def listener(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient, respond: AsyncRespond) -> None:
            await ack()
            if once and not self._first(str(body.get("trigger_id"))):
                log.info("slack.delivered_again")
                return
            turn = Turn(person=person_of(body), body=body, client=client, respond=respond)
            self._start(self._acted(turn, work))

        return listener

    def filling(self, work: Callable[[Turn], Awaitable[Answer]]) -> Listener:
        """Take a submitted form: answer with its errors, or with what it becomes."""

        async def listener(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
            turn = Turn(person=person_of(body), body=body, client=client)
            task = self._answering(turn, work)
            done, _ = await asyncio.wait({task}, timeout=_PATIENCE_S)
            if done:
                await _acknowledge(ack, task.result())
                return
            await ack(response_action="update", view=page(texts.STILL_WORKING))
            self._start(_settle(turn, task))

        return listener

    def suggesting(self, work: Callable[[Turn], Awaitable[list[Block]]]) -> Listener:
        """Answer a typeahead. When nothing is found in time, nothing is offered."""

        async def listener(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
            turn = Turn(person=person_of(body), body=body, client=client)
            options: list[Block] = []
            try:
                async with asyncio.timeout(_PATIENCE_S):
                    await self._home.must_include(body)
                    options = await work(turn)
            except (DaypassError, TimeoutError) as error:
                log.warning("slack.nothing_suggested", error=type(error).__name__)
            await ack(options=options)

        return listener

    async def drain(self, *, within: float) -> None:
        """Let what is under way finish, for at most so many seconds."""
        if self._running:
            await asyncio.wait(set(self._running), timeout=within)

    async def _acted(self, turn: Turn, work: Callable[[Turn], Awaitable[None]]) -> None:
        try:
            await self._home.must_include(turn.body)
            await work(turn)
            self._after()
        except SLACK_FAILED as error:
            log.warning("slack.answer_lost", error=type(error).__name__)
        # The top of the door: whatever went wrong, the person hears a sentence and the log a fact.
        except Exception as error:  # noqa: BLE001
            await _tell_refusal(turn, error)

    def _answering(self, turn: Turn, work: Callable[[Turn], Awaitable[Answer]]) -> asyncio.Task[Answer]:
        key = str(turn.body.get("trigger_id"))
        if key not in self._answers:
            self._answers[key] = self._start(self._answered(turn, work))
            _forget_oldest(self._answers)
        return self._answers[key]

    async def _answered(self, turn: Turn, work: Callable[[Turn], Awaitable[Answer]]) -> Answer:
        try:
            await self._home.must_include(turn.body)
            answer = await work(turn)
            self._after()
            return answer
        # The top of the door, as in _acted.
        except Exception as error:  # noqa: BLE001
            log_failure(error)
            return Show(view=page(sentence(refusals.sentence(error))))

    def _first(self, key: str) -> bool:
        if key in self._begun:
            return False
        self._begun[key] = None
        _forget_oldest(self._begun)
        return True

    def _start(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Run something that is waited for when the service stops."""
        task = asyncio.get_running_loop().create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task


def person_of(body: Mapping[str, Any]) -> PrincipalId:
    """Who did it, by their Slack user id: of a command, an interaction or an event."""
    user = body.get("user") or body.get("event", {}).get("user")
    told = user["id"] if isinstance(user, Mapping) else user or body.get("user_id")
    return PrincipalId(str(told))


def log_failure(error: Exception) -> None:
    """Log a failure that is ours: what and where, never the words of it, which may hold a reason or a secret."""
    if isinstance(error, Refusal):
        return
    frames = traceback.extract_tb(error.__traceback__)
    where = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    log.error("slack.turn_failed", error=type(error).__name__, where=where)


async def _tell_refusal(turn: Turn, error: Exception) -> None:
    log_failure(error)
    try:
        await turn.tell(Note(text=sentence(refusals.sentence(error))))
    except SLACK_FAILED as lost:
        log.warning("slack.answer_lost", error=type(lost).__name__)


async def _acknowledge(ack: AsyncAck, answer: Answer) -> None:
    match answer:
        case Close():
            await ack()
        case Show(view=view):
            await ack(response_action="update", view=view)
        case Wrong(errors=errors):
            await ack(response_action="errors", errors=dict(errors))


async def _settle(turn: Turn, task: asyncio.Task[Answer]) -> None:
    """Fill in, late, the form that was told to wait; whoever closed it is told in a direct message."""
    match await task:
        case Close():
            view = page(texts.SETTLED)
        case Show(view=late) | Wrong(view=late):
            view = late
    try:
        await turn.client.views_update(view_id=turn.body["view"]["id"], view=view)
    except SLACK_FAILED as error:
        log.warning("slack.answer_lost", error=type(error).__name__)


def _forget_oldest(known: OrderedDict[str, Any]) -> None:
    while len(known) > _REMEMBERED:
        known.popitem(last=False)
