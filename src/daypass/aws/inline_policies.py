"""
Inline policies of one IAM user or role: put, read, delete, and how much room the others take.

The same five calls exist twice in IAM, once for users and once for roles; here they are one.
"""

import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, cast

from daypass.aws.clients import Clients
from daypass.aws.identities import Kind
from daypass.aws.policy import size
from daypass.aws.refusals import asking
from daypass.model.errors import BadInput, NotFound
from daypass.ports.fence import Free, writing_under

_PROBING = Free("asks AWS whether it may put policies, with one that allows nothing")


class InlinePolicies:
    """The inline policies of one user or role. Every method may be repeated."""

    def __init__(self, *, clients: Clients, kind: Kind, owner: str) -> None:
        """Take the name of the user or role, without its path."""
        self._iam = clients.iam
        self._kind = kind
        self._owner = owner
        self._who = f"{kind} {owner}"

    def put(self, name: str, text: str) -> None:
        """Write a policy, over one of the same name. Raises OverQuota, NotFound without such an owner."""
        with asking(self._action("Put"), of=self._who):
            if self._kind == "user":
                self._iam.put_user_policy(UserName=self._owner, PolicyName=name, PolicyDocument=text)
            else:
                self._iam.put_role_policy(RoleName=self._owner, PolicyName=name, PolicyDocument=text)

    def may_put(self, name: str) -> None:
        """
        Raise AwsForbids unless a policy may be put here and deleted again; nothing of it stays.

        The document has no statement, which AWS refuses once it has found that the caller may put policies at all. A
        server that takes it has taken a policy that allows nothing, and it is deleted.
        """
        with writing_under(_PROBING):
            with suppress(BadInput):
                self.put(name, '{"Version":"2012-10-17","Statement":[]}')
            self.delete(name)

    def get(self, name: str) -> Mapping[str, Any]:
        """Read a policy's document. Raises NotFound when the policy or its owner is not there."""
        with asking(self._action("Get"), of=self._who):
            if self._kind == "user":
                found: Any = self._iam.get_user_policy(UserName=self._owner, PolicyName=name)
            else:
                found = self._iam.get_role_policy(RoleName=self._owner, PolicyName=name)
        return cast("Mapping[str, Any]", found["PolicyDocument"])

    def delete(self, name: str) -> bool:
        """Delete a policy; returns whether it was there."""
        try:
            with asking(self._action("Delete"), of=self._who):
                if self._kind == "user":
                    self._iam.delete_user_policy(UserName=self._owner, PolicyName=name)
                else:
                    self._iam.delete_role_policy(RoleName=self._owner, PolicyName=name)
        except NotFound:
            return False
        return True

    def names(self) -> list[str]:
        """List the policies' names: none without such an owner, and Ceph says the same of a user who has none."""
        try:
            with asking(f"iam:List{self._kind.title()}Policies", of=self._who):
                return [name for page in self._pages() for name in page["PolicyNames"]]
        except NotFound:
            return []

    def room_taken(self, *, besides: str) -> int:
        """Count the characters of all policies but the one named, as AWS counts them against the owner's quota."""
        return sum(self._characters(name) for name in self.names() if name != besides)

    def _pages(self) -> Any:
        if self._kind == "user":
            return self._iam.get_paginator("list_user_policies").paginate(UserName=self._owner)
        return self._iam.get_paginator("list_role_policies").paginate(RoleName=self._owner)

    def _characters(self, name: str) -> int:
        try:
            return size(_minified(self.get(name)))
        except NotFound:
            return 0  # deleted since it was listed

    def _action(self, verb: str) -> str:
        return f"iam:{verb}{self._kind.title()}Policy"


def _minified(found: Mapping[str, Any]) -> str:
    return json.dumps(found, separators=(",", ":"), ensure_ascii=False)
