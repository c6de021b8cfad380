"""
Broken glass in Slack: loud when it happens, loud until somebody else has reviewed it.

    in the rule's channel, else the house's, else to each who reviews; and to whomever the operator names for security
    “Review” shows what was done and takes the note that closes it; “Revoke” ends the access

A button carries an id and nothing else. Whether the click may do anything is asked of the ledger and the rules then.
"""

from dataclasses import dataclass

import structlog

from daypass.doors.language import parse_id, parse_reason
from daypass.doors.services import Services
from daypass.doors.slack.approver_messages import ApproverMessages
from daypass.doors.slack.blocks import (
    Block,
    Note,
    View,
    actions,
    button,
    context,
    field,
    line,
    modal,
    quoted,
    section,
    sentence,
)
from daypass.doors.slack.cards import noted
from daypass.doors.slack.form import refused
from daypass.doors.slack.form_values import typed
from daypass.doors.slack.interaction import Answer, CloseView, Interaction
from daypass.doors.slack.outbound import Gone
from daypass.doors.slack.recipients import channels
from daypass.doors.slack.spoken import refusal as refusal_sentence
from daypass.doors.slack.texts import break_glass as texts
from daypass.doors.slack.texts import labels
from daypass.doors.slack.texts.requests import reference
from daypass.doors.slack.texts.story import line as story_line
from daypass.doors.slack.verbs import Verbs, in_thread
from daypass.lifecycle.break_glass.dossier import Dossier, dossier
from daypass.lifecycle.break_glass.review import close_review, find_review, must_review
from daypass.model.break_glass import GlassReview
from daypass.model.errors import DaypassError, NotFound
from daypass.model.event import EntryKind
from daypass.model.grant import GrantId, GrantState
from daypass.model.principal import PrincipalId, SlackGroupId
from daypass.model.record import Validity
from daypass.model.request import LONGEST_REASON
from daypass.ports import Notice
from daypass.views.overview import reviews_for
from daypass.views.request import RequestView

