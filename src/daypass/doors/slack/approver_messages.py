"""
The approvers' side of a conversation: asked once in one place, kept up to date there, reminded there.

The place is the channel of the rule, else the house's, else a direct message to each. One that cannot be written in
(archived, gone, we were never invited) is passed over for the next, so that a request is never asked of nobody.
"""

import asyncio
from dataclasses import dataclass, replace
from functools import partial

import structlog

from daypass.doors.services import Services
from daypass.doors.slack.blocks import Note
from daypass.doors.slack.cards import review_card
from daypass.doors.slack.digest_card import LISTED_IN, digest, listed_in
from daypass.doors.slack.flood_control import FloodControl
from daypass.doors.slack.names import OPENLY, Naming, aloud, for_channel
from daypass.doors.slack.outbound import Gone, OutboundMessages
from daypass.doors.slack.policy_preview import in_aws
from daypass.doors.slack.postings import RequestPostings
from daypass.doors.slack.recipients import approvers, channels, may_be_asked
from daypass.doors.slack.texts import requests as texts
from daypass.doors.slack.texts import stages
from daypass.doors.slack.verbs import Verbs, in_thread
from daypass.doors.slack.workspace import SlackSettings
from daypass.lifecycle.approval.escalation import open_now, opened
from daypass.model.decision import Approvers
from daypass.model.event import EntryKind, Event
from daypass.model.grant import GrantId
from daypass.model.principal import PrincipalId, SlackGroupId
from daypass.model.request import Request, RequestState
from daypass.ports import Message, Notice
from daypass.views.request import RequestView

