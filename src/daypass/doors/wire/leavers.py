"""Those who are said to have left, as JSON."""

from collections.abc import Sequence
from datetime import datetime

from daypass.doors.wire.freezes import Names
from daypass.doors.wire.outputs import WireOut
from daypass.model.departure import Departure


class LeaverOut(WireOut):
    """One of them."""

    person: str
    noticed_at: datetime
    source: str
    state: str


class LeaversOut(WireOut):
    """All of them."""

    leavers: list[LeaverOut]
    names: dict[str, str]
    """Their names, by id, as far as they are known."""

    @classmethod
    def of(cls, departures: Sequence[Departure], names: Names | None = None) -> "LeaversOut":
        """Show them."""
        return cls(
            names=names([one.principal for one in departures]) if names else {},
            leavers=[
                LeaverOut(person=one.principal, noticed_at=one.at, source=one.source.value, state=one.state.value)
                for one in departures
            ],
        )
