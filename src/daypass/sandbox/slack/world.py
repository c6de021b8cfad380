"""Everything one local Slack knows, handed as one value to the parts that work on it."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from daypass.sandbox.slack.changes import Changes
from daypass.sandbox.slack.deliveries import ACK_SECONDS
from daypass.sandbox.slack.faults import Faults
from daypass.sandbox.slack.installation import Installation
from daypass.sandbox.slack.surfaces import Surfaces
from daypass.sandbox.slack.tickets import Tickets
from daypass.sandbox.slack.wire import Json
from daypass.sandbox.slack.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiCall:
    """One Web API call as it arrived and as it was answered; tokens are left out."""

    method: str
    arguments: dict[str, Any]
    answer: Json
    status: int
    began: float
    ended: float

    @property
    def error(self) -> str:
        """Give Slack's error code, empty when the call was accepted."""
        return str(self.answer.get("error", ""))


@dataclass(slots=True, kw_only=True)
class World:
    """The state of one local Slack. `base_url` is known once it listens."""

    app: Installation
    workspace: Workspace
    surfaces: Surfaces
    tickets: Tickets
    changes: Changes
    faults: Faults = field(default_factory=Faults)
    calls: list[ApiCall] = field(default_factory=list)
    base_url: str = ""
    ack_seconds: float = ACK_SECONDS
    clock: Callable[[], float] = time.time
