"""
An approval in advance as a message to whom it is for, which follows it to its end; of that its giver hears as well.

    given                                     the person reads what they may ask for without a click
    a freeze over it, and its lifting         the same message says that it does not count, and that it does again
    withdrawn, by a person or by a panic      the same message says so, and a line under it tells the person
                                              and another one the giver; nobody is told of what they did themselves
"""

from dataclasses import dataclass

import structlog

from daypass.doors.language import extent_of
from daypass.doors.slack.approver_messages import ApproverMessages
from daypass.doors.slack.blocks import Note
from daypass.doors.slack.outbound import Gone
from daypass.doors.slack.texts import preapprovals as texts
from daypass.doors.slack.verbs import in_thread
from daypass.lifecycle import preapprovals
from daypass.lifecycle.freezes.gate import freezes
from daypass.model.errors import NotFound
from daypass.model.event import EntryKind, Event
from daypass.model.freeze import Extent
from daypass.model.preapproval import Preapproval
from daypass.model.principal import PrincipalId
from daypass.model.record import Validity
from daypass.ports import Message, Notice

TOLD = frozenset({EntryKind.PERMIT_GIVEN, EntryKind.PERMIT_WITHDRAWN})
FROZEN = frozenset({EntryKind.FREEZE_SET, EntryKind.FREEZE_LIFTED})
_PROMISE = "permit"

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class PermitNews:
    """Tells people of approvals in advance. Raises TryLater, Unavailable."""

    asking: ApproverMessages

    async def tell(self, notice: Notice) -> None:
        """Tell of one that was given or taken back; of one that is over by now, that it was never given."""
        event = notice.event
        permit = await in_thread(lambda: self._find(event))
        if permit is None:
            return
        if permit.state is Validity.OPEN:
            if not await self.asking.remembered.recall(permit.id, _PROMISE):
                await self._post(permit, _PROMISE, permit.principal, await self._promise(permit))
        elif event.kind is EntryKind.PERMIT_WITHDRAWN:
            await self._ended(permit, event)

    async def freeze(self, notice: Notice) -> None:
        """Bring the messages of those that a freeze touches up to date."""
        extent = _extent(notice.event)
        for permit in await in_thread(lambda: self.asking.services.ledger.all(Preapproval, states=(Validity.OPEN,))):
            if _touches(extent, permit):
                for message in await self.asking.remembered.recall(permit.id, _PROMISE):
                    await self._change(permit, message, await self._promise(permit))

    async def _ended(self, permit: Preapproval, event: Event) -> None:
        known = await self.asking.remembered.recall(permit.id, _PROMISE)
        told = Note(text=texts.ended_for_you(permit, event))
        for message in known:
            await self._change(permit, message, told)
        if known and event.actor != permit.principal:
            await self._post(permit, f"{_PROMISE}:ended", permit.principal, told, under=known[0])
        if event.actor != permit.by:
            await self._post(permit, f"{_PROMISE}:giver", permit.by, Note(text=texts.ended_of_yours(permit, event)))

    async def _promise(self, permit: Preapproval) -> Note:
        services = self.asking.services
        doubt = await in_thread(lambda: preapprovals.doubt(permit, judge=services.judge))
        held = any(_touches(one.extent, permit) for one in await in_thread(lambda: freezes(services.ledger)))
        return Note(text=texts.allowed_to_you(permit, doubt, frozen=held))

    async def _post(
        self, permit: Preapproval, purpose: str, to: PrincipalId, note: Note, *, under: Message | None = None
    ) -> None:
        """Say one thing to one person, once; that they cannot be told changes nothing."""
        if to.startswith(("U", "W")):
            place, thread = (under.channel, under.ts) if under else (to, None)
            await self.asking.say_once(place, note, subject=permit.id, purpose=purpose, thread=thread)

    async def _change(self, permit: Preapproval, message: Message, note: Note) -> None:
        try:
            await self.asking.outgoing.change(message, note)
        except Gone as gone:
            log.warning("slack.message_gone", permit=permit.id, reason=gone.reason)

    def _find(self, event: Event) -> Preapproval | None:
        try:
            return self.asking.services.ledger.find(Preapproval, str(event.subject))
        except NotFound:
            return None


def _touches(extent: Extent, permit: Preapproval) -> bool:
    return extent.names(frozenset({permit.by, permit.principal})) or extent.touches(permit.entitlement.resource)


def _extent(event: Event) -> Extent:
    """What a freeze was about, out of the journal's words."""
    kind, about = str(event.details["what"]), str(event.details["about"])
    return extent_of(
        person=about if kind == "person" else None,
        resource=about if kind == "resource" else None,
        everything=kind == "all",
    )
