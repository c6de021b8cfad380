"""
The delivery `policy`: one policy, its dates inside, on the person's own IAM user or role.

    inline `daypass-<installation>-<id>`               while it fits into what is left of the owner's room
    managed `/daypass/daypass-<installation>-<id>`     when it does not
    refused at the rehearsal                           when neither has room

Only one of the two ever stands: a home once chosen is found again by its name, and kept. So an inline policy that AWS
has deleted proves that nothing is left, and an ordinary end costs one call.

Nothing that the grantee can change keeps it in AWS. A policy attached elsewhere is detached everywhere, extra versions
are deleted, and a policy whose owner has another name by now is looked for in the whole account by its own name.
"""

from datetime import datetime
from enum import StrEnum

from daypass.aws.clients import Clients
from daypass.aws.identities import Identities, InlinePolicy
from daypass.aws.inline_policies import InlinePolicies
from daypass.aws.kinds import AwsKinds
from daypass.aws.managed_policies import ManagedPolicies
from daypass.aws.policy import MANAGED, ROLE_INLINE, USER_INLINE, carries, document, for_people, size
from daypass.aws.refusals import OverQuota
from daypass.deliveries.names import Names
from daypass.model.errors import BadInput, NotFound
from daypass.model.grant import Grant, GrantState, Presence
from daypass.model.principal import AwsIdentity
from daypass.model.resource import Resource
from daypass.ports import DryRun, Paper
from daypass.resources.registry import kind_of

PROMISE = (
    "AWS itself refuses at the end, to the second. Ended early, the policy is deleted; AWS lets go of it within "
    "seconds as a rule, but promises no bound. A download under way runs to its end."
)

ASSUMED = (
    "The right to open sessions ends by itself, to the second; ended early, it is deleted, and AWS lets go of it "
    "within seconds as a rule. A session that was opened before then lives on, for as long as the role lets it."
)


class PolicyPlace(StrEnum):
    """Where the policy of a grant is put."""

    INLINE = "inline"
    MANAGED = "managed"


