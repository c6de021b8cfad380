"""
One request as a conversation: the approvers' messages, the requestor's message, one line for each thing that happens.

Everything is drawn from the ledger as it is now, and what was posted is remembered, so that telling the same thing
again changes a message in place and posts none. Should the process die between a post and its being remembered, that
one message is repeated.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from daypass.doors.desk import Desk
from daypass.doors.slack import texts
from daypass.doors.slack.blocks import Note
from daypass.doors.slack.cards import review_card, status_card
from daypass.doors.slack.counter import Counter, Picture
from daypass.doors.slack.in_aws import in_aws
from daypass.doors.slack.outgoing import Gone, Outgoing
from daypass.doors.slack.recipients import approvers
from daypass.doors.slack.workspace import SlackSettings
from daypass.model.event import Event, Kind
from daypass.model.grant import GrantId, GrantState
from daypass.model.request import Request, RequestState
from daypass.ports import Message, Notice

_DECIDED = frozenset({Kind.REQUEST_APPROVED, Kind.REQUEST_DENIED, Kind.REQUEST_CANCELLED, Kind.REQUEST_LAPSED})
_REVIEWED = _DECIDED | {Kind.REQUEST_FILED, Kind.REQUEST_ENDORSED}
TOLD = _REVIEWED | {
    Kind.GRANT_ACTIVATED,
    Kind.GRANT_WARNED,
    Kind.GRANT_ENDING,
    Kind.GRANT_ENDED,
    Kind.GRANT_STUCK,
}
"""What people are told of; the rest of the outbox is for others."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """Brings what Slack shows of a request up to date. Raises TryLater, Unavailable and NotFound."""

    desk: Desk
    outgoing: Outgoing
    settings: SlackSettings

    async def tell(self, notice: Notice, subject: GrantId) -> None:
        """Tell everyone concerned of one thing that happened."""
        picture = await asyncio.to_thread(lambda: Counter(desk=self.desk).look(subject))
        kind = notice.event.kind
        reached = kind not in _REVIEWED or await self._review(picture)
        await self._status(picture)
        if not reached:
            await self._line(picture, "unreached", texts.nobody_reached())
        if news := _news(notice.event, picture):
            await self._line(picture, f"told:{notice.id}", news)

    async def _review(self, picture: Picture) -> bool:
        """Bring the approvers' messages up to date. False when a waiting request reached nobody."""
        request = picture.request
        if request.state is RequestState.PENDING and not await self._ask(picture):
            return False
        if request.state is RequestState.PENDING and not request.approvals:
            return True  # nothing has changed since it was asked
        if known := await self._recall(request.id, "review"):
            note = review_card(picture, await asyncio.to_thread(lambda: in_aws(self.desk, request)))
            for message in known:
                await self._change(request, message, note)
        return True

    async def _ask(self, picture: Picture) -> bool:
        """Ask in the channel; where there is none, or it is gone, ask each approver."""
        request = picture.request
        text = await asyncio.to_thread(lambda: in_aws(self.desk, request))
        if self.settings.approvals_channel and await self._ask_at(
            self.settings.approvals_channel, request, review_card(picture, text)
        ):
            return True
        deciders = await asyncio.to_thread(lambda: approvers(self.desk, request))
        asked = deciders[: self.settings.most_asked]
        note = review_card(picture, text, texts.who_was_asked(len(asked), len(deciders)))
        reached = [await self._ask_at(one, request, note) for one in asked]
        if not any(reached):
            log.error("slack.nobody_asked", grant=request.id, approvers=len(deciders))
        return any(reached)

    async def _ask_at(self, place: str, request: Request, note: Note) -> bool:
        """Post the approvers' message to one place, unless it is there already. False when the place is gone."""
        if await self._recall(request.id, f"review:{place}"):
            return True
        try:
            message = await self.outgoing.post(place, note)
        except Gone as gone:
            log.warning("slack.cannot_ask_there", grant=request.id, place=place, reason=gone.reason)
            return False
        await self._remember(request.id, "review", message)
        await self._remember(request.id, f"review:{place}", message)
        return True

    async def _status(self, picture: Picture) -> None:
        request = picture.request
        note = status_card(
            picture, promise=self.desk.provisioners[request.delivery].promise, public_url=self.desk.public_url
        )
        if known := await self._recall(request.id, "status"):
            await self._change(request, known[0], note)
            return
        try:
            message = await self.outgoing.post(request.requestor, note)
        except Gone as gone:
            log.warning("slack.cannot_tell_requestor", grant=request.id, reason=gone.reason)
            return
        await self._remember(request.id, "status", message)

    async def _line(self, picture: Picture, purpose: str, said: str) -> None:
        """Say one thing under the requestor's message, once."""
        subject = picture.request.id
        known = await self._recall(subject, "status")
        if not known or await self._recall(subject, purpose):
            return
        try:
            message = await self.outgoing.post(known[0].channel, Note(text=said), thread=known[0].ts)
        except Gone as gone:
            log.warning("slack.cannot_tell_requestor", grant=subject, reason=gone.reason)
            return
        await self._remember(subject, purpose, message)

    async def _change(self, request: Request, message: Message, note: Note) -> None:
        try:
            await self.outgoing.change(message, note)
        except Gone as gone:
            log.warning("slack.message_gone", grant=request.id, reason=gone.reason)

    async def _recall(self, subject: GrantId, purpose: str) -> Sequence[Message]:
        return await asyncio.to_thread(lambda: self.desk.postings.recall(subject, purpose))

    async def _remember(self, subject: GrantId, purpose: str, message: Message) -> None:
        await asyncio.to_thread(lambda: self.desk.postings.remember(subject, purpose, message))


def _news(event: Event, picture: Picture) -> str:  # noqa: PLR0911 - one line for each thing that is told
    """What is said under the requestor's message; nothing when it is not so any more by the time it is told."""
    state = picture.grant.state if picture.grant else None
    match event.kind:
        case Kind.GRANT_WARNED if picture.grant is not None and state is GrantState.ACTIVE:
            return texts.ends_soon(picture.grant)
        case Kind.GRANT_STUCK if state is GrantState.APPROVED:
            return texts.late(str(event.details.get("error", "")))
        case Kind.GRANT_STUCK if state is not GrantState.ENDED:
            return texts.stuck()
        case Kind.GRANT_ACTIVATED if state is GrantState.ACTIVE:
            return texts.standing(picture.request, picture.grant)
        case Kind.GRANT_ENDED:
            return texts.standing(picture.request, picture.grant)
        case Kind.REQUEST_ENDORSED if picture.request.state is RequestState.PENDING:
            return texts.endorsed(picture.request)
        case kind if kind in _DECIDED:
            return texts.decision(picture.request, picture.grant)
        case _:
            return ""
