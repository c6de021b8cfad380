"""
The kinds of resources as AWS knows them: whether one is there, what a policy must know, where the console shows it.

One class a kind, in the module that is called like the kind's own in resources/.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

from daypass.aws.buckets import AwsCatalogue
from daypass.aws.role import RoleInAws
from daypass.aws.s3 import S3InAws
from daypass.model.errors import BadInput
from daypass.model.resource import Resource
from daypass.resources.kind import ResourceFacts


class KindInAws(Protocol):
    """What AWS knows of resources of one kind. Nothing here changes anything."""

    def check(self, resource: Resource) -> None:
        """Raise BadInput (field `resource`) when there is no such resource, or it is somebody else's."""
        ...

    def facts(self, resource: Resource) -> ResourceFacts:
        """Read what must be known to write a policy for it. Raises NotFound, AwsForbids."""
        ...

    def guarded(self, resource: Resource) -> str:
        """Say why only a rule that names it exactly grants it: `it can ...`; nothing when any rule may."""
        ...

    def page(self, resource: Resource, region: str) -> str:
        """Where the console shows it: the path behind the console's address."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsAccess:
    """What a kind may need to look at AWS."""

    buckets: AwsCatalogue
    own_roles: Collection[str] = ()
    """ARNs of roles that are Daypass's own, such as the broker role."""


KINDS_IN_AWS: Mapping[str, Callable[[AwsAccess], KindInAws]] = {
    "s3": lambda access: S3InAws(access.buckets),
    "role": lambda access: RoleInAws(clients=access.buckets.clients, ours=access.own_roles),
}
"""How AWS is looked at for each kind. A new one is one more here."""


def aws_kinds(access: AwsAccess) -> "AwsKinds":
    """Every kind there is."""
    return AwsKinds({name: made(access) for name, made in KINDS_IN_AWS.items()})


class AwsKinds:
    """Every kind there is in this Daypass. Safe to share between threads, as each of them is."""

    def __init__(self, kinds: Mapping[str, KindInAws]) -> None:
        """Take them by their names."""
        self._kinds = kinds

    def of(self, resource: Resource) -> KindInAws:
        """What knows this resource. Raises BadInput for a kind that is not set up."""
        if resource.kind not in self._kinds:
            raise BadInput(f"Daypass is not set up to grant access to {resource}.", field="resource")
        return self._kinds[resource.kind]

    def facts(self, resource: Resource) -> ResourceFacts:
        """Read what must be known to write a policy for it. Raises NotFound, AwsForbids, BadInput."""
        return self.of(resource).facts(resource)
