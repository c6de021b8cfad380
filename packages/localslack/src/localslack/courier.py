"""
Takes deliveries to the app, by whichever carrier the app is connected, and keeps the record.

Events that fail are tried again three times with growing pauses, as Slack does
(https://docs.slack.dev/apis/events-api/#retries); what a person did is never tried again.
"""

import asyncio
from collections.abc import Sequence
from typing import Protocol

from localslack.changes import Change, Subject
from localslack.deliveries import Answer, Delivery, Failure, Family
from localslack.world import World

_RETRY_REASONS = {
    Failure.TIMEOUT: "http_timeout",
    Failure.UNREACHABLE: "connection_failed",
    Failure.STATUS: "http_error",
    Failure.NOBODY: "connection_failed",
}


class Carrier(Protocol):
    """A way to the app."""

    async def carry(self, delivery: Delivery) -> Answer:
        """Send one delivery and give the app's answer; a failure is an answer too."""
        ...


class Courier:
    """Sends deliveries one way or the other and remembers all of them, oldest first."""

    def __init__(self, world: World, *, http: Carrier, socket: Carrier, retry_after: Sequence[float]) -> None:
        self._world = world
        self._http, self._socket = http, socket
        self._retry_after = retry_after
        self._held: list[asyncio.Event] = []
        self._background: set[asyncio.Task[None]] = set()
        self.record: list[Delivery] = []

    async def send(self, delivery: Delivery) -> Answer:
        """Send once and wait for the answer; a planned duplicate follows on its heels."""
        await self._hold_if_asked()
        answer = await self._carry(delivery)
        if delivery.family is not Family.OPTIONS and self._world.faults.take("deliver_twice"):
            await self._carry(delivery.again())
        return answer

    def send_event(self, delivery: Delivery) -> None:
        """Send an event in the background, with Slack's retries."""
        task = asyncio.get_running_loop().create_task(self._persist(delivery))
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    async def settle(self) -> None:
        """Wait for the events that are on their way, retries included."""
        while self._background:
            await asyncio.gather(*self._background)

    async def close(self) -> None:
        """Give up on what is still on its way."""
        for task in list(self._background):
            task.cancel()
        await asyncio.gather(*self._background, return_exceptions=True)

    async def _persist(self, delivery: Delivery) -> None:
        await self._hold_if_asked()
        answer = await self._carry(delivery)
        for attempt, pause in enumerate(self._retry_after, start=1):
            if answer.failure is None or answer.wants_no_retry:
                break
            await asyncio.sleep(pause)
            delivery = delivery.again()
            delivery.attempt, delivery.retry_reason = attempt, _RETRY_REASONS[answer.failure]
            answer = await self._carry(delivery)
        if self._world.faults.take("deliver_events_twice"):
            await self._carry(delivery.again())

    async def _carry(self, delivery: Delivery) -> Answer:
        self.record.append(delivery)
        delivery.sent_at = self._world.clock()
        carrier = self._socket if self._world.app.socket_mode else self._http
        delivery.answer = await carrier.carry(delivery)
        delivery.answered_at = self._world.clock()
        self._world.changes.announce(Change(subject=Subject.WIRE, person=delivery.person))
        return delivery.answer

    async def _hold_if_asked(self) -> None:
        """Hold deliveries until the planned number has come, then let the last one go first."""
        if not self._world.faults.take("hold_back"):
            return
        mine = asyncio.Event()
        self._held.append(mine)
        if self._world.faults.hold_back == 0:
            self._held.pop().set()
        await mine.wait()
        asyncio.get_running_loop().call_later(0.05, self._release_next)

    def _release_next(self) -> None:
        if self._held:
            self._held.pop().set()
