"""
Many requests in one message: what came while a channel was busy.

Each line has a button that shows the approvers' message to whoever presses it, so that it is decided on as any other;
it stands in the Home tab too.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

import structlog

from daypass.doors.language import parse_id
from daypass.doors.slack.approver_messages import ApproverMessages
from daypass.doors.slack.blocks import Note
from daypass.doors.slack.digest_card import digest, remember_list
from daypass.doors.slack.flood_control import Pile
from daypass.doors.slack.interaction import Interaction
from daypass.doors.slack.outbound import Gone, TryLater
from daypass.doors.slack.texts import digest as said
from daypass.doors.slack.verbs import Verbs, in_thread
from daypass.model.grant import GrantId
from daypass.model.request import RequestState
from daypass.views.request import RequestView

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Digests:
    """Says in one message what was collected for a channel."""

    counter: Verbs
    asking: ApproverMessages

    async def tell_due(self) -> None:
        """Count what is held and list what is due. What Slack does not take now is tried again at the next look."""
        try:
            for channel, subjects in self.asking.rush.ripe(self.counter.services.clock()):
                await self._list(channel, subjects)
            for channel, pile in self.asking.rush.uncounted():
                await self._count(channel, pile)
        except TryLater:
            return

    async def _list(self, channel: str, subjects: Sequence[GrantId]) -> None:
        waiting = [picture for picture in [await self._look(one) for one in subjects] if _waits(picture)]
        outgoing, rush = self.asking.outgoing, self.asking.rush
        try:
            if waiting:
                message = await outgoing.post(channel, digest(waiting))
                await remember_list(self.asking.remembered, message, waiting)
        except Gone as gone:
            log.warning("slack.cannot_ask_there", place=channel, reason=gone.reason, waiting=len(waiting))
            rush.forget(channel)
            await self._ask_elsewhere(channel, waiting)
            return
        line = rush.told(channel, subjects, self.counter.services.clock())
        if line is not None:
            with suppress(Gone, TryLater):  # what it says is old by now, and not wrong
                await outgoing.change(line, Note(text=said.listed(len(subjects))))

    async def _count(self, channel: str, pile: Pile) -> None:
        """Say how many are held: in one line, changed in place."""
        number = len(pile.subjects)
        note = Note(text=said.counted(number))
        try:
            if pile.line is None:
                pile.line = await self.asking.outgoing.post(channel, note)
            else:
                await self.asking.outgoing.change(pile.line, note)
        except Gone as gone:  # the list is tried all the same, and finds out what to do then
            log.warning("slack.cannot_count_there", place=channel, reason=gone.reason)
        pile.said = number

    async def _ask_elsewhere(self, channel: str, waiting: list[RequestView]) -> None:
        for picture in waiting:
            try:
                await self.asking.ask(picture)
            except TryLater:  # it stays collected, and is looked at again with the next digest
                self.asking.rush.collect(channel, picture.request.id, self.counter.services.clock())

    async def show(self, turn: Interaction) -> None:
        """Show the approvers' message of one line to who pressed its button."""
        await turn.tell(await self.asking.card(await self.counter.request_view(parse_id(turn.value), by=turn.person)))

    async def _look(self, subject: GrantId) -> RequestView:
        return await in_thread(lambda: self.counter.view(subject))


def _waits(picture: RequestView) -> bool:
    return picture.request.state is RequestState.PENDING
