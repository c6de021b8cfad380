"""
What the owners of the rules are told besides changes of the rules.

    the ledger or its journal was changed outside Daypass, or was put right; AWS has what it does not know
    too many people are said to have left at once
    the rules file was edited, and does not count any more
    somebody froze something, ended everything of it, or lifted a freeze

Each owner is told directly, once; while the rules cannot be read, those whom they last named. Where nobody can be told,
the channel is in which requests are decided. A panic is one message: at once it says what was frozen, and what was
ended once that is counted.
"""

from dataclasses import dataclass

import structlog

from daypass.doors.slack.approver_messages import ApproverMessages
from daypass.doors.slack.blocks import Note
from daypass.doors.slack.outbound import Gone
from daypass.doors.slack.owners import owners_of_rules
from daypass.doors.slack.texts import freezes, leavers, ledger
from daypass.doors.slack.verbs import in_thread
from daypass.lifecycle.end.permissions import known_owners
from daypass.model.errors import RulesUnreadable
from daypass.model.event import EntryKind, Event
from daypass.model.grant import GrantId
from daypass.model.principal import PrincipalId
from daypass.ports import Notice

_LEDGER = frozenset(
    {
        EntryKind.LEDGER_ALTERED,
        EntryKind.LEDGER_RESTORED,
        EntryKind.UNKNOWN_FOUND,
        EntryKind.JOURNAL_DAMAGED,
        EntryKind.JOURNAL_MENDED,
    }
)
_FREEZING = frozenset(
    {EntryKind.FREEZE_SET, EntryKind.FREEZE_LIFT_AGREED, EntryKind.FREEZE_LIFTED, EntryKind.PANIC_DONE}
)
TOLD = _LEDGER | _FREEZING | {EntryKind.LEAVERS_HELD, EntryKind.RULES_FILE_IGNORED}

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerNews:
    """Tells the owners of the rules. Raises TryLater, Unavailable."""

    asking: ApproverMessages

    async def tell(self, notice: Notice) -> None:
        """Tell everybody who was not told yet."""
        told = [await self._tell(place, notice) for place in await in_thread(self._owners)]
        if not any(told) and (channel := self.asking.settings.approvals_channel):
            await self._tell(channel, notice)

    def _owners(self) -> list[PrincipalId]:
        services = self.asking.services
        try:
            owners = owners_of_rules(services)
        except RulesUnreadable:
            owners = sorted(known_owners(services.ledger))
        return owners[: self.asking.settings.most_asked]

    async def _tell(self, place: str, notice: Notice) -> bool:
        remembered, outgoing = self.asking.remembered, self.asking.outgoing
        note, line, purpose = Note(text=news(notice.event)), _line(notice), f"owners:{place}"
        known = await remembered.recall(line, purpose)
        try:
            if not known:
                await remembered.remember(line, purpose, await outgoing.post(place, note))
            elif notice.event.kind is EntryKind.PANIC_DONE:
                await outgoing.change(known[0], note)
        except Gone as gone:
            log.warning("slack.cannot_tell_owner", place=place, reason=gone.reason)
            return False
        return True


def _line(notice: Notice) -> GrantId:
    """What a message is remembered by: the freeze that a panic set and what the panic ended share one moment."""
    event = notice.event
    if event.subject is not None and event.kind in {EntryKind.FREEZE_SET, EntryKind.PANIC_DONE}:
        return GrantId(f"{event.subject}@{event.at.isoformat()}")
    return GrantId(f"line-{notice.id}")


def news(event: Event) -> str:
    """What the owners read."""
    if event.kind is EntryKind.LEAVERS_HELD:
        return leavers.held(event)
    if event.kind is EntryKind.RULES_FILE_IGNORED:
        return ledger.file_ignored(str(event.details.get("version")))
    return freezes.news(event) if event.kind in _FREEZING else _of_ledger(event)


def _of_ledger(event: Event) -> str:
    rows = event.details.get("rows") or event.details.get("marks")
    number = event.details.get("number")
    named = tuple(map(str, rows)) if isinstance(rows, tuple | list) else ()
    many = number if isinstance(number, int) else len(named)
    because = str(event.details.get("because") or "")
    if event.kind is EntryKind.JOURNAL_DAMAGED:
        return ledger.damaged(because, str(event.details.get("source") or ""))
    if event.kind is EntryKind.JOURNAL_MENDED:
        return ledger.mended(because, many)
    if event.kind is EntryKind.LEDGER_RESTORED:
        return ledger.restored(many, named)
    if event.kind is EntryKind.UNKNOWN_FOUND:
        return ledger.unknown(many, named)
    return ledger.altered(many, named, because)