class PolicyDelivery:
    """Answers to the Provisioner port."""

    def __init__(self, *, clients: Clients, kinds: AwsKinds, marks: Names) -> None:
        """Take the clients, what knows the resources, and what a policy is called."""
        self._clients = clients
        self._kinds = kinds
        self._marks = marks
        self._identities = Identities(clients=clients)
        self._managed = ManagedPolicies(clients=clients)

    def promise(self, resource: Resource) -> str:
        """What an end can promise: for what is assumed, that no more sessions are opened."""
        return ASSUMED if kind_of(resource).assumed else PROMISE

    def rehearse(self, draft: Grant) -> DryRun:
        """Show the policy and where it would go. Raises BadInput when it has nowhere to go or does not fit."""
        owner = self._owner(draft)
        resource = draft.entitlement.resource
        known = self._kinds.of(resource)
        known.check(resource)
        text = self._text(draft)
        home = self._home(owner, self._marks.policy(draft.id), text)
        who = f"{owner.kind} {owner.name}"
        notes = (
            ()
            if home is PolicyPlace.INLINE
            else (f"The inline room of {who} is full, so it will be a managed policy.",)
        )
        paper = Paper(place=f"{home} policy of {who}", text=for_people(text))
        return DryRun(papers=(paper,), notes=notes, guarded=known.guarded(resource))

    def provision(self, grant: Grant) -> None:
        """Write the policy where it stands already, or where there is room."""
        owner = self._owner(grant)
        name, text = self._marks.policy(grant.id), self._text(grant)
        if self._home(owner, name, text) is PolicyPlace.INLINE:
            try:
                self._inline(owner).put(name, text)
            except OverQuota:  # somebody filled the room since it was measured
                self._put_managed(owner, grant, text)
        else:
            self._put_managed(owner, grant, text)

    def revoke(self, grant: Grant, now: datetime) -> Presence:  # noqa: ARG002 - the port's; a deletion has no date
        """Delete the policy, whoever has it now."""
        if grant.aws is None:
            return Presence.ABSENT
        name = self._marks.policy(grant.id)
        done = (
            self._inline(grant.aws).delete(name)
            or self._managed.delete(self._managed.arn(grant.aws, name))
            or self._identities.is_same(grant.aws)
        )
        if not done:
            for policy in self._elsewhere(name):
                InlinePolicies(clients=self._clients, kind=policy.kind, owner=policy.owner).delete(name)
        return Presence.ABSENT

    def observe(self, grant: Grant, now: datetime) -> Presence:  # noqa: ARG002 - the port's; the policy stands or not
        """While it should work: whether it stands with this lease's dates. On its way out: whether anything is left."""
        if grant.aws is None or (grant.lease is None and grant.state is GrantState.APPROVED):
            return Presence.ABSENT
        ending = grant.state in {GrantState.ENDING, GrantState.ENDED}
        there = self._is_left(grant.aws, self._marks.policy(grant.id)) if ending else self._works(grant, grant.aws)
        return Presence.PRESENT if there else Presence.ABSENT

    def _works(self, grant: Grant, owner: AwsIdentity) -> bool:
        assert grant.lease is not None  # noqa: S101 - an active grant was leased
        name = self._marks.policy(grant.id)
        try:
            return carries(self._inline(owner).get(name), grant.lease)
        except NotFound:
            pass
        try:
            return carries(self._managed.attached(owner, name), grant.lease)
        except NotFound:
            return False

    def _is_left(self, owner: AwsIdentity, name: str) -> bool:
        try:
            self._inline(owner).get(name)
        except NotFound:
            if self._managed.exists(self._managed.arn(owner, name)):
                return True
            return not self._identities.is_same(owner) and bool(self._elsewhere(name))
        return True

    def _elsewhere(self, name: str) -> list[InlinePolicy]:
        """Look for the policy on every user and role: a policy's name is its grant's alone."""
        found = self._identities.details(policies=False)
        return [policy for policy in found if isinstance(policy, InlinePolicy) and policy.name == name]

    def _home(self, owner: AwsIdentity, name: str, text: str) -> PolicyPlace:
        inline = self._inline(owner)
        if name in inline.names():
            return PolicyPlace.INLINE
        if self._managed.exists(self._managed.arn(owner, name)):
            return PolicyPlace.MANAGED
        room = USER_INLINE if owner.kind == "user" else ROLE_INLINE
        left = room - inline.room_taken(besides=name)
        if size(text) <= left:
            return PolicyPlace.INLINE
        if size(text) <= MANAGED and self._managed.has_room(owner):
            return PolicyPlace.MANAGED
        raise _no_room(owner, size(text), left)

    def _put_managed(self, owner: AwsIdentity, grant: Grant, text: str) -> None:
        tags = {"daypass:grant": grant.id, "daypass:principal": grant.principal}
        self._managed.put(owner, self._marks.policy(grant.id), text, tags)

    def _owner(self, grant: Grant) -> AwsIdentity:
        """The person's identity, if it still is who it was. Raises BadInput (field `person`)."""
        if grant.aws is None:
            raise BadInput(
                "Daypass knows no IAM user or role of yours, so a policy has nowhere to go; ask for a session instead, "
                "or have your AWS identity added to the map of people.",
                field="person",
            )
        if not self._identities.is_same(grant.aws):
            raise BadInput(
                f"{grant.aws.arn} is not there any more, or is somebody else by now; correct the map of people.",
                field="person",
            )
        return grant.aws

    def _text(self, grant: Grant) -> str:
        assert grant.lease is not None  # noqa: S101 - only leased grants come here
        facts = self._kinds.facts(grant.entitlement.resource)
        return document(kind_of(grant.entitlement.resource).statements(grant.entitlement, facts), grant.lease)

    def _inline(self, owner: AwsIdentity) -> InlinePolicies:
        return InlinePolicies(clients=self._clients, kind="user" if owner.kind == "user" else "role", owner=owner.name)


def _no_room(owner: AwsIdentity, needed: int, left: int) -> BadInput:
    who = f"{owner.kind} {owner.name}"
    return BadInput(
        f"It needs {needed:,} characters of policy. The inline policies of {who} leave {max(left, 0):,}, and a managed "
        f"policy holds at most {MANAGED:,} and must still be attachable. Ask for a session instead, or have old "
        f"policies of {who} removed.",
        field="delivery",
    )
