"""Every kind of resource that there is, and one that there is not, keeps the contract of kinds."""

import re
import shlex

import pytest

from daypass.model.entitlement import Entitlement
from daypass.model.errors import BadInput
from daypass.model.grant import Delivery
from daypass.model.resource import Resource
from daypass.resources.kind import AccessLevel, Kind, ResourceFacts, Statement
from daypass.resources.registry import KINDS, describe
from daypass.resources.role import Role
from tests.resources.contract import KindContract

_NAME = re.compile(r"[A-Za-z0-9_-]{1,80}")


class Queue:
    """Queues of SQS, as far as a kind needs to be told: nothing outside this file knows of it."""

    name = "queue"
    title = "queue"
    examples = ("orders", "orders-dead-letters")
    levels = (
        AccessLevel(word="read", label="See how many messages wait"),
        AccessLevel(word="consume", label="Receive and delete messages", implies=frozenset({"read"}), changes=True),
    )
    options = ()
    deliveries = frozenset({Delivery.SESSION})
    ceiling = frozenset({"sqs:GetQueueAttributes", "sqs:ReceiveMessage", "sqs:DeleteMessage"})
    assumed = False

    def claims(self, text: str) -> bool:
        """ARNs of SQS."""
        return text.startswith("arn:aws:sqs:")

    def parse(self, text: str) -> Resource:
        """A name or an ARN."""
        return self.at(text.rpartition(":")[2])

    def at(self, path: str, *, account: str = "") -> Resource:
        """A queue of this name."""
        if not _NAME.fullmatch(path):
            raise BadInput("That cannot be the name of a queue.", field="resource")
        return Resource(kind=self.name, account=account, path=path)

    def pattern(self, path: str) -> str:
        """Names with wildcards."""
        self.at(path.replace("*", "x"))
        return path

    def check(self, entitlement: Entitlement) -> None:
        """All of it can be had, of what is a queue."""
        self.at(entitlement.resource.path)

    def arn(self, resource: Resource, facts: ResourceFacts) -> str:
        """As SQS has it."""
        return f"arn:{facts.partition}:sqs:{facts.region}:{facts.account}:{resource.path}"

    def extent(self, _: Resource) -> str:
        """Before its name."""
        return "the queue"

    def noun(self, _: Resource) -> str:
        """In a word."""
        return "queue"

    def usage(self, entitlement: Entitlement) -> tuple[str, ...]:
        """A command of the AWS CLI."""
        return (f"aws sqs get-queue-url --queue-name {shlex.quote(entitlement.resource.path)}",)

    def caveats(self, entitlement: Entitlement) -> tuple[str, ...]:
        """What SQS does with whoever may consume."""
        return ("A message that is not deleted comes back.",) if "consume" in entitlement.levels else ()

    def statements(self, entitlement: Entitlement, facts: ResourceFacts) -> tuple[Statement, ...]:
        """Read, and what consumes."""
        self.check(entitlement)
        more = ("sqs:ReceiveMessage", "sqs:DeleteMessage") if "consume" in entitlement.levels else ()
        arn = self.arn(entitlement.resource, facts)
        return (Statement(sid="Queue", actions=("sqs:GetQueueAttributes", *more), resources=(arn,)),)

    def session_statements(self, entitlement: Entitlement, facts: ResourceFacts) -> tuple[Statement, ...]:
        """The same."""
        return self.statements(entitlement, facts)


class TestEveryKindThereIs(KindContract):
    """Each row of the registry."""

    @pytest.fixture(params=list(KINDS.values()), ids=list(KINDS))
    def kind(self, request: pytest.FixtureRequest) -> Kind:
        """One of them."""
        kind: Kind = request.param
        return kind


class TestAKindOfSomebodyElses(KindContract):
    """One that is written here alone: a kind needs its own file and a row, and no door is told of it."""

    @pytest.fixture
    def kind(self) -> Kind:
        """A queue."""
        return Queue()


def test_a_role_is_told_once():
    """Its name says what it is: nobody reads that they may assume the role role:deploy-prod."""
    role = Entitlement(resource=Role().at("deploy-prod"), levels=frozenset({"assume"}))

    assert describe(role) == "assume role:deploy-prod"
