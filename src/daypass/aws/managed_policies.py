"""
Customer managed policies under /daypass/: one for a grant that does not fit into its owner's inline room.

Making one takes two calls (create, attach) and removing one four (detach, delete older versions, delete); each is
repeated until AWS says that there is nothing left, whatever others did to the policy meanwhile.
"""

from collections.abc import Mapping
from typing import Any, cast

from daypass.aws.arn import managed_policy_arn
from daypass.aws.clients import Clients
from daypass.aws.identities import Kind
from daypass.aws.refusals import AlreadyThere, CallNotOffered, asking
from daypass.model.errors import NotFound
from daypass.model.principal import AwsIdentity

PATH = "/daypass/"
_QUOTA = {"user": "AttachedPoliciesPerUserQuota", "role": "AttachedPoliciesPerRoleQuota"}


class ManagedPolicies:
    """The managed policies under our path. Every method may be repeated and may be cut off half-way."""

    def __init__(self, *, clients: Clients) -> None:
        """Take the clients."""
        self._iam = clients.iam

    def arn(self, owner: AwsIdentity, name: str) -> str:
        """The ARN that a policy of this name has, or would have, in the owner's account."""
        return managed_policy_arn(owner.arn, PATH, name)

    def has_room(self, owner: AwsIdentity) -> bool:
        """Whether one more can be attached to the user or role; the quota is read from AWS, for it can be raised."""
        with asking("iam:GetAccountSummary"):
            quotas = cast("Mapping[str, int]", self._iam.get_account_summary()["SummaryMap"])
        return len(self._attached_to(owner)) < quotas.get(_QUOTA[owner.kind], 10)

    def put(self, owner: AwsIdentity, name: str, text: str, tags: Mapping[str, str]) -> None:
        """Make the policy say this and attach it. Raises OverQuota."""
        self._write(self.arn(owner, name), name, text, tags)
        with asking(f"iam:Attach{owner.kind.title()}Policy", of=owner.arn):
            if owner.kind == "user":
                self._iam.attach_user_policy(UserName=owner.name, PolicyArn=self.arn(owner, name))
            else:
                self._iam.attach_role_policy(RoleName=owner.name, PolicyArn=self.arn(owner, name))

    def exists(self, arn: str) -> bool:
        """Whether the policy stands, attached or not."""
        try:
            with asking("iam:GetPolicy", of=arn):
                self._iam.get_policy(PolicyArn=arn)
        except (NotFound, CallNotOffered):
            return False  # a server without managed policies holds none
        return True

    def attached(self, owner: AwsIdentity, name: str) -> Mapping[str, Any]:
        """Read the document of a policy that is attached to this user or role. Raises NotFound otherwise."""
        arn = self.arn(owner, name)
        if not self.exists(arn) or arn not in self._attached_to(owner):
            raise NotFound(f"{arn} is not attached to {owner.arn}.")
        return self._document(arn)

    def delete(self, arn: str) -> bool:
        """Detach a policy from everybody and delete it, with all its versions; returns whether it was there."""
        try:
            self._detach_from_all(arn)
            self._delete_older_versions(arn)
            with asking("iam:DeletePolicy", of=arn):
                self._iam.delete_policy(PolicyArn=arn)
        except (NotFound, CallNotOffered):
            return False
        return True

    def _write(self, arn: str, name: str, text: str, tags: Mapping[str, str]) -> None:
        pairs = [{"Key": key, "Value": value} for key, value in tags.items()]
        try:
            with asking("iam:CreatePolicy", of=arn):
                self._iam.create_policy(Path=PATH, PolicyName=name, PolicyDocument=text, Tags=cast("Any", pairs))
        except AlreadyThere:
            self._rewrite(arn, text)

    def _rewrite(self, arn: str, text: str) -> None:
        """Give a policy that an earlier try left behind the new text; at most five versions are kept by AWS."""
        self._delete_older_versions(arn)
        with asking("iam:CreatePolicyVersion", of=arn):
            self._iam.create_policy_version(PolicyArn=arn, PolicyDocument=text, SetAsDefault=True)

    def _document(self, arn: str) -> Mapping[str, Any]:
        with asking("iam:GetPolicyVersion", of=arn):
            version = self._iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
            found = self._iam.get_policy_version(PolicyArn=arn, VersionId=version)
        return cast("Mapping[str, Any]", found["PolicyVersion"]["Document"])

    def _attached_to(self, owner: AwsIdentity) -> list[str]:
        with asking(f"iam:ListAttached{owner.kind.title()}Policies", of=owner.arn):
            if owner.kind == "user":
                pages: Any = self._iam.get_paginator("list_attached_user_policies").paginate(UserName=owner.name)
            else:
                pages = self._iam.get_paginator("list_attached_role_policies").paginate(RoleName=owner.name)
            return [one["PolicyArn"] for page in pages for one in page["AttachedPolicies"]]

    def _detach_from_all(self, arn: str) -> None:
        with asking("iam:ListEntitiesForPolicy", of=arn):
            pages = list(self._iam.get_paginator("list_entities_for_policy").paginate(PolicyArn=arn))
        for page in pages:
            for user in page["PolicyUsers"]:
                self._detach("user", user["UserName"], arn)
            for role in page["PolicyRoles"]:
                self._detach("role", role["RoleName"], arn)
            for group in page["PolicyGroups"]:
                self._detach("group", group["GroupName"], arn)

    def _detach(self, kind: Kind | str, name: str, arn: str) -> None:
        try:
            with asking(f"iam:Detach{kind.title()}Policy", of=f"{kind} {name}"):
                match kind:
                    case "user":
                        self._iam.detach_user_policy(UserName=name, PolicyArn=arn)
                    case "role":
                        self._iam.detach_role_policy(RoleName=name, PolicyArn=arn)
                    case _:
                        self._iam.detach_group_policy(GroupName=name, PolicyArn=arn)
        except NotFound:
            return  # somebody was quicker

    def _delete_older_versions(self, arn: str) -> None:
        with asking("iam:ListPolicyVersions", of=arn):
            versions = self._iam.list_policy_versions(PolicyArn=arn)["Versions"]
        for version in versions:
            if not version["IsDefaultVersion"]:
                with asking("iam:DeletePolicyVersion", of=arn):
                    self._iam.delete_policy_version(PolicyArn=arn, VersionId=version["VersionId"])
