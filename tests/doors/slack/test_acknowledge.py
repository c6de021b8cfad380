"""Acknowledge first, work after: work waits for what has arrived, and never for long."""

import asyncio
from collections.abc import Callable, Coroutine

from daypass.doors.slack.acknowledge import Arrivals

LATE_S = 20.0
"""More than any machine takes for what takes half a second."""


def done(story: Callable[[Arrivals, list[str]], Coroutine[None, None, None]]) -> list[str]:
    """Tell a story on an event loop of its own; gives what happened, in its order."""
    happened: list[str] = []

    async def told() -> None:
        async with asyncio.timeout(LATE_S):
            await story(Arrivals(), happened)

    asyncio.run(told())
    return happened


def test_work_begins_when_all_that_has_arrived_is_acknowledged():
    """Fifty at once: the last acknowledgement comes before the first work."""

    async def story(arrivals: Arrivals, happened: list[str]) -> None:
        async def work() -> None:
            await arrivals.answered()
            happened.append("work")

        async def request() -> None:
            with arrivals.one():
                works.append(asyncio.create_task(work()))
                await asyncio.sleep(0.01)
                happened.append("acknowledged")

        works: list[asyncio.Task[None]] = []
        await asyncio.gather(*(request() for _ in range(50)))
        await asyncio.gather(*works)

    assert done(story) == ["acknowledged"] * 50 + ["work"] * 50


def test_work_does_not_wait_for_what_is_never_answered():
    """A form may take seconds to be acknowledged: the work of others goes on meanwhile."""

    async def story(arrivals: Arrivals, happened: list[str]) -> None:
        with arrivals.one():
            await asyncio.gather(*(arrivals.answered() for _ in range(20)))
            happened.append("work")

    assert done(story) == ["work"]
