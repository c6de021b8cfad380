"""
What stands in AWS under our mark, read from the account itself and not from our memory.

Policies of grants are shown whatever their date, for the ledger knows which are live. A deny is shown only once its own
date has passed: until then it may hold back a session, although its grant is long closed.
"""

from collections.abc import Callable, Iterator
from datetime import datetime

from daypass.aws.clients import Clients
from daypass.aws.identities import Identities, InlinePolicy, Kind, ManagedPolicy
from daypass.aws.inline_policies import InlinePolicies
from daypass.aws.managed_policies import PATH, ManagedPolicies
from daypass.aws.policy import ends
from daypass.deliveries.names import Names
from daypass.ports import MarkedObject, Strange
from daypass.ports.fence import Free, writing_under

_SWEEPING = Free("removes what no live grant accounts for, and puts nothing in")


class PolicySweep:
    """Answers to the Sweep port, for IAM policies and denies."""

    def __init__(self, *, clients: Clients, clock: Callable[[], datetime], marks: Names) -> None:
        """Take the clients, the clock by which a deny is over, and what is called ours."""
        self._marks = marks
        self._clients = clients
        self._clock = clock
        self._identities = Identities(clients=clients)
        self._managed = ManagedPolicies(clients=clients)

    def standing(self) -> Iterator[MarkedObject | Strange]:
        """Go through all that has a mark of Daypass. Raises AwsForbids without iam:GetAccountAuthorizationDetails."""
        for policy in self._identities.details(policies=True):
            match policy:
                case InlinePolicy():
                    yield from self._inline(policy)
                case ManagedPolicy():
                    yield from self._of_managed(policy)

    def remove(self, standing: MarkedObject) -> bool:
        """Remove one of them; returns whether it was still there."""
        kind, owner, name = standing.handle.split(" ")
        with writing_under(_SWEEPING):
            if kind == "managed":
                return self._managed.delete(owner)
            as_kind: Kind = "user" if kind == "user" else "role"
            return InlinePolicies(clients=self._clients, kind=as_kind, owner=owner).delete(name)

    def _inline(self, policy: InlinePolicy) -> Iterator[MarkedObject | Strange]:
        grant, deny = self._marks.grant_of(policy.name), self._marks.is_deny(policy.name)
        if self._marks.is_strange(policy.name):
            yield Strange(what=f"inline policy {policy.name} of {policy.kind} {policy.owner}")
        if grant is None:
            return
        if deny:
            until = ends(policy.document)
            if until is None or self._clock() < until:
                return
        what = "deny" if deny else "inline policy"
        yield MarkedObject(
            grant=grant,
            what=f"{what} {policy.name} of {policy.kind} {policy.owner}",
            handle=f"{policy.kind} {policy.owner} {policy.name}",
            spent=deny,
        )

    def _of_managed(self, policy: ManagedPolicy) -> Iterator[MarkedObject | Strange]:
        grant, what = self._marks.grant_of(policy.name), f"managed policy {policy.name}"
        if f":policy{PATH}" not in policy.arn:
            return
        if grant is not None:
            yield MarkedObject(grant=grant, what=what, handle=f"managed {policy.arn} {policy.name}")
        elif self._marks.is_strange(policy.name):
            yield Strange(what=what)
