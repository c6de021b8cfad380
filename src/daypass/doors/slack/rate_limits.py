"""
How long Slack asks us to wait, and waiting that long where a person waits too.

Retry-After counts for the method that it answers, in the whole workspace
(https://docs.slack.dev/apis/web-api/rate-limits). One that lacks, or says nothing that can be meant, is not believed:
a wrong header must neither be hammered against nor keep us silent for days.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from http import HTTPStatus
from typing import TypeVar

from slack_sdk.errors import SlackApiError, SlackClientError

LONGEST = timedelta(minutes=5)
"""What we wait at most before we ask again, whatever was said."""
UNSAID = timedelta(seconds=30)
"""What we wait when we are asked to, and not told how long."""
WITH_A_PERSON = timedelta(seconds=60)
"""How long somebody may still be there to see an answer that is late."""
_TRIES = 3
_MOST_DIGITS = 6
_LIMITED = frozenset({"ratelimited", "rate_limited"})

T = TypeVar("T")


class TooLongError(SlackClientError):
    """Slack asks us to wait for longer than this can wait."""


class RateLimits:
    """What people do in Slack, answered no faster than Slack wants. For one process; use it on one event loop."""

    def __init__(self) -> None:
        """Begin with nothing to wait for."""
        self._not_before: dict[str, float] = {}

    async def call(self, method: str, make: Callable[[], Awaitable[T]], *, within: timedelta = WITH_A_PERSON) -> T:
        """
        Call a method of Slack's, after the pause it asked for, and again when it asks for one.

        `make` is called for each try, so that what is shown then is what is true then. Raises TooLongError where the
        pause is longer than `within`, and else what Slack raises.
        """
        for _ in range(_TRIES - 1):
            await self._waited(method, within)
            try:
                return await make()
            except SlackApiError as error:
                pause = pause_of(error)
                if pause is None:
                    raise
                self._not_before[method] = asyncio.get_running_loop().time() + pause.total_seconds()
        await self._waited(method, within)
        return await make()

    async def _waited(self, method: str, within: timedelta) -> None:
        left = self._not_before.get(method, 0.0) - asyncio.get_running_loop().time()
        if left > within.total_seconds():
            raise TooLongError(method)
        if left > 0:
            await asyncio.sleep(left)


def pause_of(error: SlackApiError) -> timedelta | None:
    """How long this answer asks us to wait; None when it does not ask us to."""
    response = error.response
    headers: Mapping[str, object] = getattr(response, "headers", None) or {}
    said = next((value for name, value in headers.items() if name.lower() == "retry-after"), None)
    limited = getattr(response, "status_code", 0) == HTTPStatus.TOO_MANY_REQUESTS or reason_of(error) in _LIMITED
    if said is None and not limited:
        return None
    text = str(said[0] if isinstance(said, list) and said else said).strip()
    if not text.isascii() or not text.isdigit():
        return UNSAID
    return LONGEST if len(text) > _MOST_DIGITS else min(LONGEST, timedelta(seconds=int(text)))


def reason_of(error: Exception) -> str:
    """Slack's own word for what is wrong; empty when it gave none."""
    data = getattr(getattr(error, "response", None), "data", None)
    return str(data.get("error", "")) if isinstance(data, dict) else ""