_DECIDED = (RequestState.APPROVED, RequestState.DENIED)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class PostingOutcome:
    """What became of asking."""

    reached: bool = True
    unusable: str = ""
    """The channel that should have been asked in and cannot be written in."""
    instead: str = ""
    """The channel in which it was asked in its stead; empty when people were asked directly."""
    held_in: str = ""
    """The busy channel in which it will be listed with others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproverMessages:
    """Brings the approvers' messages of a request up to date."""

    services: Services
    outgoing: OutboundMessages
    settings: SlackSettings
    remembered: RequestPostings
    rush: FloodControl

    async def bring_up_to_date(self, picture: RequestView, notice: Notice) -> PostingOutcome:
        """Ask whom nobody has asked yet, and draw what was posted as things stand now."""
        request, kind = picture.request, notice.event.kind
        pending = request.state is RequestState.PENDING
        if request.state in _DECIDED:
            self.rush.decided(request.id)
        asked = await self.ask(picture) if pending else PostingOutcome()
        if not (pending and kind is EntryKind.REQUEST_FILED):
            await self._redraw(picture)
        if pending:
            await self._call_in(request, notice)
        return asked

    async def ask(self, picture: RequestView, *, anew: bool = False) -> PostingOutcome:
        """
        Ask in the first channel that can be written in; where there is none, ask each approver.

        Where it was asked already it is not asked again, unless `anew`: what was posted there is gone.
        """
        request, unusable = picture.request, ""
        for channel in channels(request, self.settings):
            if await self._asked_in(channel, picture, anew=anew):
                held = channel if self.rush.holds(channel, request.id) else ""
                return PostingOutcome(unusable=unusable, instead=channel, held_in=held)
            unusable = unusable or channel
        reached = await self._ask_each(picture, anew=anew)
        return PostingOutcome(reached=reached, unusable=unusable)

    async def remind(self, picture: RequestView, notice: Notice) -> PostingOutcome:
        """
        Say once, under the approvers' message, that it still waits; where there is none any more, ask anew.

        Somebody may have deleted the message or archived its channel since: Slack is asked whether it is there.
        """
        request = picture.request
        if request.state is not RequestState.PENDING or notice.event.at < request.waiting_since:
            return PostingOutcome()
        there, reached = await self._redraw(picture, sure=True), False
        for place, called in self._to_call(request, notice):
            for card in await self.remembered.recall(request.id, f"review:{place}"):
                said = stages.still_waits(request, called)
                if card in there and await self._say_under(card, request, f"told:{notice.id}:{place}", said):
                    reached = True
        return PostingOutcome() if reached else await self.ask(picture, anew=await self._lost(request, notice))

    async def _lost(self, request: Request, notice: Notice) -> bool:
        """Whether those who are to be reminded were asked somewhere; that is gone, then."""
        places = [place for place, _ in self._to_call(request, notice)]
        return any([await self.remembered.recall(request.id, f"review:{place}") for place in places])

    def _to_call(self, request: Request, notice: Notice) -> list[tuple[str, str]]:
        """Where a reminder is said, and whom it calls there: a channel's people together, else each by themselves."""
        together = aloud(_without_parties(open_now(request, self.services.clock()), request))
        shared = [(channel, together) for channel in channels(request, self.settings)]
        return shared + [(one, texts.person(one)) for one in _people(notice.event)]

    async def say_to_deciders(self, request: Request, notice: Notice, said: str) -> None:
        """Say one thing, once, under each message in which this was asked."""
        for card in await self.remembered.recall(request.id, "review"):
            await self._say_under(card, request, f"told:{notice.id}:{card.channel}:{card.ts}", said)

    async def card(self, picture: RequestView, naming: Naming = OPENLY, sent: str = "") -> Note:
        """Draw the approvers' message as things stand now."""
        return review_card(self._now(picture), await self._in_aws(picture.request), sent, naming)

    def _now(self, picture: RequestView) -> RequestView:
        """With those to whom it was handed over by now among those who may decide."""
        return replace(picture, request=opened(picture.request, self.services.clock()))

    async def _in_aws(self, request: Request) -> str:
        return await asyncio.to_thread(lambda: in_aws(self.services, request))

    async def _asked_in(self, channel: str, picture: RequestView, *, anew: bool) -> bool:
        """Ask in a channel, unless it was asked there already, or the channel is busy. False when it is of no use."""
        request, now = picture.request, self.services.clock()
        if not anew and await self.remembered.recall(request.id, f"review:{channel}"):
            return True
        if not self.rush.admits(channel, request.id, now, urgent=request.urgent):
            self.rush.collect(channel, request.id, now)
            return True
        there = False
        try:
            there = await self._post(channel, request, await self.card(picture, await self._naming(request)))
        finally:
            if there:
                self.rush.posted(channel, request.id)
            else:
                self.rush.unposted(channel, request.id)
        return there

    async def _ask_each(self, picture: RequestView, *, anew: bool) -> bool:
        """Ask people one by one, the next one for each who cannot be reached, up to the most that are asked."""
        request = picture.request
        deciders = await asyncio.to_thread(lambda: approvers(self.services, request, self.services.clock()))
        most = min(self.settings.most_asked, len(deciders))
        note = await self.card(picture, sent=texts.who_was_asked(most, len(deciders)))
        reached = 0
        for one in deciders:
            if reached < most and await self._asked_of(one, request, note, anew=anew):
                reached += 1
        if reached or (not anew and await self.remembered.recall(request.id, "review")):
            return True
        log.error("slack.nobody_asked", grant=request.id, approvers=len(deciders))
        return False

    async def _asked_of(self, one: PrincipalId, request: Request, note: Note, *, anew: bool) -> bool:
        known = not anew and await self.remembered.recall(request.id, f"review:{one}")
        if known:
            return True
        may = await asyncio.to_thread(lambda: may_be_asked(self.services, one))
        return may and await self._post(one, request, note)

    async def _post(self, place: str, request: Request, note: Note) -> bool:
        """Post the approvers' message to one place. False when the place is gone."""
        try:
            message = await self.outgoing.post(place, note)
        except Gone as gone:
            log.warning("slack.cannot_ask_there", grant=request.id, place=place, reason=gone.reason)
            return False
        await self.remembered.remember(request.id, "review", message)
        await self.remembered.remember(request.id, f"review:{place}", message)
        return True

    async def _redraw(self, picture: RequestView, *, sure: bool = False) -> set[Message]:
        """Draw what was posted anew; gives the messages that are there, of which Slack is asked only if `sure`."""
        request = picture.request
        await self._redraw_lists(request)
        known = await self.remembered.recall(request.id, "review")
        if not known:
            return set()
        shared_in = {
            message.channel
            for channel in channels(request, self.settings)
            for message in await self.remembered.recall(request.id, f"review:{channel}")
        }
        pending = request.state is RequestState.PENDING
        shown, text = self._now(picture), await self._in_aws(request) if pending else ""
        direct, shared = review_card(shown, text), review_card(shown, text, naming=await self._naming(request))
        there = set(known)
        for message in known:
            try:
                await self.outgoing.change(message, shared if message.channel in shared_in else direct, sure=sure)
            except Gone as gone:
                log.warning("slack.message_gone", grant=request.id, reason=gone.reason)
                there.discard(message)
        return there

    async def _redraw_lists(self, request: Request) -> None:
        """What was listed with others shows there what became of it."""
        for message in await self.remembered.recall(request.id, LISTED_IN):
            listed = await listed_in(self.remembered, message)
            counter = Verbs(services=self.services)
            pictures = [await in_thread(partial(counter.view, one)) for one in listed]
            try:
                await self.outgoing.change(message, digest(pictures))
            except Gone as gone:
                log.warning("slack.message_gone", grant=request.id, reason=gone.reason)

    async def _call_in(self, request: Request, notice: Notice) -> None:
        """Call those who are asked from now on, under the message in the channel; directly they got their own."""
        said = _call(request, notice.event)
        if not said:
            return
        for channel in channels(request, self.settings):
            for card in await self.remembered.recall(request.id, f"review:{channel}"):
                await self._say_under(card, request, f"told:{notice.id}:{channel}", said)

    async def _say_under(self, card: Message, request: Request, purpose: str, said: str) -> bool:
        """Say one thing in the thread of a message, once. False when it cannot be said there."""
        return await self.say_once(card.channel, Note(text=said), subject=request.id, purpose=purpose, thread=card.ts)

    async def say_once(
        self, place: str, note: Note, *, subject: GrantId, purpose: str, thread: str | None = None
    ) -> bool:
        """
        Post to a person, a channel or a thread, unless that was done for this purpose; it is remembered by it.

        False when it cannot be said there: the log tells of that, and nothing else changes by it. Raises TryLater.
        """
        if await self.remembered.recall(subject, purpose):
            return True
        try:
            message = await self.outgoing.post(place, note, thread=thread)
        except Gone as gone:
            log.warning("slack.cannot_say_there", grant=subject, place=place, purpose=purpose, reason=gone.reason)
            return False
        await self.remembered.remember(subject, purpose, message)
        return True

    async def _naming(self, request: Request) -> Naming:
        shown = opened(request, self.services.clock())
        return await asyncio.to_thread(lambda: for_channel(self.services, shown))


