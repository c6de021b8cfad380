"""What the rules are asked, and what they answer: a value with its reasons in it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import NewType

from daypass.model.entitlement import Entitlement
from daypass.model.grant import Delivery
from daypass.model.principal import Principal, PrincipalId, SlackGroupId

RuleId = NewType("RuleId", str)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Whether this person may have this, for so long, in this way, for this reason."""

    principal: Principal
    entitlement: Entitlement
    length: timedelta | None
    """None asks with the deciding rule's own default."""
    delivery: Delivery
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Approvers:
    """Those who may decide, people by id and Slack user groups by id. Nobody ever decides their own request."""

    people: frozenset[PrincipalId] = frozenset()
    slack_groups: frozenset[SlackGroupId] = frozenset()

    def include(self, principal: Principal) -> bool:
        """Whether this person, as the directory has them now, is one of those who decide."""
        return principal.active and (
            principal.id in self.people or not self.slack_groups.isdisjoint(principal.slack_groups)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """Yes, under one rule, which alone sets the limit and names who decides."""

    rule: RuleId
    default: timedelta
    longest: timedelta
    approvers: Approvers
    at_once: bool = False
    """True when the rule approves without asking anybody; `approvers` is empty then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Denied:
    """No. `because` names the denying rules; it is empty when simply nothing said yes."""

    sentence: str
    because: tuple[RuleId, ...] = ()
    field: str = "command"
    """The word of the ask that stands in the way, for a form to show it beside."""


Decision = Allowed | Denied
