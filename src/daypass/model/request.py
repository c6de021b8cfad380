"""
The ask, and what became of it.

    pending ----> approved     a grant with the same id exists from that commit on
        |-------> denied
        |-------> cancelled    by the requestor
        `-------> lapsed       nobody decided in time
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from daypass.model.decision import Approvers, RuleId
from daypass.model.entitlement import Entitlement
from daypass.model.errors import BadInput
from daypass.model.grant import Delivery, GrantId
from daypass.model.lease import Term
from daypass.model.principal import PrincipalId

LONGEST_REASON = 1000
"""Characters; a Slack text field and a journal entry both hold it whole."""


class RequestState(StrEnum):
    """Where a request is in its life."""

    PENDING = "pending"
    APPROVED = "approved"
    DENIED = "denied"
    CANCELLED = "cancelled"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What somebody wants, as it came through a door: parsed, not yet judged."""

    requestor: PrincipalId
    entitlement: Entitlement
    term: Term | None
    """None leaves the length to the rule's default."""
    delivery: Delivery = Delivery.SESSION
    reason: str = ""
    extends: GrantId | None = None
    key: str = ""
    """What makes this one asking: a delivery of Slack's, or a program's own word. Asked again with it is asked once."""

    def __post_init__(self) -> None:
        if len(self.reason) > LONGEST_REASON:
            raise BadInput(
                f"The reason has {len(self.reason)} characters; {LONGEST_REASON} is the most.", field="reason"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """What somebody, or a rule that approves at once, decided: by whom, when, under which rule, with what words."""

    by: PrincipalId
    at: datetime
    rule: RuleId
    length: timedelta | None = None
    """The length the approver chose; None for a denial or when the ask was left as it was."""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """An ask that the rules did not turn away, waiting for a person or decided."""

    id: GrantId
    requestor: PrincipalId
    entitlement: Entitlement
    term: Term
    delivery: Delivery
    reason: str
    filed_at: datetime
    rule: RuleId
    longest: timedelta
    """The deciding rule's limit when it was filed; the click asks the rules again."""
    approvers: Approvers
    state: RequestState = RequestState.PENDING
    approval: Approval | None = None
    extends: GrantId | None = None
    revision: int = 0

    def decided(self, state: RequestState, approval: Approval | None = None) -> "Request":
        """Leave `pending`, once and for good."""
        if self.state is not RequestState.PENDING or state is RequestState.PENDING:
            raise ValueError(f"a request that is {self.state} cannot become {state}")
        return replace(self, state=state, approval=approval)
