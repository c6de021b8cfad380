"""Everything one local Slack knows, handed as one value to the parts that work on it."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from localslack.changes import Changes
from localslack.deliveries import ACK_SECONDS
from localslack.faults import Faults
from localslack.installation import Installation
from localslack.surfaces import Surfaces
from localslack.tickets import Tickets
from localslack.wire import Json
from localslack.workspace import Workspace


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
