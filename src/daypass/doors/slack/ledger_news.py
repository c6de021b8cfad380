"""
Word to the owners of the rules that the ledger was changed outside Daypass, or was put right.

Each owner is told directly; where nobody can be (the rules cannot be read, or name no owners), the house's channel is.
"""

from dataclasses import dataclass

import structlog

from daypass.doors.slack.asking import Asking
from daypass.doors.slack.blocks import Note
from daypass.doors.slack.counter import in_thread
from daypass.doors.slack.outgoing import Gone
from daypass.doors.slack.owners import owners_of_rules
from daypass.doors.slack.texts import ledger as texts
from daypass.model.errors import RulesUnreadable
from daypass.model.event import Event, Kind
from daypass.model.grant import GrantId
from daypass.model.principal import PrincipalId
from daypass.ports import Notice

TOLD = frozenset({Kind.LEDGER_ALTERED, Kind.LEDGER_RESTORED, Kind.UNKNOWN_FOUND})

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerNews:
    """Tells the owners of the rules. Raises TryLater."""

    asking: Asking

    async def tell(self, notice: Notice) -> None:
        """Tell everybody who was not told yet."""
        note, line = Note(text=news(notice.event)), GrantId(f"line-{notice.id}")
        told = [await self._tell(place, note, line) for place in await in_thread(self._owners)]
        if not any(told) and (channel := self.asking.settings.approvals_channel):
            await self._tell(channel, note, line)

    def _owners(self) -> list[PrincipalId]:
        try:
            return owners_of_rules(self.asking.desk)[: self.asking.settings.most_asked]
        except RulesUnreadable:
            return []

    async def _tell(self, place: str, note: Note, line: GrantId) -> bool:
        remembered = self.asking.remembered
        if await remembered.recall(line, f"ledger:{place}"):
            return True
        try:
            message = await self.asking.outgoing.post(place, note)
        except Gone as gone:
            log.warning("slack.cannot_tell_owner", place=place, reason=gone.reason)
            return False
        await remembered.remember(line, f"ledger:{place}", message)
        return True


def news(event: Event) -> str:
    """What the owners read."""
    rows = event.details.get("rows") or event.details.get("marks")
    number = event.details.get("number")
    named = tuple(map(str, rows)) if isinstance(rows, tuple | list) else ()
    many = number if isinstance(number, int) else len(named)
    if event.kind is Kind.LEDGER_RESTORED:
        return texts.restored(many, named)
    if event.kind is Kind.UNKNOWN_FOUND:
        return texts.unknown(many, named)
    return texts.altered(many, named, str(event.details.get("because") or ""))
