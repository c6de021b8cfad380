"""
Somebody who left: Slack said of that very id that it is deleted.

    noticed ----> done         all that they had has ended
       |   \
       |    `---> dismissed    it was not so, or it is not any more
       v     /
     held --'                  too many left at once: nothing ends before somebody confirms it
       `----> confirmed ----> done
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from daypass.model.principal import PrincipalId


class DepartureState(StrEnum):
    """Where a departure is."""

    NOTICED = "noticed"
    HELD = "held"
    CONFIRMED = "confirmed"
    DONE = "done"
    DISMISSED = "dismissed"


TO_DO = (DepartureState.NOTICED, DepartureState.HELD, DepartureState.CONFIRMED)


class DepartureSource(StrEnum):
    """How it was learned."""

    EVENT = "event"
    """Slack told of it by itself."""
    ASKED = "asked"
    """Slack was asked after somebody who holds a live grant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Departure:
    """One person's."""

    principal: PrincipalId
    at: datetime
    """When it was noticed."""
    source: DepartureSource
    state: DepartureState = DepartureState.NOTICED
    revision: int = 0

    @property
    def key(self) -> str:
        """Whose it is: one each."""
        return self.principal

    @property
    def owner(self) -> str:
        """Whose it is."""
        return self.principal


class WatchState(StrEnum):
    """Whether Slack answers when it is asked after people."""

    ANSWERED = "answered"
    SILENT = "silent"


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryWatch:
    """Since when Slack has, or has not, answered to the question who is still there."""

    at: datetime
    state: WatchState
    owner: str = "slack"
    revision: int = 0

    @property
    def key(self) -> str:
        """There is one."""
        return self.owner
