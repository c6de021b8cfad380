"""
Who somebody is while the directory does not answer: for breaking glass and using what that gave, and for nothing else.

Only that one person is stood in for, as a directory that did answer knew them. As soon as it answers, it counts.
"""

from daypass.lifecycle.break_glass.review import find_review
from daypass.model.break_glass import SealedCode
from daypass.model.errors import NotFound, Unavailable
from daypass.model.grant import GrantId
from daypass.model.principal import GroupName, Principal, PrincipalId, SlackGroupId
from daypass.ports import Directory, Records


class StandIn:
    """A directory that knows one person by heart while the real one does not answer."""

    def __init__(self, directory: Directory, person: Principal) -> None:
        """Take the real one, and whom to know."""
        self._directory, self._person = directory, person

    def principal(self, principal_id: PrincipalId) -> Principal:
        """Ask the real one; while it does not answer, give the one person. Raises as that does for everybody else."""
        try:
            return self._directory.principal(principal_id)
        except Unavailable:
            if principal_id != self._person.id:
                raise
            return self._person

    def last_known(self, principal_id: PrincipalId) -> Principal | None:
        """As the real one."""
        return self._directory.last_known(principal_id)

    def members(self, group: SlackGroupId | GroupName) -> frozenset[PrincipalId]:
        """As the real one."""
        return self._directory.members(group)

    def group_name(self, group: SlackGroupId) -> str:
        """As the real one."""
        return self._directory.group_name(group)

    def everybody(self) -> list[Principal]:
        """As the real one."""
        return self._directory.everybody()


def user_of(grant_id: GrantId, principal_id: PrincipalId, *, directory: Directory, records: Records) -> Principal:
    """
    The person who would be handed something of a grant, as the directory has them.

    While it does not answer: as it last had them, or as they were when the code was sealed with which they took it;
    either only for a grant for which they broke glass. Raises Unavailable, or NotFound when the directory knows nobody.
    """
    try:
        return directory.principal(principal_id)
    except Unavailable:
        if not _broke(grant_id, principal_id, records):
            raise
        known = directory.last_known(principal_id) or _sealed(grant_id, principal_id, records)
        if known is None:
            raise
        return known


def _broke(grant_id: GrantId, principal_id: PrincipalId, records: Records) -> bool:
    try:
        return find_review(grant_id, records).principal == principal_id
    except NotFound:
        return False


def _sealed(grant_id: GrantId, principal_id: PrincipalId, records: Records) -> Principal | None:
    codes = records.all(SealedCode, owner=principal_id)
    return next((code.person for code in codes if code.used_for == grant_id), None)