TOLD = frozenset({EntryKind.GLASS_BROKEN, EntryKind.GLASS_REMINDED, EntryKind.GLASS_REVIEWED})
CLOSE_CALLBACK = "glass.close"
_PURPOSE = "glass"
_MOST_LINES = 60
"""Of a modal's hundred blocks."""
_MOST_LISTED = 20
_LIVE = {GrantState.APPROVED, GrantState.ACTIVE}

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """Tells of broken glass, from the outbox. Raises TryLater and Unavailable."""

    services: Services
    asking: ApproverMessages

    async def tell(self, notice: Notice, picture: RequestView) -> None:
        """Tell everyone concerned of one thing that happened to it."""
        review = await in_thread(lambda: find_review(picture.request.id, self.services.ledger))
        note = alarm_card(picture, review)
        match notice.event.kind:
            case EntryKind.GLASS_BROKEN:
                await self._raise_alarm(picture, review, note)
            case EntryKind.GLASS_REMINDED if review.state is Validity.OPEN:
                await self._say_under(notice, review, texts.reminder(notice.event, review))
            case EntryKind.GLASS_REVIEWED:
                await self._redraw(review, note)
                told = noted(texts.reviewed(review, picture.request), review.note)
                await self._post(review.principal, f"told:{notice.id}", review, told)
            case _:
                pass

    async def refresh(self, picture: RequestView) -> None:
        """Bring the alarms up to date with the grant: it is live, it has ended. Nothing where there is no review."""
        try:
            review = await in_thread(lambda: find_review(picture.request.id, self.services.ledger))
        except NotFound:
            return
        await self._redraw(review, alarm_card(picture, review))

    async def _raise_alarm(self, picture: RequestView, review: GlassReview, note: Note) -> None:
        reached = False
        for channel in channels(picture.request, self.asking.settings):
            reached = reached or await self._post_card(channel, review, note)
        for place in await in_thread(lambda: self._security(review)):
            reached = await self._post_card(place, review, note) or reached
        if not reached:
            await self._post_to_each(review, note)

    async def _post_to_each(self, review: GlassReview, note: Note) -> None:
        """To those who review, where there is no channel."""
        reached = [await self._post_card(one, review, note) for one in await in_thread(lambda: self._reviewers(review))]
        if not any(reached):
            log.error("slack.alarm_reached_nobody", grant=review.id)

    def _security(self, review: GlassReview) -> list[str]:
        """Where the operator wants it told besides: channels and people as they are, groups as who is in them."""
        places: list[str] = []
        for named in self.asking.settings.security:
            places += self._members(SlackGroupId(named)) if named.startswith("S") else [named]
        return [place for place in dict.fromkeys(places) if place != review.principal]

    def _reviewers(self, review: GlassReview) -> list[str]:
        groups = [one for group in sorted(review.reviewers.slack_groups) for one in self._members(group)]
        everybody = dict.fromkeys([*sorted(review.reviewers.people), *groups])
        return [one for one in everybody if one != review.principal][: self.asking.settings.most_asked]

    def _members(self, group: SlackGroupId) -> list[str]:
        try:
            return [str(one) for one in sorted(self.services.directory.members(group))]
        except NotFound:
            log.warning("slack.group_gone", group=group)
            return []

    async def _post_card(self, place: str, review: GlassReview, note: Note) -> bool:
        """Post the alarm to one place, once. False when the place is gone."""
        if await self.asking.remembered.recall(review.id, f"{_PURPOSE}:{place}"):
            return True
        return await self._post(place, f"{_PURPOSE}:{place}", review, note, card=True)

    async def _post(self, place: str, purpose: str, review: GlassReview, note: Note, *, card: bool = False) -> bool:
        if await self.asking.remembered.recall(review.id, purpose):
            return True
        try:
            message = await self.asking.outgoing.post(place, note)
        except Gone as gone:
            log.warning("slack.cannot_alarm_there", grant=review.id, place=place, reason=gone.reason)
            return False
        if card:
            await self.asking.remembered.remember(review.id, _PURPOSE, message)
        await self.asking.remembered.remember(review.id, purpose, message)
        return True

    async def _redraw(self, review: GlassReview, note: Note) -> None:
        for message in await self.asking.remembered.recall(review.id, _PURPOSE):
            try:
                await self.asking.outgoing.change(message, note)
            except Gone as gone:
                log.warning("slack.message_gone", grant=review.id, reason=gone.reason)

    async def _say_under(self, notice: Notice, review: GlassReview, said: str) -> None:
        """Say one thing in the thread of every alarm, once each; who was alarmed directly hears it directly."""
        for number, message in enumerate(await self.asking.remembered.recall(review.id, _PURPOSE)):
            purpose, place, thread = f"told:{notice.id}:{number}", message.channel, message.ts
            await self.asking.say_once(place, Note(text=said), subject=review.id, purpose=purpose, thread=thread)


