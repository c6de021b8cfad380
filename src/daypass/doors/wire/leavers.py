"""Those who are said to have left, as JSON."""

from collections.abc import Iterable
from datetime import datetime

from daypass.doors.wire.outgoing import Outgoing
from daypass.model.departure import Departure


class LeaverOut(Outgoing):
    """One of them."""

    person: str
    noticed_at: datetime
    source: str
    state: str


class LeaversOut(Outgoing):
    """All of them."""

    leavers: list[LeaverOut]

    @classmethod
    def of(cls, departures: Iterable[Departure]) -> "LeaversOut":
        """Show them."""
        return cls(
            leavers=[
                LeaverOut(person=one.principal, noticed_at=one.at, source=one.source.value, state=one.state.value)
                for one in departures
            ]
        )
