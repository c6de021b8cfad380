"""
What Slack sends an app, and what came of it: the values.

A delivery keeps its exact bytes, so that a test can send the same one again.
"""

import json
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode

from localslack.wire import Json

ACK_SECONDS = 3.0
"""How long Slack waits for an answer: https://docs.slack.dev/interactivity/handling-user-interaction."""


class Family(StrEnum):
    """The ways an app is spoken to."""

    COMMAND = "command"
    INTERACTION = "interaction"
    OPTIONS = "options"
    EVENT = "event"


class Failure(StrEnum):
    """Why a delivery came to nothing."""

    TIMEOUT = "operation_timeout"
    UNREACHABLE = "dispatch_failed"
    STATUS = "http_error"
    NOBODY = "app_not_connected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the app answered in time: a JSON object or text, or why not."""

    payload: Json | None = None
    text: str = ""
    failure: Failure | None = None
    status: int = 200
    wants_no_retry: bool = False


@dataclass(slots=True, kw_only=True)
class Delivery:
    """One thing sent to the app, with every attempt's time; times are Unix seconds."""

    family: Family
    payload: Json
    person: str = ""
    attempt: int = 0
    retry_reason: str = ""
    sent_at: float = 0.0
    answered_at: float = 0.0
    headers: dict[str, str] = field(default_factory=dict)
    answer: Answer | None = None

    @property
    def kind(self) -> str:
        """Give the payload's type: slash command, block_actions, view_submission, ..."""
        if self.family is Family.COMMAND:
            return str(self.payload["command"])
        if self.family is Family.EVENT:
            return str(self.payload["event"]["type"])
        return str(self.payload["type"])

    @property
    def failed(self) -> bool:
        """Say whether the app did not answer well and in time."""
        return self.answer is None or self.answer.failure is not None

    @property
    def seconds(self) -> float:
        """Give how long the app took to answer."""
        return self.answered_at - self.sent_at

    def body(self) -> tuple[str, str]:
        """Give the HTTP body and its content type."""
        if self.family is Family.EVENT:
            return json.dumps(self.payload), "application/json"
        form: dict[str, Any] = self.payload if self.family is Family.COMMAND else {"payload": json.dumps(self.payload)}
        return urlencode(form), "application/x-www-form-urlencoded"

    def again(self) -> "Delivery":
        """Give the same thing, not yet sent."""
        return Delivery(family=self.family, payload=self.payload, person=self.person)
