"""
One request as a conversation: the approvers' messages, the requestor's message, one line for each thing that happens.

What is asked for somebody else has a message of theirs too, once it is approved: they are the one who uses it.

Everything is drawn from the ledger as it is now, and what was posted is remembered, so that telling the same thing
again changes a message in place and posts none. Should the process die between a post and its being remembered, that
one message is repeated.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import structlog

from daypass.doors.services import Services
from daypass.doors.slack.approver_messages import ApproverMessages, PostingOutcome
from daypass.doors.slack.blocks import Note
from daypass.doors.slack.break_glass import TOLD as GLASS_TOLD
from daypass.doors.slack.break_glass import Alarm
from daypass.doors.slack.cards import ending_card, noted, status_card
from daypass.doors.slack.names import OPENLY
from daypass.doors.slack.outbound import Gone
from daypass.doors.slack.texts import digest, outcomes, stages
from daypass.doors.slack.texts import preapprovals as texts_ahead
from daypass.doors.slack.texts import requests as texts
from daypass.doors.slack.verbs import Verbs, in_thread
from daypass.lifecycle.approval.escalation import opened
from daypass.lifecycle.approval.reconsider import ENOUGH
from daypass.model.event import EntryKind, Event
from daypass.model.grant import GrantId, GrantState, Why
from daypass.model.principal import ROBOT, PrincipalId
from daypass.model.request import Request, RequestState
from daypass.ports import Message, Notice
from daypass.views.request import RequestView

_DECIDED = frozenset(
    {EntryKind.REQUEST_APPROVED, EntryKind.REQUEST_DENIED, EntryKind.REQUEST_CANCELLED, EntryKind.REQUEST_LAPSED}
)
_REVIEWED = _DECIDED | {EntryKind.REQUEST_FILED, EntryKind.REQUEST_ENDORSED, EntryKind.REQUEST_HANDED_OVER}
_FOLLOWED = {
    EntryKind.GRANT_ACTIVATED,
    EntryKind.GRANT_ENDING,
    EntryKind.GRANT_ENDED,
    EntryKind.GRANT_STUCK,
    EntryKind.SERIES_MOVED,
    EntryKind.SERIES_CLOSED,
}
"""What happens to the access that was decided on: the message in which it was decided follows it to its end."""
TOLD = (
    _REVIEWED | _FOLLOWED | GLASS_TOLD | {EntryKind.REQUEST_REMINDED, EntryKind.REQUEST_STALLED, EntryKind.GRANT_WARNED}
)
"""What people are told of; the rest of the outbox is for others."""

_STATUS, _WARNING = "status", "warning"
_OVER = (GrantState.ENDING, GrantState.ENDED)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestMessages:
    """Brings what Slack shows of a request up to date. Raises TryLater, Unavailable and NotFound."""

    services: Services
    asking: ApproverMessages

    async def tell(self, notice: Notice, subject: GrantId) -> None:
        """Tell everyone concerned of one thing that happened."""
        seen = await in_thread(lambda: Verbs(services=self.services).view(subject))
        if await self._was_never_seen(seen.request):
            return
        picture = replace(seen, stuck=notice.event.kind is EntryKind.GRANT_STUCK)
        if notice.event.kind is EntryKind.REQUEST_REMINDED:
            await self._where_else(picture, await self.asking.remind(picture, notice))
            return
        if notice.event.kind in GLASS_TOLD:
            await self._alarm.tell(notice, picture)
            return
        moved = notice.event.kind in _REVIEWED | _FOLLOWED
        asked = await self.asking.bring_up_to_date(picture, notice) if moved else PostingOutcome()
        await self._status(picture)
        if picture.request.urgent:
            await self._alarm.refresh(picture)
        await self._where_else(picture, asked)
        if said := _for_deciders(notice.event, picture):
            await self.asking.say_to_deciders(picture.request, notice, said)
        if news := _news(notice.event, picture):
            note = _noted(notice.event, picture, news)
            for reader in _readers(picture):
                await self._line(picture, f"{_purpose(notice, picture)}{reader.mark}", note, reader)

    async def _was_never_seen(self, request: Request) -> bool:
        """Whether it was taken back before Slack showed it to anybody: whoever did that knows, and it takes no room."""
        if request.state is not RequestState.CANCELLED or request.closed is not None:
            return False
        shown = [await self.asking.remembered.recall(request.id, purpose) for purpose in (_STATUS, "review")]
        return not any(shown)

    async def _where_else(self, picture: RequestView, asked: PostingOutcome) -> None:
        """Tell the requestor once when nobody could be asked, or not where it should have been."""
        if not asked.reached:
            await self._line(picture, "unreached", Note(text=texts.nobody_reached()))
        elif asked.unusable:
            said = stages.asked_elsewhere(asked.unusable, asked.instead)
            await self._line(picture, f"unusable:{asked.unusable}", Note(text=said))
        if asked.held_in:
            await self._line(picture, "held", Note(text=digest.held(asked.held_in)))

    @property
    def _alarm(self) -> Alarm:
        return Alarm(services=self.services, asking=self.asking)

    async def _status(self, picture: RequestView) -> None:
        request = picture.request
        shown = replace(picture, request=opened(request, self.services.clock()))
        promise = self.services.judge.deliveries[request.delivery].promise(request.entitlement.resource)
        for reader in _readers(picture):
            note = status_card(shown, reader=reader.id, promise=promise, public_url=self.services.public_url)
            await self._show(request.id, reader, note)
            await self._take_back_offer(picture, reader)

    async def _take_back_offer(self, picture: RequestView, reader: "_Reader") -> None:
        """Once it has ended nothing offers more time for it any more."""
        if picture.grant is None or picture.grant.state not in _OVER:
            return
        for message in await self.asking.remembered.recall(picture.request.id, f"{_WARNING}{reader.mark}"):
            await self._change(picture.request.id, message, ending_card(picture, ""))

    async def _show(self, subject: GrantId, reader: "_Reader", note: Note) -> None:
        """Bring one reader's message up to date."""
        if known := await self.asking.remembered.recall(subject, reader.purpose):
            await self._change(subject, known[0], note)
            return
        try:
            message = await self.asking.outgoing.post(reader.id, note)
        except Gone as gone:
            log.warning("slack.cannot_tell_requestor", grant=subject, reason=gone.reason)
            return
        await self.asking.remembered.remember(subject, reader.purpose, message)

    async def _line(self, picture: RequestView, purpose: str, said: Note, reader: "_Reader | None" = None) -> None:
        """Say one thing under the requestor's message, or another reader's, once."""
        subject = picture.request.id
        known = await self.asking.remembered.recall(subject, reader.purpose if reader else _STATUS)
        if known:
            place, thread = known[0].channel, known[0].ts
            await self.asking.say_once(place, said, subject=subject, purpose=purpose, thread=thread)

    async def _change(self, subject: GrantId, message: Message, note: Note) -> None:
        try:
            await self.asking.outgoing.change(message, note)
        except Gone as gone:
            log.warning("slack.message_gone", grant=subject, reason=gone.reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    """Somebody who has a message of their own about a request."""

    id: PrincipalId
    mark: str = ""

    @property
    def purpose(self) -> str:
        return f"{_STATUS}{self.mark}"


def _readers(picture: RequestView) -> Iterator[_Reader]:
    """Who asked, and whoever else has it, from its approval on. A robot reads nothing in Slack."""
    request = picture.request
    if not request.requestor.startswith(ROBOT):
        yield _Reader(id=request.requestor)
    if picture.grant is not None and request.beneficiary is not None and not request.beneficiary.startswith(ROBOT):
        yield _Reader(id=request.beneficiary, mark=":beneficiary")


def _purpose(notice: Notice, picture: RequestView) -> str:
    """What a line is remembered by. Approvals of one moment are told in one line, as all of them are in it."""
    if notice.event.kind is EntryKind.REQUEST_ENDORSED:
        return f"endorsed:{len(picture.request.approvals)}"
    if notice.event.kind is EntryKind.GRANT_WARNED:
        return _WARNING
    return f"told:{notice.id}"


def _noted(event: Event, picture: RequestView, news: str) -> Note:
    """
    One line with what belongs beside it: a way to more time, what somebody wrote when they decided, what they cut.

    This is the message that rings: what the notification repeats has the words too.
    """
    if event.kind is EntryKind.GRANT_WARNED:
        return ending_card(picture, news)
    if event.kind is EntryKind.REQUEST_APPROVED and (given := outcomes.asked_and_given(picture.request)):
        return Note(text=f"{news} {given}")
    worded = event.kind in _DECIDED or event.kind is EntryKind.GRANT_ENDED
    return noted(news, outcomes.words_with(picture.request, picture.grant) if worded else "")


def _for_deciders(event: Event, picture: RequestView) -> str:
    """What those who decided are told of what did not begin as they approved it; nothing of everything else."""
    grant = picture.grant
    match event.kind:
        case EntryKind.GRANT_STUCK if grant is not None and grant.state is GrantState.APPROVED:
            return outcomes.late(str(event.details.get("error", "")))
        case EntryKind.GRANT_ENDING if grant is not None and event.details.get("why") in {Why.REFUSED, Why.LEFT}:
            return outcomes.standing(picture.request, grant)
        case _:
            return ""


def _news(event: Event, picture: RequestView) -> str:  # noqa: PLR0911 - one line for each thing that is told
    """What is said under the requestor's message; nothing when it is not so any more by the time it is told."""
    state = picture.grant.state if picture.grant else None
    match event.kind:
        case EntryKind.GRANT_WARNED if picture.grant is not None and state is GrantState.ACTIVE:
            return outcomes.ends_soon(picture.grant)
        case EntryKind.GRANT_STUCK if state is GrantState.APPROVED:
            return outcomes.late(str(event.details.get("error", "")))
        case EntryKind.GRANT_STUCK if state is not GrantState.ENDED:
            return outcomes.stuck()
        case EntryKind.GRANT_ACTIVATED if state is GrantState.ACTIVE:
            return outcomes.standing(picture.request, picture.grant)
        case EntryKind.GRANT_ENDED:
            return outcomes.standing(picture.request, picture.grant)
        case EntryKind.SERIES_CLOSED:
            return texts_ahead.no_more(event)
        case EntryKind.SERIES_MOVED:
            return texts_ahead.window_refused(event)
        case kind if picture.request.state is RequestState.PENDING:
            return _while_it_waits(kind, event, picture)
        case kind if kind in _DECIDED:
            return outcomes.decision(picture.request, picture.grant)
        case _:
            return ""


def _while_it_waits(kind: EntryKind, event: Event, picture: RequestView) -> str:
    if kind is EntryKind.REQUEST_ENDORSED:
        return outcomes.endorsed(picture.request)
    if kind is not EntryKind.REQUEST_STALLED:
        return ""
    why = OPENLY.sentence(str(event.details.get("sentence", "")))
    return why if event.details.get("field") == ENOUGH else stages.stalled(why)
