"""What people do with their own: end it, ask for more time, get a console or a link, take a request back."""

from dataclasses import dataclass

from daypass.doors.language import parse_id, parse_reason, parse_term, words_for_length
from daypass.doors.slack.blocks import Block, Note, View, actions, button, field, line, modal, section, sentence
from daypass.doors.slack.form import refused
from daypass.doors.slack.form_values import typed
from daypass.doors.slack.home import HomeTab
from daypass.doors.slack.interaction import Answer, CloseView, Interaction, ShowView, page
from daypass.doors.slack.spoken import refusal as refusal_sentence
from daypass.doors.slack.texts import handout, labels
from daypass.doors.slack.texts.form_words import in_form
from daypass.doors.slack.verbs import Verbs
from daypass.lifecycle.extend import MoreTime, as_given
from daypass.model.errors import DaypassError
from daypass.model.grant import GrantId
from daypass.model.principal import PrincipalId
from daypass.model.request import LONGEST_REASON

EXTEND_CALLBACK = "mine.extend"
LINK_CALLBACK = "mine.link"
_LONGEST_URL = 3000
"""Characters that a Slack button carries as an address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MyAccess:
    """The requestor's clicks."""

    counter: Verbs
    home: HomeTab

    async def done(self, turn: Interaction) -> None:
        """End the grant now."""
        await self.counter.drop(parse_id(turn.value), by=turn.person)
        await self.home.refresh(turn)

    async def cancel(self, turn: Interaction) -> None:
        """Take the request back."""
        await self.counter.cancel(parse_id(turn.value), by=turn.person)
        await self.home.refresh(turn)

    async def console(self, turn: Interaction) -> None:
        """Make a sign-in link at this click and show it to this person alone; it is kept nowhere."""
        grant_id = parse_id(turn.value)
        address = await self.counter.console(grant_id, by=turn.person)
        await turn.tell(_sign_in(grant_id, address), secret=True)

    async def link(self, turn: Interaction) -> None:
        """Make a link to the object of the grant, or ask to which one."""
        grant_id = parse_id(turn.value)
        picture = await self.counter.request_view(grant_id, by=turn.person)
        place = picture.request.entitlement.resource
        if place.whole:
            await turn.open(_made(_link_form(grant_id, place.inner)))
            return
        address = await self.counter.link(grant_id, place.inner, by=turn.person)
        await turn.tell(Note(text=handout.link_ready(address, place.inner)), secret=True)

    async def link_to(self, turn: Interaction) -> Answer:
        """Make a link to the object that was typed, and show it in the form's place."""
        grant_id, key = parse_id(turn.body["view"]["private_metadata"]), typed(turn.state, "resource").strip()
        try:
            address = await self.counter.link(grant_id, key, by=turn.person)
        except DaypassError as error:
            return refused(error, _link_form(grant_id, key, in_form(refusal_sentence(error))), ("resource",))
        return ShowView(view=page(handout.link_ready(address, key)))

    async def ask_extension(self, turn: Interaction) -> None:
        """Open the small form for more time, with as much in it as was given."""
        await turn.open(self._extension(parse_id(turn.value), turn.person))

    async def extend(self, turn: Interaction) -> Answer:
        """File the request for more time."""
        grant_id = parse_id(turn.body["view"]["private_metadata"])
        length, reason = typed(turn.state, "length"), typed(turn.state, "reason")
        try:
            person = await self.counter.person(turn.person)
            term = parse_term(length.strip() or None, now=self.counter.services.clock(), tz=person.tz)
            await self.counter.extend(
                MoreTime(grant_id=grant_id, by=turn.person, term=term, reason=parse_reason(reason), key=turn.key)
            )
        except DaypassError as error:
            view = _extend_form(grant_id, length, reason, in_form(refusal_sentence(error)))
            return refused(error, view, ("length", "reason"))
        return CloseView()

    async def _extension(self, grant_id: GrantId, by: PrincipalId) -> View:
        grant = (await self.counter.request_view(grant_id, by=by)).grant
        given = as_given(grant) if grant else None
        return _extend_form(grant_id, words_for_length(given.length) if given and given.length else "")


def _sign_in(grant_id: GrantId, address: str) -> Note:
    if len(address) > _LONGEST_URL:
        return Note(text=handout.console_too_long(grant_id))
    opening = button(labels.OPEN_CONSOLE, "mine.opened", grant_id, style="primary", url=address)
    return Note(
        text=handout.console_ready(),
        blocks=(section(handout.console_ready()), actions(f"console:{grant_id}", [opening])),
    )


def _link_form(grant_id: GrantId, key: str, problem: str = "") -> View:
    blocks: list[Block] = [section(f"*{sentence(problem)}*")] if problem else []
    blocks.append(field("resource", labels.KEY_LABEL, line(initial=key, longest=1024), hint=labels.KEY_HINT))
    return modal(
        labels.MAKE_LINK,
        blocks,
        callback_id=LINK_CALLBACK,
        submit=labels.MAKE_LINK,
        close=labels.LEAVE,
        metadata=grant_id,
    )


def _extend_form(grant_id: GrantId, length: str = "", reason: str = "", problem: str = "") -> View:
    blocks = [
        section(f"*{sentence(problem)}*" if problem else labels.EXTEND_INTRO),
        field("length", labels.LENGTH_LABEL, line(initial=length, longest=64), hint=labels.EXTEND_HINT, optional=True),
        field("reason", labels.REASON_LABEL, line(initial=reason, longest=LONGEST_REASON, several=True), optional=True),
    ]
    return modal(
        labels.EXTEND,
        blocks,
        callback_id=EXTEND_CALLBACK,
        submit=labels.FORM_SUBMIT,
        close=labels.LEAVE,
        metadata=grant_id,
    )


async def _made(view: View) -> View:
    return view
