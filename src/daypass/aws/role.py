"""
IAM roles as they may be granted: whether one is there, and what must be known of it before it is.

A role is guarded, so that only a rule that names it exactly grants it, when it is

    under /aws-reserved/ or /aws-service-role/      AWS's own: of Identity Center, and of services
    under /daypass/ or /daypass-setup/, tagged      Daypass's own: the broker role, what it runs as, and those of other
    `daypass:installation`, or set as one of these  installations
    given a policy that may change who may do       whoever holds it can take anything, for good: IAM, Identity Center
    what, or that cannot be read                    and Organizations, `iam:PassRole` among them

A permissions boundary counts: what it leaves out the role cannot do. A Deny does not, because telling what it leaves
over takes more than reading it; and what a policy's conditions ask for is not looked at either. So a role may be
guarded that need not be, and never the other way round.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

from daypass.aws.arn import account_of, partition_of
from daypass.aws.clients import Clients
from daypass.aws.identities import own_arn
from daypass.aws.partitions import suffix
from daypass.aws.refusals import asking
from daypass.model.errors import AwsForbids, BadInput, NotFound
from daypass.model.resource import Resource
from daypass.resources.role import RoleFacts

CUT_OFF_TAG = ("daypass:cut-off", "allowed")
"""How a role is tagged on which Daypass may write denies, to end sessions early."""
INSTALLATION_TAG = "daypass:installation"

_AWS_PATHS = ("/aws-reserved/", "/aws-service-role/")
_OUR_PATHS = ("/daypass/", "/daypass-setup/")
_DECIDING = ("iam", "sso", "sso-directory", "identitystore", "organizations", "account-access")
"""Services in which it is written who may do what."""
_READS = re.compile(r"(get|list|describe|generate|simulate|search|view)[a-z0-9]*\*?")
"""Names of actions that change nothing, a final wildcard allowed: every one that it stands for begins so too."""
_UNREADABLE = "its policies cannot be read"


class RoleInAws:
    """Answers to KindInAws, read only. Safe to share between threads."""

    def __init__(self, *, clients: Clients, ours: Collection[str] = ()) -> None:
        """Take the clients, and the ARNs of roles that are Daypass's own wherever they stand."""
        self._clients = clients
        self._ours = frozenset(ours)

    def check(self, resource: Resource) -> None:
        """Raise BadInput (field `resource`) when there is no such role here, or Daypass was not set up for it."""
        if resource.account:
            self._must_be_of(resource)
        try:
            self._role(resource.path)
        except NotFound:
            raise BadInput(f"There is no role {resource.path} here. Check its name.", field="resource") from None
        except AwsForbids as refused:
            raise AwsForbids(
                f"AWS does not let Daypass look at the role {resource.path}: it is not among the roles that Daypass "
                f"was set up for (RoleArns, role_arns). {refused.sentence}",
                action=refused.action,
            ) from refused

    def _must_be_of(self, resource: Resource) -> None:
        """
        Refuse a role with an account: another one's, and at home by a second name.

        A freeze, a denial or a grant of `role:deploy` would not be known to be about `role:123456789012:deploy`.
        """
        if resource.account == account_of(own_arn(self._clients)):
            raise BadInput(
                f"{resource.account} is the account that Daypass works in; write role:{resource.path}.",
                field="resource",
            )
        raise BadInput(f"Daypass works in another account than {resource.account}.", field="resource")

    def facts(self, resource: Resource) -> RoleFacts:
        """Read where it lies and whether denies may be put on it. Raises NotFound, AwsForbids."""
        role = self._role(resource.path)
        name, value = CUT_OFF_TAG
        return RoleFacts(
            partition=partition_of(role["Arn"]),
            account=account_of(role["Arn"]),
            region=self._clients.region,
            dns_suffix=suffix(partition_of(role["Arn"])),
            lets_cut_off=_tags(role).get(name) == value,
            path=role["Path"],
        )

    def guarded(self, resource: Resource) -> str:
        """Say why only a rule that names it exactly grants it; nothing when any rule may. Raises as `facts` does."""
        return self._guarded(self._role(resource.path))

    def page(self, resource: Resource, region: str) -> str:  # noqa: ARG002 - one of AWS's kinds
        """The console's home: what the role is for, only its owners know."""
        return f"/console/home?region={region}"

    def _role(self, name: str) -> Any:
        with asking("iam:GetRole", of=f"role {name}"):
            return self._clients.iam.get_role(RoleName=name)["Role"]

    def _guarded(self, role: Any) -> str:
        if role["Path"].startswith(_AWS_PATHS):
            return "it is AWS's own"
        if self._is_ours(role):
            return "it is Daypass's own"
        try:
            return self._by_policies(role)
        except (AwsForbids, NotFound):
            return _UNREADABLE

    def _is_ours(self, role: Any) -> bool:
        if role["Path"].startswith(_OUR_PATHS) or INSTALLATION_TAG in _tags(role) or role["Arn"] in self._ours:
            return True
        caller = own_arn(self._clients)
        # arn:aws:sts::123456789012:assumed-role/NAME/SESSION, without the role's path
        return ":assumed-role/" in caller and caller.split("/")[1] == role["RoleName"]

    def _by_policies(self, role: Any) -> str:
        name = role["RoleName"]
        writing = next((action for document in self._documents(name) for action in deciding(document)), "")
        if not writing:
            return ""
        boundary = role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
        if boundary and not any(deciding(self._managed(boundary))):
            return ""
        return f"it can change who may do what ({writing})"

    def _documents(self, name: str) -> Iterator[Mapping[str, Any]]:
        iam = self._clients.iam
        who = f"role {name}"
        with asking("iam:ListRolePolicies", of=who):
            inline = [
                one
                for page in iam.get_paginator("list_role_policies").paginate(RoleName=name)
                for one in page["PolicyNames"]
            ]
        for policy in inline:
            with asking("iam:GetRolePolicy", of=who):
                found: Any = iam.get_role_policy(RoleName=name, PolicyName=policy)
            yield found["PolicyDocument"]
        with asking("iam:ListAttachedRolePolicies", of=who):
            pages = iam.get_paginator("list_attached_role_policies").paginate(RoleName=name)
            attached = [one["PolicyArn"] for page in pages for one in page["AttachedPolicies"]]
        for arn in attached:
            yield self._managed(arn)

    def _managed(self, arn: str) -> Mapping[str, Any]:
        with asking("iam:GetPolicy", of=arn):
            version = self._clients.iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
        with asking("iam:GetPolicyVersion", of=arn):
            found: Any = self._clients.iam.get_policy_version(PolicyArn=arn, VersionId=version)
        return dict(found["PolicyVersion"]["Document"])


def deciding(document: Mapping[str, Any]) -> Iterator[str]:
    """Go through what a policy allows that changes who may do what, in the policy's own words."""
    statements = document.get("Statement", [])
    for one in [statements] if isinstance(statements, Mapping) else statements:
        if one.get("Effect") != "Allow":
            continue
        yield from (action for action in _many(one.get("Action", [])) if _decides(action))
        if "NotAction" in one and not _leaves_out(_many(one["NotAction"])):
            yield "NotAction"


def _decides(action: str) -> bool:
    service, _, name = action.lower().partition(":")
    reaches = action == "*" or any(fnmatchcase(one, service) for one in _DECIDING)
    return reaches and not _READS.fullmatch(name)


def _leaves_out(actions: list[str]) -> bool:
    """Whether all that decides is among what is left out."""
    return all(f"{service}:*" in {action.lower() for action in actions} for service in _DECIDING)


def _many(words: str | list[str]) -> list[str]:
    return [words] if isinstance(words, str) else list(words)


def _tags(role: Any) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in role.get("Tags", ())}
