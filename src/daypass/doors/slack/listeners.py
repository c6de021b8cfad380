"""
The listeners that Bolt calls: acknowledge in time, do a turn's work, see that its person has an answer.

Slack waits three seconds. So what can be acknowledged is acknowledged first, before anything is looked up, and the
work comes after. A form is different: its errors can only travel in the acknowledgement, so its work gets most of the
three seconds, and when that is not enough the form says so and is filled in later.

Slack may deliver the same thing twice, and so may somebody who recorded it. A turn is known by its trigger id: what
comes again joins the turn that is under way, and is not done again.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import replace
from typing import Any, TypeVar

import structlog
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from daypass.doors.slack.acknowledge import Arrivals
from daypass.doors.slack.blocks import Block, Note, View, sentence
from daypass.doors.slack.error_log import log_failure
from daypass.doors.slack.interaction import (
    SLACK_FAILED,
    Answer,
    CloseView,
    Interaction,
    ShowView,
    Wrong,
    page,
    person_of,
)
from daypass.doors.slack.rate_limits import RateLimits
from daypass.doors.slack.spoken import refusal as refusal_sentence
from daypass.doors.slack.texts import labels
from daypass.doors.slack.texts import refusals as sorry
from daypass.doors.slack.workspace import Workspace
from daypass.model.errors import Conflict, DaypassError, NotYours, Refusal, Unavailable
from daypass.ports.asker import visited

_PATIENCE_S = 2.0
"""Of the three seconds, what a form's work may take before the form is told to wait."""
_PAUSES_S = (1.0, 5.0, 25.0)
"""Between tries at an event, when the database or Slack does not answer."""
_REMEMBERED = 10_000

T = TypeVar("T")

log = structlog.get_logger()

Listener = Callable[..., Awaitable[None]]
"""What Bolt calls, with what it has under the names that are asked for."""


