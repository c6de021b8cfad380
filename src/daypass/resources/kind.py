"""
What a kind of resource is: everything that Daypass must know to grant it, without AWS being asked.

One module a kind, in this folder; `registry.KINDS` lists them, and tests/resources holds every one of them to the same
contract. Nothing here has an effect: facts of AWS come in as values, and statements go out as values.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from daypass.model.entitlement import Entitlement
from daypass.model.grant import Delivery
from daypass.model.resource import Resource

Conditions = Mapping[str, Mapping[str, str | tuple[str, ...]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One Allow of a policy, without its dates."""

    sid: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: Conditions = field(default_factory=dict)
    all_but: bool = False
    """Whether every action is allowed but these."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceFacts:
    """What must be known of AWS to write a policy for a resource. A kind that needs more adds fields."""

    partition: str
    region: str
    dns_suffix: str
    """Of the services in this partition, as kms:ViaService has it."""
    account: str = ""
    """The twelve digits of the account it is in; empty where its ARNs have none."""
    lets_cut_off: bool = True
    """Whether Daypass may deny sessions that are open, to end them early."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessLevel:
    """One level of access: its word, what it brings along, and whether its holder can change something."""

    word: str
    label: str
    """What it lets its holder do, as a form shows it."""
    implies: frozenset[str] = frozenset()
    changes: bool = False


class Kind(Protocol):
    """One kind of resource. Everything is pure; a BadInput is a sentence for the person who typed."""

    @property
    def name(self) -> str:
        """The word before the colon: `s3`, `role`."""

    @property
    def title(self) -> str:
        """What one such resource is called in a sentence: `bucket, prefix or object`."""

    @property
    def examples(self) -> tuple[str, ...]:
        """Resources to show people who do not know what to type, as they would type them."""

    @property
    def levels(self) -> tuple[AccessLevel, ...]:
        """The levels there are, from the least to the most."""

    @property
    def options(self) -> tuple[str, ...]:
        """What is added only when it is asked for by name."""

    @property
    def deliveries(self) -> frozenset[Delivery]:
        """How such access can enter AWS."""

    @property
    def ceiling(self) -> frozenset[str]:
        """Every action that any grant of this kind can hold."""

    @property
    def assumed(self) -> bool:
        """Whether its sessions are the resource's own, 15 minutes each, and not the broker role's."""

    def claims(self, text: str) -> bool:
        """Whether an ARN, a URL or a page of the console is one of this kind."""

    def parse(self, text: str) -> Resource:
        """Read a resource of this kind: its name without the kind, an ARN or a URL. Raises BadInput."""

    def at(self, path: str, *, account: str = "") -> Resource:
        """The resource of this path. Raises BadInput (field `resource`) for what AWS has no name like."""

    def pattern(self, path: str) -> str:
        """
        Check a pattern over the paths of this kind, with `*` and `**`, and spell it out.

        One for everything under a path ends in `**` then. Raises BadInput (field `resource`).
        """

    def check(self, entitlement: Entitlement) -> None:
        """Raise BadInput when these levels and options cannot be had on this resource."""

    def arn(self, resource: Resource, facts: ResourceFacts) -> str:
        """Name it to AWS; `*` at the end stands for everything under it."""

    def extent(self, resource: Resource) -> str:
        """Say what is meant, in the words before its name: `everything under`, `the object`; nothing if it says all."""

    def noun(self, resource: Resource) -> str:
        """Say what it is, in a word: `bucket`, `object`, `role`."""

    def usage(self, entitlement: Entitlement) -> tuple[str, ...]:
        """Commands to paste that this access allows, the most useful first."""

    def caveats(self, entitlement: Entitlement) -> tuple[str, ...]:
        """What AWS does with this access that looks like a fault and is none."""

    def statements(self, entitlement: Entitlement, facts: ResourceFacts) -> tuple[Statement, ...]:
        """Say in IAM's words what the entitlement lets its holder do. Raises BadInput as `check` does."""

    def session_statements(self, entitlement: Entitlement, facts: ResourceFacts) -> tuple[Statement, ...]:
        """Say what its sessions are narrowed to: the same, unless they are the resource's own."""


def without_sids(plain: tuple[Statement, ...]) -> tuple[Statement, ...]:
    """The same statements without their labels, which cost room and mean nothing to AWS."""
    return tuple(replace(one, sid="") for one in plain)
