"""
The two things that Slack gives an app for a short while: trigger ids and response URLs.

A trigger id opens one modal within 3 seconds
(https://docs.slack.dev/interactivity/handling-user-interaction#modal_responses); a response URL
takes 5 answers within 30 minutes.
"""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

from localslack.wire import RefusedError, faulty_arguments

TRIGGER_SECONDS = 3.0
RESPONSE_SECONDS = 30 * 60.0
RESPONSE_USES = 5


@dataclass(slots=True, kw_only=True)
class Trigger:
    """Leave to open a modal for one person; `from_view` when it came out of a modal."""

    person: str
    expires: float
    from_view: str | None = None
    used: bool = False


@dataclass(slots=True, kw_only=True)
class ResponseUrl:
    """Leave to answer in one conversation; `message_ts` when it came from a message."""

    channel: str
    person: str
    expires: float
    message_ts: str | None = None
    uses_left: int = RESPONSE_USES


class Tickets:
    """All trigger ids and response URLs in circulation."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._triggers: dict[str, Trigger] = {}
        self._responses: dict[str, ResponseUrl] = {}

    def trigger(self, person: str, *, from_view: str | None = None) -> str:
        """Mint a trigger id."""
        key = f"{secrets.randbelow(10**13)}.{secrets.randbelow(10**12)}.{secrets.token_hex(16)}"
        expires = self._clock() + TRIGGER_SECONDS
        self._triggers[key] = Trigger(person=person, expires=expires, from_view=from_view)
        return key

    def exchange(self, key: str) -> Trigger:
        """
        Take a trigger id in payment for a modal.

        Raises RefusedError: invalid_arguments, expired_trigger_id, exchanged_trigger_id.
        """
        trigger = self._triggers.get(key)
        if trigger is None:
            raise faulty_arguments("invalid `trigger_id` [json-pointer:/trigger_id]")
        if trigger.used:
            raise RefusedError("exchanged_trigger_id")
        if self._clock() > trigger.expires:
            raise RefusedError("expired_trigger_id")
        trigger.used = True
        return trigger

    def response_url(self, *, channel: str, person: str, message_ts: str | None = None) -> str:
        """Mint the path of a response URL."""
        key = secrets.token_urlsafe(18)
        self._responses[key] = ResponseUrl(
            channel=channel,
            person=person,
            message_ts=message_ts,
            expires=self._clock() + RESPONSE_SECONDS,
        )
        return f"/{'actions' if message_ts else 'commands'}/{key}"

    def use_response(self, key: str) -> ResponseUrl:
        """Take one answer for a response URL. Raises RefusedError used_url or expired_url."""
        ticket = self._responses.get(key)
        if ticket is None or self._clock() > ticket.expires:
            raise RefusedError("expired_url", status=404)
        if ticket.uses_left == 0:
            raise RefusedError("used_url", status=404)
        ticket.uses_left -= 1
        return ticket
