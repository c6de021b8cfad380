"""
Word of a freeze to the person whom it is about: that they are frozen, by whom and whom to ask, and that it was lifted.

Of a bot, whoever answers for it is told.

Nobody is told of what they did themselves. Why they were frozen is told to those who may lift it (owner_news) alone.
"""

from dataclasses import dataclass

from daypass.doors.slack.approver_messages import ApproverMessages
from daypass.doors.slack.blocks import Note
from daypass.doors.slack.texts import freezes as texts
from daypass.doors.slack.verbs import in_thread
from daypass.lifecycle.freezes.gate import freezes
from daypass.model.bot import Bot
from daypass.model.errors import Misconfigured, NotFound
from daypass.model.event import EntryKind, Event
from daypass.model.grant import GrantId
from daypass.model.principal import ROBOT, PrincipalId
from daypass.ports import Notice

TOLD = frozenset({EntryKind.FREEZE_SET, EntryKind.FREEZE_LIFTED})
_PURPOSE = "frozen"


@dataclass(frozen=True, slots=True, kw_only=True)
class FrozenNews:
    """Tells the person who was frozen. Raises TryLater."""

    asking: ApproverMessages

    async def tell(self, notice: Notice) -> None:
        """Tell of one freeze or its lifting, once; of a freeze that is lifted by now, nothing."""
        event, line = notice.event, GrantId(f"line-{notice.id}")
        person = str(event.details["about"])
        if event.details["what"] != "person":
            return
        bot = person if person.startswith(ROBOT) else ""
        if bot:
            person = await in_thread(lambda: self._owner(PrincipalId(bot)))
        if not person.startswith(("U", "W")) or event.actor == person:
            return
        if said := await in_thread(lambda: self._said(event, bot)):
            await self.asking.say_once(person, Note(text=said), subject=line, purpose=_PURPOSE)

    def _owner(self, bot: PrincipalId) -> str:
        """Who answers for a bot; nobody for one that is not known, or whose row was altered."""
        try:
            return self.asking.services.ledger.find(Bot, bot).owner
        except (NotFound, Misconfigured):
            return ""

    def _said(self, event: Event, bot: str) -> str:
        if event.kind is EntryKind.FREEZE_LIFTED:
            return texts.lifted_for_your_bot(event, bot) if bot else texts.lifted_for_you(event)
        standing = (one for one in freezes(self.asking.services.ledger) if one.id == event.details["freeze"])
        say = texts.to_owner_of_the_frozen if bot else texts.to_the_frozen
        return next(map(say, standing), "")
