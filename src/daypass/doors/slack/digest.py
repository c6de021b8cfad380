"""
Many requests in one message: what came while a channel was busy.

Each line has a button that shows the approvers' message to whoever presses it, so that it is decided on as any other;
it stands in the Home tab too.
"""

from dataclasses import dataclass

import structlog

from daypass.doors.grammar import parse_id
from daypass.doors.slack.asking import Asking
from daypass.doors.slack.blocks import Block, Note, button, context, section
from daypass.doors.slack.counter import Counter, Picture, in_thread
from daypass.doors.slack.outgoing import Gone, TryLater
from daypass.doors.slack.texts import digest as said
from daypass.doors.slack.texts import labels
from daypass.doors.slack.texts import requests as texts
from daypass.doors.slack.turn import Turn
from daypass.model.grant import GrantId
from daypass.model.request import RequestState

SHOW = "digest.show"
_MOST_LINES = 40
"""A message holds 50 blocks."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Digests:
    """Says in one message what was collected for a channel."""

    counter: Counter
    asking: Asking

    async def tell_due(self) -> None:
        """Post the digests that are due. What Slack does not take now is tried again at the next look."""
        for channel, subjects in self.asking.rush.ripe(self.counter.desk.clock()):
            waiting = [picture for picture in [await self._look(one) for one in subjects] if _waits(picture)]
            try:
                if waiting:
                    await self.asking.outgoing.post(channel, digest(waiting))
            except TryLater:
                return
            except Gone as gone:
                log.warning("slack.cannot_ask_there", place=channel, reason=gone.reason, waiting=len(waiting))
                self.asking.rush.forget(channel)
                await self._ask_elsewhere(channel, waiting)
            else:
                self.asking.rush.told(channel, subjects, self.counter.desk.clock())

    async def _ask_elsewhere(self, channel: str, waiting: list[Picture]) -> None:
        for picture in waiting:
            try:
                await self.asking.ask(picture)
            except TryLater:  # it stays collected, and is looked at again with the next digest
                self.asking.rush.collect(channel, picture.request.id, self.counter.desk.clock())

    async def show(self, turn: Turn) -> None:
        """Show the approvers' message of one line to who pressed its button."""
        await turn.tell(await self.asking.card(await self.counter.picture(parse_id(turn.value), by=turn.person)))

    async def _look(self, subject: GrantId) -> Picture:
        return await in_thread(lambda: self.counter.look(subject))


def _waits(picture: Picture) -> bool:
    return picture.request.state is RequestState.PENDING


def digest(waiting: list[Picture]) -> Note:
    """Draw the message that says them all."""
    title = said.title(len(waiting))
    blocks = [section(f"*{title}*"), *(_line(picture) for picture in waiting[:_MOST_LINES])]
    rest = len(waiting) - _MOST_LINES
    return Note(text=title, blocks=(*blocks, context(said.hint(rest))))


def _line(picture: Picture) -> Block:
    request = picture.request
    text = f"{texts.asked_shortly(request)}\n{texts.reference(request)}"
    return section(
        text, accessory=button(labels.SHOW_REQUEST, SHOW, request.id, spoken=texts.spoken(labels.SHOW_REQUEST, request))
    )
