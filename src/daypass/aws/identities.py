"""
IAM users and roles: whether one is still who was meant, and what policies all of them have.

An ARN can be given to somebody else (a user renamed, another made with the old name); the unique id cannot.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, cast

from daypass.aws.clients import Clients
from daypass.aws.refusals import CallNotOffered, asking
from daypass.model.errors import NotFound
from daypass.model.principal import AwsIdentity

Kind = Literal["user", "role"]


@dataclass(frozen=True, slots=True, kw_only=True)
class InlinePolicy:
    """An inline policy as the account's details show it."""

    kind: Kind
    owner: str
    name: str
    document: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ManagedPolicy:
    """A customer managed policy as the account's details show it."""

    arn: str
    name: str


def own_arn(clients: Clients) -> str:
    """Whom AWS takes Daypass for."""
    with asking("sts:GetCallerIdentity"):
        return clients.sts.get_caller_identity()["Arn"]


class Identities:
    """Read-only looks at IAM's users and roles."""

    def __init__(self, *, clients: Clients) -> None:
        """Take the clients."""
        self._clients = clients

    def now(self, identity: AwsIdentity) -> AwsIdentity:
        """
        Read who has the name of this identity now. Raises NotFound.

        A server without iam:GetUser is believed: the identity is returned as it was given.
        """
        try:
            with asking(f"iam:Get{identity.kind.title()}", of=identity.arn):
                return self._user(identity.name) if identity.kind == "user" else self._role(identity.name)
        except CallNotOffered:
            return identity

    def is_same(self, identity: AwsIdentity) -> bool:
        """Whether the name still belongs to whom it belonged at the approval."""
        try:
            found = self.now(identity)
        except NotFound:
            return False
        if identity.unique_id and found.unique_id:
            return found.unique_id == identity.unique_id
        return found.arn == identity.arn

    def details(self, *, policies: bool) -> Iterator[InlinePolicy | ManagedPolicy]:
        """Go through every inline policy of the account's users and roles, and with `policies` every managed one."""
        kinds: list[Any] = ["User", "Role", *(["LocalManagedPolicy"] if policies else [])]
        pages = self._clients.iam.get_paginator("get_account_authorization_details").paginate(Filter=kinds)
        with asking("iam:GetAccountAuthorizationDetails"):
            for page in pages:
                yield from _inline("user", "UserName", "UserPolicyList", page["UserDetailList"])
                yield from _inline("role", "RoleName", "RolePolicyList", page["RoleDetailList"])
                for policy in page["Policies"]:
                    yield ManagedPolicy(arn=policy["Arn"], name=policy["PolicyName"])

    def _user(self, name: str) -> AwsIdentity:
        user = self._clients.iam.get_user(UserName=name)["User"]
        return AwsIdentity(arn=user["Arn"], unique_id=user["UserId"])

    def _role(self, name: str) -> AwsIdentity:
        role = self._clients.iam.get_role(RoleName=name)["Role"]
        return AwsIdentity(arn=role["Arn"], unique_id=role["RoleId"])


def _inline(kind: Kind, name: str, policies: str, owners: Any) -> Iterator[InlinePolicy]:
    for owner in owners:
        for policy in owner.get(policies, ()):
            document = cast("dict[str, Any]", policy["PolicyDocument"])
            yield InlinePolicy(kind=kind, owner=owner[name], name=policy["PolicyName"], document=document)
