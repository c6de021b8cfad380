"""The slash command: the one grammar, spoken in Slack."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from daypass.doors.language import (
    ID,
    Again,
    Allow,
    Approve,
    Cancel,
    ComeBack,
    Confirm,
    Deny,
    Done,
    Extend,
    GoAway,
    Help,
    Lift,
    ListMine,
    MakeLink,
    RequestAccess,
    RequestDraft,
    Review,
    Revoke,
    Said,
    SetFreeze,
    ShowOffers,
    ShowRequest,
    ShowRules,
    StartPanic,
    Withdraw,
    parse,
    says_times,
)
from daypass.doors.slack import unescape
from daypass.doors.slack.blocks import (
    Block,
    Note,
    actions,
    button,
    context,
    quoted,
    section,
    sentence,
)
from daypass.doors.slack.break_glass import GlassReviews
from daypass.doors.slack.choose_id import which_one
from daypass.doors.slack.duplicates import asked_already
from daypass.doors.slack.form import Form
from daypass.doors.slack.freezes import Freezing
from daypass.doors.slack.help import helped
from daypass.doors.slack.interaction import Interaction
from daypass.doors.slack.lists import List, of, show_all
from daypass.doors.slack.login import LoginMessages
from daypass.doors.slack.passkey import Passkeys
from daypass.doors.slack.preapprovals import Preapprovals
from daypass.doors.slack.preview import previewed
from daypass.doors.slack.request_form import heard
from daypass.doors.slack.rules import RulesDoor
from daypass.doors.slack.spoken import refusal as refusal_sentence
from daypass.doors.slack.texts import handout, labels, outcomes, story
from daypass.doors.slack.texts import lists as said_of_lists
from daypass.doors.slack.texts import preapprovals as texts_ahead
from daypass.doors.slack.texts import requests as texts
from daypass.doors.slack.verbs import Verbs, in_thread
from daypass.lifecycle.extend import MoreTime
from daypass.lifecycle.story import in_order
from daypass.model.errors import AskedAlready, BadInput, NotAllowed, Refusal
from daypass.model.event import Event
from daypass.model.grant import GrantId
from daypass.model.principal import PrincipalId
from daypass.model.request import Request
from daypass.views.overview import Overview, overview
from daypass.views.request import RequestView

_LONGEST_VALUE = 2000
"""Characters that a Slack button carries."""
_MOST_LINES = 40
_MOST_LISTED = 12
"""Entries of each of three lists: a message holds 50 blocks."""


_ABOUT_A_REQUEST = (Approve, Deny, Done, Cancel, Extend, MakeLink, Review, ShowRequest)


@dataclass(frozen=True, slots=True, kw_only=True)
class Commands:
    """The one slash command, `/daypass`."""

    counter: Verbs
    form: Form
    logins: LoginMessages

    async def run(self, turn: Interaction) -> None:
        """
        Do what was typed. An incomplete request opens the form at once, before anything is looked up.

        A request that cannot be filed as it stands comes back with its sentence and a button to the form.
        """
        said = str(turn.body.get("text") or "")
        words = unescape.words(said)
        if _asks(words) and not _complete(words):
            await self.form.open_with(turn, heard(words[1:], words[0].lower()), problem=self._problem(words))
            return
        try:
            tz = await self._zone(turn, words)
            await self._do(turn, parse(words, now=self.counter.services.clock(), tz=tz))
        except AskedAlready as error:
            await turn.tell(Note(text=await asked_already(turn, error, self.counter.services)))
        except (BadInput, NotAllowed) as refusal:
            if refusal.field == ID and len(words) == 1:
                raise BadInput(
                    await which_one(words[0].lower(), self.counter.services, turn.person), field=ID
                ) from None
            if not _asks(words):
                raise
            await turn.tell(_with_form(refusal_sentence(refusal), said))

    async def _zone(self, turn: Interaction, words: list[str]) -> str:
        """The person's time zone, looked up only for a command in which they may say a time."""
        if not says_times(words):
            return "UTC"
        return (await self.counter.person(turn.person)).tz

    def _problem(self, words: list[str]) -> str:
        """What is wrong with the words of an incomplete request, as far as that shows without their time zone."""
        try:
            parse(words, now=self.counter.services.clock(), tz="UTC")
        except BadInput as error:
            return refusal_sentence(error)
        return ""

    async def _do(self, turn: Interaction, said: Said) -> None:
        """Do what was typed. A refusal about a request is told only to whoever may see that request."""
        try:
            await self._done(turn, said)
        except Refusal as error:
            if not isinstance(said, _ABOUT_A_REQUEST) or said.id is None:
                raise
            raise await self.counter.concealed(error, said.id, by=turn.person) from None

    async def _done(self, turn: Interaction, said: Said) -> None:  # noqa: C901, PLR0912 - one line for each command there is
        match said:
            case RequestAccess(draft=draft):
                await self._request(turn, draft)
            case Approve(id=subject, length=length):
                if await Passkeys(counter=self.counter).approve(turn, subject, length):
                    await self._show(turn, subject)
            case Deny(id=subject, reason=reason):
                await self.counter.deny(subject, by=turn.person, reason=reason)
                await self._show(turn, subject)
            case Done(id=subject):
                await self.counter.drop(subject, by=turn.person)
                await self._show(turn, subject)
            case Revoke(id=subject, reason=reason):
                await self.counter.revoke(subject, by=turn.person, reason=reason)
                await self._show(turn, subject)
            case Cancel(id=subject):
                await self.counter.cancel(subject, by=turn.person)
                await self._show(turn, subject)
            case Extend(id=subject, term=term, reason=reason):
                request = await self.counter.extend(
                    MoreTime(grant_id=subject, by=turn.person, term=term, reason=reason, key=turn.key)
                )
                await turn.tell(Note(text=texts.filed(request)))
            case MakeLink(id=subject, key=key):
                await self._link(turn, subject, key)
            case Confirm(user_code=user_code):
                await self.logins.ask(turn, user_code)
            case ListMine():
                await self._list(turn)
            case Review(id=subject):
                await GlassReviews(counter=self.counter).asked(turn, subject)
            case ShowRequest(id=subject):
                await self._show(turn, subject)
            case Allow() | Withdraw() | Again() | ShowOffers() | GoAway() | ComeBack():
                await Preapprovals(counter=self.counter).do(turn, said)
            case ShowRules():
                await RulesDoor(counter=self.counter).do(turn, said)
            case StartPanic() | SetFreeze() | Lift():
                await Freezing(counter=self.counter).do(turn, said)
            case Help(verb=verb):
                await turn.tell(helped(verb))

    async def _request(self, turn: Interaction, draft: RequestDraft) -> None:
        ask = draft.ask(turn.person, key=turn.key)
        if draft.dry_run:
            await turn.tell(await previewed(self.counter, ask))
            return
        request = await self.counter.file(ask)
        await turn.tell(Note(text=texts.filed(request)))

    async def _link(self, turn: Interaction, subject: GrantId, key: str) -> None:
        address = await self.counter.link(subject, key, by=turn.person)
        place = (await self.counter.request_view(subject, by=turn.person)).request.entitlement.resource
        await turn.tell(Note(text=handout.link_ready(address, key or place.inner)), secret=True)

    async def _list(self, turn: Interaction) -> None:
        services = self.counter.services
        seen = await in_thread(lambda: overview(turn.person, judge=services.judge, now=services.clock()))
        counted = said_of_lists.counted(len(seen.grants), len(seen.requests), len(seen.waiting))
        text = f"{sentence(seen.frozen)} {counted}".strip()
        await turn.tell(Note(text=text, blocks=tuple(_overview_blocks(seen))))

    async def _show(self, turn: Interaction, subject: GrantId) -> None:
        picture, events = await in_thread(lambda: self._look(subject, turn.person))
        line = outcomes.one_line(picture.request, picture.grant, self.counter.services.clock())
        hidden = len(events) - _MOST_LINES
        told = [story.earlier(hidden)] if hidden > 0 else []
        told += [story.line(event) for event in events[-_MOST_LINES:]]
        reason = [quoted(picture.request.reason)] if picture.request.reason else []
        asked = context(texts.asked(picture.request))
        await turn.tell(Note(text=line, blocks=(section(line), asked, *reason, *(context(each) for each in told))))

    def _look(self, subject: GrantId, by: PrincipalId) -> tuple[RequestView, list[Event]]:
        """Read a request for whoever may see it; for anybody else there is none."""
        return self.counter.view_for(subject, by), in_order(self.counter.services.ledger.story(subject))


