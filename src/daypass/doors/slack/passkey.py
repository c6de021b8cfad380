"""
The approver's passkey, as Slack leads to it: the address where it is asked, and word of those that come or go.

The address opens only for whom the verb found among those who decide. That a passkey was added or removed is told to
its person directly: whoever has stolen their Slack session could add the first one, and this is how they learn of it.
"""

from dataclasses import dataclass
from datetime import timedelta

import structlog

from daypass.doors.services import Services
from daypass.doors.slack.approver_messages import ApproverMessages
from daypass.doors.slack.blocks import Block, Note, actions, button, modal, section
from daypass.doors.slack.interaction import Interaction, ShowView
from daypass.doors.slack.outbound import Gone
from daypass.doors.slack.texts import labels
from daypass.doors.slack.texts import passkeys as texts_passkey
from daypass.doors.slack.verbs import Verbs, in_thread
from daypass.lifecycle.approval.stages import Click
from daypass.lifecycle.passkeys import one_time_links, registered
from daypass.model.errors import NotYours
from daypass.model.event import EntryKind, Event
from daypass.model.grant import GrantId
from daypass.model.principal import PrincipalId
from daypass.ports import Notice

TOLD = frozenset({EntryKind.PASSKEY_ADDED, EntryKind.PASSKEY_REMOVED})
FACTOR = "second_factor"
"""The field of a refusal that says that only the passkey lacks."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Passkeys:
    """Approving where the rule wants a passkey."""

    counter: Verbs

    async def approve(self, turn: Interaction, request_id: GrantId, length: timedelta | None) -> bool:
        """Approve; where the rule wants a passkey too, lead this person to it and give False."""
        try:
            await self.counter.approve(request_id, by=turn.person, length=length)
        except NotYours as refusal:
            if refusal.field != FACTOR:
                raise
            await turn.tell(await self._lead(turn.person, request_id, length), secret=True)
            return False
        return True

    async def approve_in_form(self, turn: Interaction, request_id: GrantId, length: timedelta) -> ShowView | None:
        """The same from a form, which becomes the page that leads there; it is said nowhere else."""
        try:
            await self.counter.approve(request_id, by=turn.person, length=length)
        except NotYours as refusal:
            if refusal.field != FACTOR:
                raise
            note = await self._lead(turn.person, request_id, length)
            return ShowView(view=modal(labels.PRODUCT, note.blocks, close=labels.CLOSE))
        return None

    async def _lead(self, person: PrincipalId, request_id: GrantId, length: timedelta | None) -> Note:
        return await in_thread(lambda: _way(self.counter.services, person, request_id, length))


@dataclass(frozen=True, slots=True, kw_only=True)
class PasskeyNews:
    """Tells people of their own passkeys. Raises TryLater."""

    asking: ApproverMessages

    async def tell(self, notice: Notice) -> None:
        """Tell the person whose passkey it is."""
        person = PrincipalId(str(notice.event.details.get("principal") or notice.event.actor))
        try:
            await self.asking.outgoing.post(person, Note(text=news(notice.event, person)))
        except Gone as gone:
            log.warning("slack.cannot_tell_of_passkey", principal=person, reason=gone.reason)


def news(event: Event, person: PrincipalId) -> str:
    """What a person is told of a passkey of theirs."""
    name = str(event.details.get("name") or "")
    if event.kind is EntryKind.PASSKEY_REMOVED:
        by_another = event.actor if event.actor != person else None
        return texts_passkey.removed(name, event.at, by_another)
    return (
        texts_passkey.added_first(name, event.at) if event.details.get("first") else texts_passkey.added(name, event.at)
    )


def _way(services: Services, person: PrincipalId, request_id: GrantId, length: timedelta | None) -> Note:
    now = services.clock()
    if registered.of(person, ledger=services.ledger):
        address = one_time_links.approval_address(
            request_id, Click(by=person, length=length), public_url=services.public_url, ledger=services.ledger, now=now
        )
        return _led(texts_passkey.WANTED, texts_passkey.OPEN, address, request_id)
    address = one_time_links.enrolment_address(person, public_url=services.public_url, ledger=services.ledger, now=now)
    return _led(texts_passkey.LACKING, texts_passkey.ADD, address, request_id)


def _led(said: str, label: str, address: str, request_id: GrantId) -> Note:
    opening: Block = button(label, "mine.opened", request_id, style="primary", url=address)
    return Note(text=said, blocks=(section(said), actions(f"passkey:{request_id}", [opening])))
