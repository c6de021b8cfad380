"""Letting a command line speak for somebody: it is shown what asks, and only a click of theirs confirms."""

from dataclasses import dataclass

from daypass.doors.slack.blocks import Note, actions, button, context, section
from daypass.doors.slack.interaction import Interaction
from daypass.doors.slack.texts import handout, labels
from daypass.doors.slack.verbs import Verbs


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginMessages:
    """The device-code flow as Slack shows it (RFC 8628, section 3.3)."""

    counter: Verbs

    async def ask(self, turn: Interaction, user_code: str) -> None:
        """Show what waits with this code: where it runs, since when."""
        waiting = await self.counter.waiting_login(user_code)
        asks = handout.login_asks(waiting)
        row = [
            button(labels.CONFIRM_LOGIN, "login.confirm", waiting.user_code, style="primary"),
            button(labels.REJECT_LOGIN, "login.reject", waiting.user_code, style="danger"),
        ]
        await turn.tell(Note(text=asks, blocks=(section(asks), context(labels.LOGIN_WARNING), actions("login", row))))

    async def confirm(self, turn: Interaction) -> None:
        """Make it theirs."""
        await self.counter.confirm_login(turn.value, by=turn.person)
        await _answer(turn, labels.LOGIN_DONE)

    async def reject(self, turn: Interaction) -> None:
        """End it: somebody else began it."""
        await self.counter.reject_login(turn.value, by=turn.person)
        await _answer(turn, labels.LOGIN_REJECTED)


async def _answer(turn: Interaction, said: str) -> None:
    """In the place of the question, so that its buttons go; where that is not, beside it."""
    if not await turn.settle(Note(text=said)):
        await turn.tell(Note(text=said))