def _asks(words: list[str]) -> bool:
    return bool(words) and words[0].lower() in {"request", "grant"} and not {"--help", "-h"} & set(words)


def _complete(words: list[str]) -> bool:
    spoken = heard(words[1:], words[0].lower())
    return bool(spoken.level and spoken.resource) and spoken.to != ""


def _with_form(said: str, command: str) -> Note:
    """A refusal, and the way to the form with what was typed; the words are read anew there."""
    words = command.partition(" ")[2]
    opening = button(labels.OPEN_FORM, "form.open", words if len(words) <= _LONGEST_VALUE else "")
    text = sentence(said)
    return Note(text=text, blocks=(section(text), actions("refused", [opening])))


def _overview_blocks(seen: Overview) -> Iterator[Block]:
    if seen.frozen:
        yield section(f"*{sentence(seen.frozen)}*")
    for which in (List.GRANTS, List.REQUESTS, List.WAITING):
        everything = of(seen, which)
        yield section(f"*{said_of_lists.TITLES[which]}*")
        for one in everything[:_MOST_LISTED]:
            yield section(_line(which, one, seen.now))
        if not everything:
            yield section(said_of_lists.EMPTY[which])
        if len(everything) > _MOST_LISTED:
            yield show_all(which, said_of_lists.newest(_MOST_LISTED, len(everything)))
    if seen.permits:
        lines = [texts_ahead.one_line(one) for one in seen.permits[:_MOST_LISTED]]
        yield section("\n".join([f"*{labels.AHEAD}*", *lines]))


def _line(which: List, one: RequestView | Request, now: datetime) -> str:
    if isinstance(one, RequestView):
        return outcomes.one_line(one.request, one.grant, now)
    return texts.asked_in_one_line(one) if which is List.WAITING else outcomes.one_line(one, None, now)
