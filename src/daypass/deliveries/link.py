"""
The delivery `link`: presigned URLs and forms, signed by sessions of the grant alone.

In AWS it is a session like any other, so it is provisioned, ended and looked for like one; the deny that ends the
session kills every URL that it signed.
"""

from datetime import datetime

from daypass.deliveries.session import SessionDelivery
from daypass.model.entitlement import READ, WRITE
from daypass.model.errors import BadInput
from daypass.model.grant import Grant, Presence
from daypass.model.resource import Resource
from daypass.ports import DryRun

PROMISE = (
    "AWS itself refuses at the end, to the second. Ended early, a Daypass link answers “gone” at once, and presigned "
    "URLs that were handed out die as soon as AWS has taken the deny of their session in: seconds as a rule, but AWS "
    "promises no bound. Whoever holds a URL can use it until then; a download under way runs to its end."
)


class LinkDelivery:
    """Answers to the Provisioner port."""

    def __init__(self, *, session: SessionDelivery) -> None:
        """Take the delivery that this one is made of."""
        self._session = session

    def promise(self, resource: Resource) -> str:  # noqa: ARG002 - the port's; links are for objects alone
        """What an end can promise."""
        return PROMISE

    def rehearse(self, draft: Grant) -> DryRun:
        """Show the session policy behind the links. Raises BadInput for levels that no link can carry."""
        if draft.entitlement.levels.isdisjoint({READ, WRITE}):
            raise BadInput("A link can read or write; ask for another level as a session.", field="level")
        return self._session.rehearse(draft)

    def provision(self, grant: Grant) -> None:
        """Prove that a session can be had to sign with."""
        self._session.provision(grant)

    def revoke(self, grant: Grant, now: datetime) -> Presence:
        """End the signing sessions, and with them the URLs."""
        return self._session.revoke(grant, now)

    def observe(self, grant: Grant, now: datetime) -> Presence:
        """Look whether a URL of this grant could do anything."""
        return self._session.observe(grant, now)
