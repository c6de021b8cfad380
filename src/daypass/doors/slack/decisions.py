"""
Deciding: the buttons under the approvers' message and in the Home tab.

A button carries the request's id and nothing else. Whether the click may do anything is asked of the ledger and the
rules at that moment; a click that may not changes nothing, and the clicker is told why.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from daypass.doors.language import parse_id, parse_length, parse_reason
from daypass.doors.slack.blocks import Note, View, field, line, modal, section, sentence
from daypass.doors.slack.cards import AS_ASKED, CUSTOM, row_id
from daypass.doors.slack.form import refused
from daypass.doors.slack.form_values import chosen, typed, typed_if_any
from daypass.doors.slack.home import HomeTab
from daypass.doors.slack.interaction import Answer, CloseView, Interaction
from daypass.doors.slack.passkey import Passkeys
from daypass.doors.slack.spoken import refusal as refusal_sentence
from daypass.doors.slack.texts import labels, outcomes
from daypass.doors.slack.texts import refusals as sorry
from daypass.doors.slack.texts import requests as texts
from daypass.doors.slack.texts.form_words import in_form
from daypass.doors.slack.verbs import Verbs
from daypass.model.errors import BadInput, DaypassError
from daypass.model.grant import GrantId
from daypass.model.principal import PrincipalId
from daypass.model.request import LONGEST_REASON

DENY_CALLBACK = "review.deny"
CUSTOM_CALLBACK = "review.custom"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviews:
    """The approvers' clicks."""

    counter: Verbs
    home: HomeTab

    async def approve(self, turn: Interaction) -> None:
        """Approve for what the picker says; another length is asked for in a form."""
        request_id = parse_id(turn.value)
        picked = _picked(turn.state, request_id)
        if picked == CUSTOM:
            await turn.open(self._custom(request_id, turn.person))
            return
        length = None if picked == AS_ASKED else parse_length(picked)
        if await Passkeys(counter=self.counter).approve(turn, request_id, length):
            await self.home.refresh(turn)
            picture = await self.counter.request_view(request_id, by=turn.person)
            await turn.settle(Note(text=outcomes.decision(picture.request, picture.grant)))

    async def pick(self, turn: Interaction) -> None:
        """Ask for the length when it is none of those offered; any other choice waits for the button."""
        if turn.value == CUSTOM:
            block_id = str(turn.body["actions"][0]["block_id"])
            await turn.open(self._custom(parse_id(block_id.removeprefix(row_id(""))), turn.person))

    async def approve_custom(self, turn: Interaction) -> Answer:
        """Approve for the length that was typed."""
        request_id = parse_id(turn.body["view"]["private_metadata"])
        said = typed(turn.state, "length")
        try:
            length: timedelta = parse_length(said)
            shown = await Passkeys(counter=self.counter).approve_in_form(turn, request_id, length)
        except DaypassError as error:
            return refused(error, _custom_form(request_id, "", said, in_form(refusal_sentence(error))), ("length",))
        return shown or CloseView()

    async def ask_why_not(self, turn: Interaction) -> None:
        """Open the form that asks for the reason of a denial."""
        await turn.open(self._why_not(parse_id(turn.value), turn.person))

    async def deny(self, turn: Interaction) -> Answer:
        """Deny with the reason that was typed."""
        request_id = parse_id(turn.body["view"]["private_metadata"])
        said = typed_if_any(turn.state, "reason")
        try:
            await self.counter.deny(request_id, by=turn.person, reason=parse_reason(said))
        except DaypassError as error:
            return refused(error, _deny_form(request_id, "", said, in_form(refusal_sentence(error))), ("reason",))
        return CloseView()

    async def _custom(self, request_id: GrantId, by: PrincipalId) -> View:
        picture = await self.counter.request_view(request_id, by=by)
        return _custom_form(request_id, texts.asked(picture.request))

    async def _why_not(self, request_id: GrantId, by: PrincipalId) -> View:
        picture = await self.counter.request_view(request_id, by=by)
        return _deny_form(request_id, texts.asked(picture.request))


def _picked(state: Mapping[str, Any], request_id: GrantId) -> str:
    """What the picker says. Raises BadInput when it says nothing: that is never the longest that was requested."""
    one = next(iter(chosen(state, row_id(request_id))), "")
    if not one:
        raise BadInput(sorry.NO_EXPIRY)
    return one


def _custom_form(request_id: GrantId, intro: str, said: str = "", problem: str = "") -> View:
    blocks = [
        section(f"*{sentence(problem)}*" if problem else intro),
        field("length", labels.CUSTOM_LABEL, line(initial=said, longest=64), hint=labels.CUSTOM_HINT),
    ]
    return modal(
        labels.APPROVE,
        blocks,
        callback_id=CUSTOM_CALLBACK,
        submit=labels.APPROVE,
        close=labels.LEAVE,
        metadata=request_id,
    )


def _deny_form(request_id: GrantId, intro: str, said: str = "", problem: str = "") -> View:
    blocks = [
        section(f"*{sentence(problem)}*" if problem else intro),
        field("reason", labels.DENY_LABEL, line(initial=said, longest=LONGEST_REASON, several=True), optional=True),
    ]
    return modal(
        labels.DENY, blocks, callback_id=DENY_CALLBACK, submit=labels.DENY, close=labels.LEAVE, metadata=request_id
    )