def _call(request: Request, event: Event) -> str:
    """What calls the people of the next stage, or those it was handed over to; nothing when nobody new is asked."""
    match event.kind:
        case EntryKind.REQUEST_HANDED_OVER if event.details.get("stage") == request.waits_in:
            return stages.handed_over(aloud(_without_parties(_named_in(event), request)))
        case EntryKind.REQUEST_ENDORSED if (
            event.details.get("waits_in") == request.waits_in != event.details.get("stage")
        ):
            before = [one.by for one in request.approvals if one.stage == event.details.get("stage")] or [event.actor]
            return stages.now_waits_for(request.waits_in, before, aloud(_without_parties(request.asked, request)))
        case _:
            return ""


def _named_in(event: Event) -> Approvers:
    groups = event.details.get("slack_groups")
    return Approvers(
        people=frozenset(_people(event)),
        slack_groups=frozenset(map(SlackGroupId, groups if isinstance(groups, tuple) else ())),
    )


def _people(event: Event) -> list[PrincipalId]:
    people = event.details.get("people")
    return [PrincipalId(one) for one in people] if isinstance(people, tuple) else []


def _without_parties(approvers_: Approvers, request: Request) -> Approvers:
    left_out = {request.requestor, request.principal, *(approval.by for approval in request.approvals)}
    return replace(approvers_, people=approvers_.people - left_out)
