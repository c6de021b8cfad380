"""
From the outbox to Slack: every line is told, in the order of its subject, however long Slack is away.

A line is crossed out when Slack has taken what it says, or when it can never be said (the channel is gone, the person
has left). Otherwise it waits: for as long as Slack asks of that method, else twice as long each time up to five
minutes, and there is no last try. Nothing but messages ever waits for Slack.
"""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from random import Random

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from daypass.doors.services import Services
from daypass.doors.slack.acknowledge import Arrivals
from daypass.doors.slack.approver_messages import ApproverMessages
from daypass.doors.slack.delegate_messages import TOLD as DELEGATES_TOLD
from daypass.doors.slack.delegate_messages import DelegateNews
from daypass.doors.slack.digest import Digests
from daypass.doors.slack.error_log import log_failure
from daypass.doors.slack.flood_control import FloodControl
from daypass.doors.slack.freeze_messages import TOLD as FROZEN_TOLD
from daypass.doors.slack.freeze_messages import FrozenNews
from daypass.doors.slack.outbound import OutboundMessages, TryLater
from daypass.doors.slack.owner_messages import TOLD as OWNERS_TOLD
from daypass.doors.slack.owner_messages import OwnerNews
from daypass.doors.slack.passkey import TOLD as PASSKEYS_TOLD
from daypass.doors.slack.passkey import PasskeyNews
from daypass.doors.slack.postings import RequestPostings
from daypass.doors.slack.preapproval_messages import FROZEN, PermitNews
from daypass.doors.slack.preapproval_messages import TOLD as PERMITS_TOLD
from daypass.doors.slack.requestor_messages import TOLD, RequestMessages
from daypass.doors.slack.rules_messages import TOLD as RULES_TOLD
from daypass.doors.slack.rules_messages import RulesConversation
from daypass.doors.slack.verbs import Verbs
from daypass.doors.slack.workspace import SlackSettings
from daypass.model.errors import DaypassError, NotFound
from daypass.model.grant import GrantId
from daypass.ports import Notice

HOLD = timedelta(seconds=90)
"""How long a line is ours; a process that dies gives it back after that."""
_EACH_S = 60.0
"""Seconds one line may take, less than the hold, so that no other process tells it at the same time."""
_AT_ONCE = 8
_EVERY_S = 1.0
_SHORTEST, _LONGEST = timedelta(seconds=1), timedelta(minutes=5)
_DICE = Random()  # noqa: S311 - spreads load, guards nothing

log = structlog.get_logger()


class Notifier:
    """Empties the outbox into Slack."""

    def __init__(self, services: Services, client: AsyncWebClient, settings: SlackSettings, arrivals: Arrivals) -> None:
        self._services, self._arrivals = services, arrivals
        self.asking = ApproverMessages(
            services=services,
            outgoing=OutboundMessages(client=client, clock=services.clock),
            settings=settings,
            remembered=RequestPostings(postings=services.postings),
            rush=FloodControl(settings.most_cards),
        )
        self.digests = Digests(counter=Verbs(services=services), asking=self.asking)
        self._conversation = RequestMessages(services=services, asking=self.asking)
        self._passkeys = PasskeyNews(asking=self.asking)
        self._permits = PermitNews(asking=self.asking)
        self._rules = RulesConversation(services=services, asking=self.asking)
        self._frozen = FrozenNews(asking=self.asking)
        self._owners = OwnerNews(asking=self.asking)
        self._delegates = DelegateNews(asking=self.asking)
        self._wanted = asyncio.Event()
        self.each_round: Callable[[], None] = lambda: None

    def nudge(self) -> None:
        """Look at the outbox now: something was just written. To be called on the event loop."""
        self._wanted.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Tell everything that is to be told, until `stop` is set; what is under way is finished."""
        while not stop.is_set():
            self.each_round()
            try:
                told = await self.run_once()
            # The top of the loop: a database that is away for a while must not end it.
            except Exception as error:  # noqa: BLE001
                log_failure("slack.outbox_unreadable", error)
                told = 0
            if not told:
                await self._pause(stop)

    async def run_once(self) -> int:
        """Tell the lines that are due, each subject's oldest; returns how many were looked at."""
        await self._arrivals.answered()
        now = self._services.clock()
        notices = await asyncio.to_thread(lambda: self._services.outbox.claim(now=now, hold=HOLD, limit=_AT_ONCE))
        await asyncio.gather(*(self._tell(notice) for notice in notices))
        await self.digests.tell_due()
        return len(notices)

    async def _tell(self, notice: Notice) -> None:
        subject = notice.event.subject
        try:
            async with asyncio.timeout(_EACH_S):
                await self._told(notice, subject)
        except TryLater as later:
            await self._delay(notice, later.reason, later.pause)
        except NotFound:
            log.warning("slack.nothing_to_tell", grant=subject, kind=notice.event.kind)
            await self._cross_out(notice)
        except (DaypassError, TimeoutError) as error:
            await self._delay(notice, type(error).__name__)
        # A line that cannot be drawn is set aside for longer and longer; the others go on.
        except Exception as error:  # noqa: BLE001
            log_failure("slack.line_failed", error, grant=subject, kind=notice.event.kind)
            await self._delay(notice, type(error).__name__)
        else:
            log.info("slack.told", grant=subject, kind=notice.event.kind)
            await self._cross_out(notice)

    async def _told(self, notice: Notice, subject: GrantId | None) -> None:
        """Hand a line to the conversation that it belongs to; one that is for nobody is crossed out."""
        kind = notice.event.kind
        if subject is not None and kind in TOLD:
            await self._conversation.tell(notice, subject)
        if subject is not None and kind in RULES_TOLD:
            await self._rules.tell(notice, subject)
        if kind in PASSKEYS_TOLD:
            await self._passkeys.tell(notice)
        if kind in PERMITS_TOLD:
            await self._permits.tell(notice)
        if kind in FROZEN:
            await self._permits.freeze(notice)
        if kind in OWNERS_TOLD:
            await self._owners.tell(notice)
        if kind in FROZEN_TOLD:
            await self._frozen.tell(notice)
        if kind in DELEGATES_TOLD:
            await self._delegates.tell(notice)

    async def _cross_out(self, notice: Notice) -> None:
        await asyncio.to_thread(lambda: self._services.outbox.sent(notice.id))

    async def _delay(self, notice: Notice, reason: str, asked: timedelta | None = None) -> None:
        until = self._services.clock() + (asked or back_off(notice.attempts))
        log.warning("slack.told_later", grant=notice.event.subject, reason=reason, attempts=notice.attempts)
        await asyncio.to_thread(lambda: self._services.outbox.delay(notice.id, until=until, error=reason))

    async def _pause(self, stop: asyncio.Event) -> None:
        self._wanted.clear()
        waits = [asyncio.ensure_future(event.wait()) for event in (self._wanted, stop)]
        await asyncio.wait(waits, timeout=_EVERY_S, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()


def back_off(attempts: int) -> timedelta:
    """How long to wait after so many tries: a second, doubled each time, five minutes at most, with jitter."""
    longest = min(_LONGEST, _SHORTEST * (1 << min(attempts, 16)))
    jitter: float = _DICE.uniform(0.5, 1.0)
    return longest * jitter