@dataclass(frozen=True, slots=True, kw_only=True)
class GlassReviews:
    """The clicks under an alarm."""

    counter: Verbs

    async def open(self, turn: Interaction) -> None:
        """Show what was done, with a field for the note that closes the review."""
        await turn.open(self._opened(parse_id(turn.value), turn.person))

    async def asked(self, turn: Interaction, review_id: GrantId | None) -> None:
        """Show what was done, by the command; without an id, list what waits for this person."""
        if review_id is not None:
            await turn.open(self._opened(review_id, turn.person))
            return
        services = self.counter.services
        waiting = await in_thread(
            lambda: reviews_for(services.judge, services.directory.principal(turn.person), services.clock())
        )
        blocks = [part for review in waiting[:_MOST_LISTED] for part in _listed(review)]
        text = texts.waiting(len(waiting))
        await turn.tell(Note(text=text, blocks=(section(text), *blocks)))

    async def close(self, turn: Interaction) -> Answer:
        """Close the review with what was typed."""
        review_id, said = parse_id(turn.body["view"]["private_metadata"]), typed(turn.state, "reason")
        try:
            note = parse_reason(said)
            await in_thread(lambda: self._close(review_id, turn.person, note))
        except DaypassError as error:
            read = await in_thread(lambda: dossier(review_id, ledger=self.counter.services.ledger))
            return refused(error, review_form(read, said, refusal_sentence(error)), ("reason",))
        return CloseView()

    async def revoke(self, turn: Interaction) -> None:
        """End the access now."""
        await self.counter.revoke(parse_id(turn.value), by=turn.person, reason=texts.REVOKED)

    async def _opened(self, review_id: GrantId, person: PrincipalId) -> View:
        return review_form(await in_thread(lambda: self._look(review_id, person)))

    def _look(self, review_id: GrantId, person: PrincipalId) -> Dossier:
        """Read the dossier for one who may review it. Raises NotYours for everybody else."""
        services = self.counter.services
        review = find_review(review_id, services.ledger)
        must_review(review, person, judge=services.judge, now=services.clock())
        return dossier(review_id, ledger=services.ledger)

    def _close(self, review_id: GrantId, person: PrincipalId, note: str) -> None:
        services = self.counter.services
        close_review(review_id, by=person, note=note, judge=services.judge, now=services.clock())


def _listed(review: GlassReview) -> list[Block]:
    shown = section(texts.one_line(review))
    return [
        shown,
        actions(
            f"review:{review.id}:glass", [button(texts.REVIEW, "glass.review", review.id, spoken=texts.spoken(review))]
        ),
    ]


def alarm_card(picture: RequestView, review: GlassReview) -> Note:
    """The alarm: who, what, why, until when; then the buttons, or who reviewed it."""
    request, grant = picture.request, picture.grant
    blocks = [
        section(texts.alarm(request, grant)),
        quoted(request.reason or texts.WITHOUT_REASON),
        section(texts.owed(review)),
    ]
    buttons: list[Block] = []
    if review.state is Validity.OPEN:
        buttons.append(button(texts.REVIEW, "glass.review", request.id, style="primary"))
    if grant is not None and grant.state in _LIVE:
        buttons.append(button(texts.REVOKE, "glass.revoke", request.id, style="danger"))
    if buttons:
        blocks.append(actions(f"glass:{request.id}", buttons))
    if review.note:
        blocks.append(quoted(review.note))
    blocks.append(context(reference(request)))
    return Note(text=texts.alarm_shortly(request), blocks=tuple(blocks))


def review_form(read: Dossier, said: str = "", problem: str = "") -> View:
    """What was done, and a field for what was found; of what is closed, what was found."""
    hidden = len(read.lines) - _MOST_LINES
    blocks = [section(f"*{sentence(problem)}*" if problem else texts.alarm(read.request, read.grant))]
    blocks += [quoted(read.request.reason or texts.WITHOUT_REASON), section(texts.gathered(read))]
    blocks += [context(texts.hidden(hidden))] if hidden > 0 else []
    blocks += [context(story_line(one.event)) for one in read.lines[-_MOST_LINES:]]
    if read.review.state is not Validity.OPEN:
        shown = [section(texts.owed(read.review)), quoted(read.review.note)]
        return modal(texts.REVIEW_TITLE, [*blocks, *shown], close=labels.CLOSE)
    asked = line(initial=said, longest=LONGEST_REASON, several=True)
    blocks.append(field("reason", texts.NOTE_LABEL, asked, hint=texts.NOTE_HINT))
    return modal(
        texts.REVIEW_TITLE,
        blocks,
        callback_id=CLOSE_CALLBACK,
        submit=texts.CLOSE,
        close=texts.NOT_YET,
        metadata=read.review.id,
    )
