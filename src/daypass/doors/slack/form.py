"""Asking through the form: it opens prefilled, says its errors beside the field, and files."""

from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from daypass.doors import refusals
from daypass.doors.language import RequestDraft, Spoken
from daypass.doors.slack import unescape
from daypass.doors.slack.blocks import Block, View, sentence
from daypass.doors.slack.duplicates import asked_already
from daypass.doors.slack.interaction import Answer, CloseView, Interaction, ShowView, Wrong
from daypass.doors.slack.names import in_private
from daypass.doors.slack.request_form import FIELDS, as_typed, form, heard, place_option, read
from daypass.doors.slack.spoken import refusal as refusal_sentence
from daypass.doors.slack.texts import requests as texts
from daypass.doors.slack.texts.form_words import in_form
from daypass.doors.slack.typeahead import nearly, places
from daypass.doors.slack.verbs import Verbs, in_thread
from daypass.model.errors import AskedAlready, BadInput, DaypassError, Refusal
from daypass.model.principal import PrincipalId
from daypass.rules.approval.preview import preview as who_is_asked
from daypass.rules.rule.rule import AllowRule

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """The request form at work."""

    counter: Verbs

    async def open(self, turn: Interaction) -> None:
        """Open it: empty from the shortcut, else with the words that the button carries."""
        said = turn.value if turn.body.get("actions") else ""
        try:
            spoken = heard(unescape.words(said))
        except BadInput:
            spoken = Spoken()
        await turn.open(self._drawn(spoken))

    async def open_for_somebody(self, turn: Interaction) -> None:
        """Open it for somebody else's access."""
        await turn.open(self._drawn(Spoken(to="")))

    async def open_with(self, turn: Interaction, spoken: Spoken, *, problem: str = "") -> None:
        """Open it with what was said already."""
        await turn.open(self._drawn(spoken, problem=problem))

    async def submit(self, turn: Interaction) -> Answer:
        """File what it says, or say what is wrong with it."""
        spoken = read(turn.state, str(turn.body["view"].get("private_metadata") or ""))
        try:
            draft = await self.understand(spoken, turn.person)
            await self.counter.file(draft.ask(turn.person, key=turn.key))
        except AskedAlready as error:
            said = await asked_already(turn, error, self.counter.services)
            return ShowView(view=await self._drawn(spoken, repeated=said), said=refusal_sentence(error))
        except DaypassError as error:
            return refused(error, await self._drawn(spoken, asked=[_bold(error)]), FIELDS)
        return CloseView()

    async def preview(self, turn: Interaction) -> None:
        """Say in the form itself who would be asked, in which order and why, or what stands in the way."""
        spoken = read(turn.state, str(turn.body["view"].get("private_metadata") or ""))
        try:
            draft = await self.understand(spoken, turn.person)
            seen = await self.counter.preview(draft.ask(turn.person, key=turn.key))
        except Refusal as error:
            await turn.show(await self._drawn(spoken, asked=[_bold(error)]))
            return
        order = who_is_asked(seen.decision.stages)
        naming = await in_thread(lambda: in_private(self.counter.services, order))
        said = texts.previewed(seen.request, at_once=seen.decision.at_once)
        await turn.show(await self._drawn(spoken, asked=[said, *map(naming.sentence, order)]))

    async def _drawn(self, spoken: Spoken, *, problem: str = "", asked: Sequence[str] = (), repeated: str = "") -> View:
        why = await in_thread(self._is_why_wanted)
        return form(spoken, problem=problem, asked=asked, repeated=repeated, why=why)

    def _is_why_wanted(self) -> bool:
        """Whether any rule wants a reason: then it is not called optional, whatever comes to be asked for."""
        try:
            rules = self.counter.services.rules().rules
        except DaypassError:
            return True
        lending = [rule for rule in rules if isinstance(rule, AllowRule)]
        return not lending or any(rule.reason_required for rule in lending)

    async def understand(self, spoken: Spoken, by: PrincipalId) -> RequestDraft:
        """Understand words in the time zone of the person who said them."""
        person = await self.counter.person(by)
        return spoken.understood(now=self.counter.services.clock(), tz=person.tz)

    async def suggest(self, turn: Interaction) -> list[Block]:
        """
        Offer places that this person may ask for, as they type.

        Where none fits, what was typed can be chosen as it stands, so that it is not lost: the form then says
        beside it what is wrong. It is an echo, and tells nobody what there is.
        """
        typed = str(turn.body.get("value") or "").strip()
        try:
            if found := await in_thread(lambda: places(self.counter.services, turn.person, typed)):
                return [place_option(place) for place in found]
            near = await in_thread(lambda: nearly(self.counter.services, turn.person, typed))
        except DaypassError as error:
            log.warning("slack.nothing_suggested", error=error.report)
            near = []
        return [*map(place_option, near), *([as_typed(typed)] if typed else [])]


def refused(error: DaypassError, view: View, fields: tuple[str, ...]) -> Answer:
    """Put an error beside the field it is about, or on top of the form when it is about none of them."""
    if isinstance(error, Refusal) and error.field in fields:
        return Wrong(errors={error.field: in_form(refusals.sentence(error))}, view=view)
    return ShowView(view=view, said=in_form(refusal_sentence(error)))


def _bold(error: DaypassError) -> str:
    return f"*{sentence(in_form(refusal_sentence(error)))}*"
