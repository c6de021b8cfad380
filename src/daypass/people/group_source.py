"""Groups of people that are not Slack's: the port that each source of them answers to."""

from typing import Protocol

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
