"""
A change of the rules as a conversation: asked of the other owners once, kept up to date, its end told to its author.

Each other owner is asked directly, which rings; it stands in the house's channel too, where there is one.
"""

from dataclasses import dataclass

import structlog

from daypass.doors.services import Services
from daypass.doors.slack.approver_messages import ApproverMessages
from daypass.doors.slack.blocks import Note
from daypass.doors.slack.outbound import Gone
from daypass.doors.slack.owners import owners_of_rules
from daypass.doors.slack.rules_card import change_card
from daypass.doors.slack.rules_view import ChangeView, facts
from daypass.doors.slack.texts import rules as rules_texts
from daypass.doors.slack.verbs import in_thread
from daypass.lifecycle.rule_changes.decide import find_change
from daypass.lifecycle.rule_changes.versions import kept
from daypass.model.event import EntryKind, Event
from daypass.model.grant import GrantId
from daypass.model.rule_change import ChangeState, RulesChange
from daypass.ports import Notice

TOLD = frozenset(
    {
        EntryKind.RULES_PROPOSED,
        EntryKind.RULES_CHANGED,
        EntryKind.RULES_DENIED,
        EntryKind.RULES_WITHDRAWN,
        EntryKind.RULES_REFUSED,
    }
)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesConversation:
    """Brings what Slack shows of a change up to date. Raises TryLater, Unavailable and NotFound."""

    services: Services
    asking: ApproverMessages

    async def tell(self, notice: Notice, subject: GrantId) -> None:
        """Tell everyone concerned of one thing that happened to a change."""
        change = await in_thread(lambda: find_change(subject, self.services.ledger))
        if change.state is ChangeState.PENDING:
            await self._ask(await in_thread(lambda: facts(self.services, change)))
            return
        await self._redraw(change)
        if notice.event.kind is EntryKind.RULES_CHANGED:
            await self._others()
        if notice.event.actor != change.author or notice.event.kind is not EntryKind.RULES_WITHDRAWN:
            await self._tell_author(change, notice.event)

    async def _ask(self, found: ChangeView) -> None:
        change, channel = found.change, self.asking.settings.approvals_channel
        if channel and not await self.asking.remembered.recall(change.id, f"rules:{channel}"):
            await self._post(channel, found)
        owners = await in_thread(lambda: [one for one in owners_of_rules(self.services) if one != change.author])
        for one in owners[: self.asking.settings.most_asked]:
            if not await self.asking.remembered.recall(change.id, f"rules:{one}"):
                await self._post(one, found)

    async def _post(self, place: str, found: ChangeView) -> bool:
        change = found.change
        try:
            message = await self.asking.outgoing.post(place, change_card(found))
        except Gone as gone:
            log.warning("slack.cannot_ask_there", change=change.id, place=place, reason=gone.reason)
            return False
        await self.asking.remembered.remember(change.id, f"rules:{place}", message)
        await self.asking.remembered.remember(change.id, "rules", message)
        return True

    async def _redraw(self, change: RulesChange) -> None:
        known = await self.asking.remembered.recall(change.id, "rules")
        if not known:
            return
        note = change_card(await in_thread(lambda: facts(self.services, change)))
        for message in known:
            try:
                await self.asking.outgoing.change(message, note)
            except Gone as gone:
                log.warning("slack.message_gone", change=change.id, reason=gone.reason)

    async def _others(self) -> None:
        """Say on the others that wait that they were overtaken."""
        waiting = await in_thread(lambda: self.services.ledger.all(RulesChange, states=(ChangeState.PENDING,)))
        for change in waiting:
            await self._redraw(change)

    async def _tell_author(self, change: RulesChange, event: Event) -> None:
        in_force = await in_thread(lambda: kept(self.services.rules).version(self.services.clock()).number)
        said = rules_texts.told_author(change, in_force, str(event.details.get("reason") or ""), event.actor)
        await self.asking.say_once(change.author, Note(text=said), subject=change.id, purpose="rules-author")
