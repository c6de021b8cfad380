"""What the directory asks besides Slack and the map of people: one small port for each sort of source."""

from collections.abc import Mapping
from typing import Protocol

from daypass.model.decision import Ticket, TicketId
from daypass.model.principal import GroupName, PrincipalId


class GroupSource(Protocol):
    """
    Groups of people that are not Slack's: from a file, later from Identity Store or from somebody's tokens.

    Both ways round must agree. What cannot be read raises; it is never an empty group.
    """

    name: str
    """What stands before the colon in the names of its groups."""

    def groups_of(self, principal_id: PrincipalId) -> frozenset[GroupName]:
        """The groups that somebody is in. Raises Unavailable or Misconfigured."""
        ...

    def members(self, group: GroupName) -> frozenset[PrincipalId]:
        """Who is in a group. Raises NotFound for one that there is not, Unavailable, Misconfigured."""
        ...


class BucketSource(Protocol):
    """What AWS says of a bucket besides its objects."""

    def tags(self, bucket: str) -> Mapping[str, str]:
        """Its tags; none is an empty mapping. Raises DaypassError."""
        ...

    def account(self, bucket: str) -> str | None:
        """The account it belongs to; None when that cannot be told. Raises DaypassError."""
        ...


class Tracker(Protocol):
    """Where tickets are kept."""

    def ticket(self, ticket_id: TicketId) -> Ticket:
        """Read one as it stands now. Raises NotFound for none, Unavailable, Misconfigured."""
        ...
