"""
Roles of IAM: to assume an existing one for a while.

    role:deploy-prod                                   by its name, which is unique in its account whatever its path
    role:123456789012:deploy-prod                      in another account than the home account
    arn:aws:iam::123456789012:role/ops/deploy-prod

Daypass opens sessions of the role itself, 15 minutes at a time, narrowed by nothing but their dates. They can do what
the role can, with one exception: they assume no further role, whose sessions would outlive the grant.
"""

import re
from dataclasses import dataclass

from daypass.model.entitlement import Entitlement
from daypass.model.errors import BadInput
from daypass.model.grant import Delivery
from daypass.model.resource import Resource
from daypass.resources.kind import AccessLevel, ResourceFacts, Statement

ASSUME = "assume"
NO_CHAIN = (
    "A session of Daypass's can do what the role can, but assume no other role: that one's session would outlive "
    "the grant."
)
BY_POLICY = (
    "With the right on your own AWS identity, open sessions yourself: "
    "aws sts assume-role --role-arn ROLE-ARN --role-session-name YOUR-NAME."
)

_NAME = re.compile(r"[\w+=,.@-]{1,64}", re.ASCII)
_ARN = re.compile(r"arn:aws[a-z-]*:iam::(?P<account>\d{12}):role/(?:[\x21-\x7e]+/)?(?P<name>[^/]+)")
_IN_ACCOUNT = re.compile(r"(?P<account>\d{12}):(?P<name>.+)", re.DOTALL)
# IAM/latest/APIReference/API_CreateRole, RoleName; a name is unique whatever the path.


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleFacts(ResourceFacts):
    """What must be known of a role to write a policy for it."""

    path: str = "/"
    """Where it lies in IAM: `/`, `/ops/`. Its ARN has it, its name has not."""


class Role:
    """Roles, as a Kind."""

    name = "role"
    title = "IAM role"
    examples = ("deploy-prod", "on-call")
    levels = (AccessLevel(word=ASSUME, label="Open sessions of a role, and do what it can", changes=True),)
    options = ()
    deliveries = frozenset({Delivery.SESSION, Delivery.POLICY})
    ceiling = frozenset({"sts:AssumeRole"})
    assumed = True

    def claims(self, text: str) -> bool:
        """Whether it is the ARN of a role."""
        return _ARN.fullmatch(text.strip()) is not None

    def parse(self, text: str) -> Resource:
        """Read a role's name, with or without its account, or its ARN. Raises BadInput with the field `resource`."""
        text = text.strip()
        found = _ARN.fullmatch(text) or _IN_ACCOUNT.fullmatch(text)
        return self.at(found["name"], account=found["account"]) if found else self.at(text)

    def at(self, path: str, *, account: str = "") -> Resource:
        """The role of this name. Raises BadInput (field `resource`) for what AWS has no name like."""
        if not _NAME.fullmatch(path):
            raise BadInput(
                f"“{path[:80]}” cannot be the name of a role: 1 to 64 letters, digits and any of _ + = , . @ -, "
                "without its path. Name one, such as role:deploy-prod.",
                field="resource",
            )
        return Resource(kind=self.name, account=account, path=path)

    def pattern(self, path: str) -> str:
        """Check a pattern over names of roles. Raises BadInput (field `resource`)."""
        self.at(re.sub(r"\*+", "x", path))
        return path

    def check(self, entitlement: Entitlement) -> None:
        """Raise BadInput for what is no name of a role."""
        self.at(entitlement.resource.path)

    def arn(self, resource: Resource, facts: ResourceFacts) -> str:
        """Name the role, with its path where that is known."""
        path = facts.path if isinstance(facts, RoleFacts) else "/"
        return f"arn:{facts.partition}:iam::{resource.account or facts.account}:role{path}{resource.path}"

    def extent(self, resource: Resource) -> str:  # noqa: ARG002 - a kind's; a role is a role
        """Say nothing: its name begins with `role:`."""
        return ""

    def noun(self, resource: Resource) -> str:  # noqa: ARG002 - a kind's; a role is a role
        """Say that it is a role."""
        return "role"

    def usage(self, entitlement: Entitlement) -> tuple[str, ...]:  # noqa: ARG002 - a kind's; the same for each
        """What shows that one is in the role: what else it can do, only its owners know."""
        return ("aws sts get-caller-identity",)

    def caveats(self, entitlement: Entitlement) -> tuple[str, ...]:  # noqa: ARG002 - a kind's; the same for each
        """What AWS does with this access that looks like a fault and is none."""
        return (NO_CHAIN, BY_POLICY)

    def statements(self, entitlement: Entitlement, facts: ResourceFacts) -> tuple[Statement, ...]:
        """The right to open sessions of it, for a policy of the person's own."""
        self.check(entitlement)
        arn = self.arn(entitlement.resource, facts)
        return (Statement(sid="Assume", actions=("sts:AssumeRole",), resources=(arn,)),)

    def session_statements(self, entitlement: Entitlement, facts: ResourceFacts) -> tuple[Statement, ...]:  # noqa: ARG002 - a kind's; its role's policies say the rest
        """Everything that the role can, but to assume another."""
        self.check(entitlement)
        return (
            Statement(sid="AsTheRole", actions=("sts:AssumeRole", "sts:AssumeRoot"), resources=("*",), all_but=True),
        )