class Listeners:
    """Makes listeners for Bolt out of what is to be done at each turn."""

    def __init__(self, home: Workspace, arrivals: Arrivals, *, after: Callable[[], None]) -> None:
        """Serve the people of one workspace; `after` is called when something may have been written."""
        self._arrivals = arrivals
        self._home = home
        self._after = after
        self._patience = RateLimits()
        self._running: set[asyncio.Task[Any]] = set()
        self._answers: OrderedDict[str, asyncio.Task[Answer]] = OrderedDict()
        self._begun: OrderedDict[str, None] = OrderedDict()

    def acting(self, work: Callable[[Interaction], Awaitable[None]]) -> Listener:
        """
        Acknowledge, then work, once; a refusal is told to the person.

        What reaches another process the second time is refused by the ledger there.
        """

        async def listener(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient, respond: AsyncRespond) -> None:
            await ack()
            if not self._first(str(body.get("trigger_id") or body.get("event_id"))):
                log.info("slack.delivered_again")
                return
            turn = Interaction(
                person=person_of(body), body=body, client=client, respond=respond, patience=self._patience
            )
            self._start(self._acted(turn, work))

        return listener

    def filling(self, work: Callable[[Interaction], Awaitable[Answer]]) -> Listener:
        """Take a submitted form: answer with its errors, or with what it becomes."""

        async def listener(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
            turn = Interaction(person=person_of(body), body=body, client=client, patience=self._patience)
            task = self._answering(turn, work)
            done, _ = await asyncio.wait({task}, timeout=_PATIENCE_S)
            if done:
                await _acknowledge(ack, task.result())
                return
            await ack(response_action="update", view=page(labels.STILL_WORKING))
            self._start(_settle(turn, task))

        return listener

    def suggesting(self, work: Callable[[Interaction], Awaitable[list[Block]]]) -> Listener:
        """Answer a typeahead. When nothing is found in time, nothing is offered."""

        async def listener(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
            turn = Interaction(person=person_of(body), body=body, client=client)
            options: list[Block] = []
            try:
                with visited(turn.person):
                    async with asyncio.timeout(_PATIENCE_S):
                        options = await work(await self._whose(turn))
            except (DaypassError, TimeoutError) as error:
                said = error.report if isinstance(error, DaypassError) else sorry.TOO_SLOW
                log.warning("slack.nothing_suggested", error=said)
            await ack(options=options)

        return listener

    def hearing(self, work: Callable[[Mapping[str, Any]], Awaitable[None]]) -> Listener:
        """Acknowledge an event that nobody waits for, then work, once, and again while something does not answer."""

        async def listener(ack: AsyncAck, body: dict[str, Any]) -> None:
            await ack()
            if self._first(str(body["event_id"])):
                self._start(self._heard(body, work))

        return listener

    async def drain(self, *, within: float) -> None:
        """Let what is under way finish, for at most so many seconds."""
        if self._running:
            await asyncio.wait(set(self._running), timeout=within)

    async def _whose(self, turn: Interaction) -> Interaction:
        """The turn of one of ours, under the id by which they are written down. Raises NotYours for anybody else."""
        await self._home.must_include(turn.body)
        return replace(turn, person=await self._home.acting(turn.person, turn.body))

    async def _acted(self, turn: Interaction, work: Callable[[Interaction], Awaitable[None]]) -> None:
        await self._arrivals.answered()
        try:
            with visited(turn.person):
                await work(await self._whose(turn))
            self._after()
        except SLACK_FAILED as error:
            log.warning("slack.answer_lost", error=type(error).__name__)
        # The top of the door: whatever went wrong, the person hears a sentence and the log a fact.
        except Exception as error:  # noqa: BLE001
            await _tell_refusal(turn, error)

    async def _heard(self, body: Mapping[str, Any], work: Callable[[Mapping[str, Any]], Awaitable[None]]) -> None:
        await self._arrivals.answered()
        for pause in (*_PAUSES_S, None):
            try:
                with visited(person_of(body)):
                    await self._home.must_include(body)
                    await work(body)
            except NotYours:
                return
            # The top of the door: nobody is there to be told.
            except Exception as error:  # noqa: BLE001
                if not isinstance(error, Unavailable | Conflict) or pause is None:
                    log_failure("slack.event_lost", error)
                    return
                await asyncio.sleep(pause)
            else:
                return

    def _answering(self, turn: Interaction, work: Callable[[Interaction], Awaitable[Answer]]) -> asyncio.Task[Answer]:
        key = str(turn.body["trigger_id"])
        if key not in self._answers:
            self._answers[key] = self._start(self._answered(turn, work))
            _forget_oldest(self._answers)
        return self._answers[key]

    async def _answered(self, turn: Interaction, work: Callable[[Interaction], Awaitable[Answer]]) -> Answer:
        try:
            with visited(turn.person):
                answer = await work(await self._whose(turn))
        # The top of the door, as in _acted.
        except Exception as error:  # noqa: BLE001
            _log_unless_refused(error)
            return ShowView(view=page(sentence(refusal_sentence(error))), said=refusal_sentence(error))
        self._after()
        return answer

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


async def _tell_refusal(turn: Interaction, error: Exception) -> None:
    _log_unless_refused(error)
    try:
        await turn.tell(Note(text=sentence(refusal_sentence(error))))
    except SLACK_FAILED as lost:
        log.warning("slack.answer_lost", error=type(lost).__name__)


def _log_unless_refused(error: Exception) -> None:
    if not isinstance(error, Refusal):
        log_failure("slack.turn_failed", error)


async def _acknowledge(ack: AsyncAck, answer: Answer) -> None:
    match answer:
        case CloseView():
            await ack()
        case ShowView(view=view):
            await ack(response_action="update", view=view)
        case Wrong(errors=errors):
            await ack(response_action="errors", errors=dict(errors))


async def _settle(turn: Interaction, task: asyncio.Task[Answer]) -> None:
    """Fill in, late, the form that was told to wait; whoever closed it reads a refusal as a direct message."""
    answer = await task
    try:
        await turn.show(_late(answer))
    except SLACK_FAILED:
        await _tell_by_message(turn, answer)


async def _tell_by_message(turn: Interaction, answer: Answer) -> None:
    if isinstance(answer, CloseView) or not answer.said:
        return
    try:
        await turn.say(Note(text=sentence(answer.said)))
    except SLACK_FAILED as error:
        log.warning("slack.answer_lost", error=type(error).__name__)


def _late(answer: Answer) -> View:
    match answer:
        case CloseView():
            return page(labels.SETTLED)
        case ShowView(view=view) | Wrong(view=view):
            return view


def _forget_oldest(known: OrderedDict[str, Any]) -> None:
    while len(known) > _REMEMBERED:
        known.popitem(last=False)
