"""What others have, in the Home tab: whoever may decide on it ends it there, with words for the one who has it."""

from dataclasses import dataclass

from daypass.doors.language import parse_id, parse_reason
from daypass.doors.slack.blocks import View, field, line, modal, section, sentence
from daypass.doors.slack.form import refused
from daypass.doors.slack.form_values import typed_if_any
from daypass.doors.slack.home import HomeTab
from daypass.doors.slack.interaction import Answer, CloseView, Interaction
from daypass.doors.slack.spoken import refusal as refusal_sentence
from daypass.doors.slack.texts import labels, outcomes
from daypass.doors.slack.texts import refusals as sorry
from daypass.doors.slack.verbs import Verbs
from daypass.model.errors import BadInput, DaypassError
from daypass.model.grant import GrantId
from daypass.model.principal import PrincipalId
from daypass.model.request import LONGEST_REASON

CALLBACK = "others.revoke"


@dataclass(frozen=True, slots=True, kw_only=True)
class OthersAccess:
    """Ending what somebody else has."""

    counter: Verbs
    home: HomeTab

    async def ask(self, turn: Interaction) -> None:
        """Open the small form for the reason."""
        await turn.open(self._form(parse_id(turn.value), turn.person))

    async def revoke(self, turn: Interaction) -> Answer:
        """End it now, if the rules of now let this person."""
        grant_id, said = parse_id(turn.body["view"]["private_metadata"]), typed_if_any(turn.state, "reason")
        try:
            reason = parse_reason(said)
            if not reason:
                raise BadInput(sorry.WHY_REVOKED, field="reason")
            await self.counter.revoke(grant_id, by=turn.person, reason=reason)
        except DaypassError as error:
            return refused(error, await self._form(grant_id, turn.person, said, refusal_sentence(error)), ("reason",))
        await self.home.show(turn)
        return CloseView()

    async def _form(self, grant_id: GrantId, by: PrincipalId, reason: str = "", problem: str = "") -> View:
        picture = await self.counter.request_view(grant_id, by=by)
        said = outcomes.theirs(picture.request, picture.grant, self.counter.services.clock())
        blocks = [
            section(f"*{sentence(problem)}*" if problem else said),
            field("reason", labels.REVOKE_LABEL, line(initial=reason, longest=LONGEST_REASON, several=True)),
        ]
        return modal(
            labels.REVOKE, blocks, callback_id=CALLBACK, submit=labels.REVOKE, close=labels.LEAVE, metadata=grant_id
        )
