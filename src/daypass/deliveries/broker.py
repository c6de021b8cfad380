"""
The broker: opens sessions, each narrowed to one grant by that grant's policy, its dates inside.

They are sessions of the broker role; or, of a kind that is assumed, the resource's own, which last 15 minutes each.

Nothing is written into AWS for it, so there is nothing to wait for, no IAM quota to fill and nothing to clean up.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from daypass.aws.kinds import AwsKinds
from daypass.aws.policy import SESSION, document
from daypass.aws.refusals import OverQuota
from daypass.aws.role_sessions import SHORTEST, RoleSessions
from daypass.deliveries.names import session_mark
from daypass.model.errors import BadInput
from daypass.model.grant import Grant
from daypass.model.lease import Lease
from daypass.model.resource import Resource
from daypass.ports import Credentials
from daypass.resources.kind import Statement, without_sids
from daypass.resources.registry import kind_of

_ROUNDING = timedelta(minutes=1)
"""STS counts whole seconds from when it is asked, so a session to a grant's end may end a little before it."""


class Broker:
    """Sessions for grants. Safe to share between threads."""

    def __init__(self, *, sessions: RoleSessions, kinds: AwsKinds) -> None:
        """Take the broker role's sessions, and what knows the resources."""
        self.kinds = kinds
        self.sessions = sessions

    def sessions_of(self, resource: Resource) -> RoleSessions:
        """The sessions that are opened for a resource: its own where it is assumed, else the broker role's."""
        kind = kind_of(resource)
        return self.sessions.of_role(kind.arn(resource, self.kinds.facts(resource))) if kind.assumed else self.sessions

    def policy(self, grant: Grant) -> str:
        """The session policy of a leased grant. Raises BadInput when it is longer than AWS takes."""
        return self._policies(grant)[0]

    def try_out(self, grant: Grant) -> None:
        """Open the shortest session there is and forget it: the proof that one can be had."""
        self._open(grant, SHORTEST)

    def open(self, grant: Grant, now: datetime) -> Credentials:
        """Open a session until the grant's end or as long as STS allows; `expires_at` is the sooner of the two."""
        lease = _lease(grant)
        opened = self._open(grant, lease.ends - now)
        return replace(
            opened,
            expires_at=min(opened.expires_at, lease.ends),
            renewable=lease.ends - opened.expires_at > _ROUNDING,
            region=self.kinds.facts(grant.entitlement.resource).region,
        )

    def _open(self, grant: Grant, length: timedelta) -> Credentials:
        """Try the policy as it reads best, then without labels: how AWS packs it is known only when it is asked."""
        first, *others = self._policies(grant)
        sessions = self.sessions_of(grant.entitlement.resource)
        try:
            return sessions.open(session_mark(grant.id), first, length)
        except OverQuota:
            if not others:
                raise _too_long(grant) from None
        try:
            return sessions.open(session_mark(grant.id), others[0], length)
        except OverQuota:
            raise _too_long(grant) from None

    def _policies(self, grant: Grant) -> list[str]:
        resource = grant.entitlement.resource
        allowed = kind_of(resource).session_statements(grant.entitlement, self.kinds.facts(resource))
        forms: tuple[tuple[Statement, ...], ...] = (allowed, without_sids(allowed))
        fitting = [text for text in (document(form, _lease(grant)) for form in forms) if len(text) <= SESSION]
        if not fitting:
            raise _too_long(grant)
        return fitting


def _lease(grant: Grant) -> Lease:
    assert grant.lease is not None  # noqa: S101 - only leased grants come here
    return grant.lease


def _too_long(grant: Grant) -> BadInput:
    return BadInput(
        f"The policy for {grant.entitlement} is longer than AWS takes for a session ({SESSION:,} characters); "
        "ask for a prefix with a shorter name, or for the delivery `policy`.",
        field="resource",
    )
