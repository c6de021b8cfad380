"""
Word to whoever decided in somebody's stead, once a panic or somebody's leaving has ended that.

Who is away is told too: they believe that somebody decides for them. Nobody is told of what they did themselves, and
nobody who has left.
"""

from dataclasses import dataclass

from daypass.doors.slack.approver_messages import ApproverMessages
from daypass.doors.slack.blocks import Note
from daypass.doors.slack.texts import preapprovals as texts
from daypass.model.event import EntryKind
from daypass.model.grant import GrantId
from daypass.model.principal import PrincipalId
from daypass.ports import Notice

TOLD = frozenset({EntryKind.ABSENCE_ENDED})


@dataclass(frozen=True, slots=True, kw_only=True)
class DelegateNews:
    """Tells the two whom a delegation joined. Raises TryLater."""

    asking: ApproverMessages

    async def tell(self, notice: Notice) -> None:
        """Tell each of them once."""
        event = notice.event
        away, delegate = event.details.get("principal"), event.details.get("delegate")
        if not away or not delegate:
            return
        left = bool(event.details.get("because"))
        who, instead = PrincipalId(str(away)), PrincipalId(str(delegate))
        if instead != event.actor:
            await self._tell(notice, instead, texts.stead_ended(who, None if left else event.actor))
        if who != event.actor and not left:
            await self._tell(notice, who, texts.nobody_instead(instead, event.actor))

    async def _tell(self, notice: Notice, one: PrincipalId, said: str) -> None:
        line, purpose = GrantId(f"line-{notice.id}"), f"delegate:{one}"
        await self.asking.say_once(one, Note(text=said), subject=line, purpose=purpose)
