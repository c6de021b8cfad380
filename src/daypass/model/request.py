"""
The ask, and what became of it.

    pending ----> approved     a grant with the same id exists from that commit on
        |-------> denied
        |-------> cancelled    by the requestor, or closed with what it was about: the access to prolong, the person
        `-------> lapsed       nobody decided in time
"""

from calendar import day_abbr
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from daypass.model.decision import Aftermath, Allowed, Approvers, RuleId, Stage, TicketId
from daypass.model.entitlement import Entitlement
from daypass.model.errors import BadInput
from daypass.model.grant import Delivery, Ending, GrantId
from daypass.model.lease import Term
from daypass.model.principal import PrincipalId
from daypass.model.words import mask

LONGEST_REASON = 1000
"""Characters; a Slack text field and a journal entry both hold it whole."""
LONGEST_NOTE = 300
"""Characters: a link, a number to call, a word to whoever decides."""


class RequestState(StrEnum):
    """Where a request is in its life."""

    PENDING = "pending"
    APPROVED = "approved"
    DENIED = "denied"
    CANCELLED = "cancelled"
    LAPSED = "lapsed"


_TOGETHER = {frozenset(range(1, 6)): "weekday", frozenset(range(1, 8)): "day"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Recurrence:
    """
    The same hours again and again: `weekdays 09:00-10:00 for two weeks`, in one time zone.

    An occurrence that a change of the clocks removes is left out; one that it doubles begins at the earlier of the two.
    """

    days: frozenset[int]
    """ISO weekdays: 1 is Monday, 7 is Sunday."""
    opens: time
    """By the wall clock of `tz`, whole minutes."""
    closes: time
    """After `opens`; at or before it means the next day."""
    tz: str
    """IANA name."""
    first: date
    last: date
    """Both are counted."""

    def __str__(self) -> str:
        named = ", ".join(day_abbr[day - 1] for day in sorted(self.days))
        hours = f"{self.opens:%H:%M}-{self.closes:%H:%M} ({self.tz})"
        return f"every {_TOGETHER.get(self.days, named)} {hours} until {self.last}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is wanted, whoever wants it: this, for so long, in this way, for this reason, perhaps again and again."""

    entitlement: Entitlement
    term: Term | None = None
    """None leaves the length to the rule's default."""
    delivery: Delivery = Delivery.SESSION
    reason: str = ""
    recurs: Recurrence | None = None
    note: str = ""
    """For whoever decides, beside the reason; no rule reads it."""

    def __post_init__(self) -> None:
        mask(self, "reason", "note")
        if len(self.note) > LONGEST_NOTE:
            raise BadInput(f"The note has {len(self.note)} characters; {LONGEST_NOTE} is the most.", field="note")
        if len(self.reason) > LONGEST_REASON:
            raise BadInput(
                f"The reason has {len(self.reason)} characters; {LONGEST_REASON} is the most.", field="reason"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """Who wants what, as it came through a door: parsed, not yet judged."""

    requestor: PrincipalId
    wish: Wish
    extends: GrantId | None = None
    beneficiary: PrincipalId | None = None
    """Who would have it, when it is not the one who asks."""
    urgent: bool = False
    """Break glass."""
    series: GrantId | None = None
    """The request that this is one occurrence of."""
    key: str = ""
    """What makes this one asking: a delivery of Slack's, or a program's own word. Asked again with it is asked once."""
    once: bool = False
    """Whether it is refused when the same was asked a moment ago, by whatever other key."""

    @property
    def principal(self) -> PrincipalId:
        """Who would have the access."""
        return self.beneficiary or self.requestor

    def lasting(self, term: Term) -> "Ask":
        """The same for so long: what an approver chose, what the rules give where nobody says, or one window."""
        return replace(self, wish=replace(self.wish, term=term))

    def filed(self, term: Term) -> "Ask":
        """What of it is written down, once it is known for how long it is."""
        somebody_else = self.beneficiary if self.beneficiary != self.requestor else None
        return replace(self.lasting(term), beneficiary=somebody_else, key="", once=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """What somebody, or a rule that approves at once, decided: by whom, when, under which rule, with what words."""

    by: PrincipalId
    at: datetime
    rule: RuleId
    length: timedelta | None = None
    """The length the approver chose; None for a denial or when the ask was left as it was."""
    note: str = ""
    stage: str = ""
    """The name of the stage it was given in."""
    second_factor: bool = False
    """Whether the approver's passkey said so too."""
    instead_of: tuple[PrincipalId, ...] = ()
    """In whose stead it was given: those who were away and had named the one who gave it."""
    permit: str = ""
    """The id of the approval in advance that this came from."""

    def __post_init__(self) -> None:
        mask(self, "note")


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """An ask that the rules did not turn away, waiting for a person or decided."""

    id: GrantId
    ask: Ask
    """As it was filed, with the length that the rules gave it where nobody said one: what is judged at each click."""
    filed_at: datetime
    rule: RuleId
    longest: timedelta
    """The deciding rule's limit when it was filed; the click asks the rules again."""
    approvers: Approvers
    state: RequestState = RequestState.PENDING
    approval: Approval | None = None
    root: GrantId | None = None
    """The first grant of the chain that this would prolong."""
    stages: tuple[Stage, ...] = ()
    """As they stood when it was filed or last clicked on; each click asks the rules again."""
    approvals: tuple[Approval, ...] = ()
    """Those given so far, oldest first. Each click asks whether one still counts (lifecycle/approval/stages)."""
    waits_in: str = ""
    """The name of the stage that waits."""
    stage_since: datetime | None = None
    """Since when the present stage waits; None is since it was filed."""
    second_factor: bool = False
    channel: str = ""
    ticket: TicketId | None = None
    aftermath: Aftermath | None = None
    closed: Ending | None = None
    """What closed it, where nobody decided and the one who asked did not take it back."""
    revision: int = 0

    def __post_init__(self) -> None:
        if self.ask.wish.term is None:
            raise ValueError("a request is for a time that is known")

    @property
    def requestor(self) -> PrincipalId:
        """Who asked."""
        return self.ask.requestor

    @property
    def principal(self) -> PrincipalId:
        """Who would have the access."""
        return self.ask.principal

    @property
    def beneficiary(self) -> PrincipalId | None:
        """Who would have it, when it is not the one who asked."""
        return self.ask.beneficiary

    @property
    def entitlement(self) -> Entitlement:
        """What would be had."""
        return self.ask.wish.entitlement

    @property
    def term(self) -> Term:
        """For how long."""
        assert self.ask.wish.term is not None  # noqa: S101 - looked at when it was made
        return self.ask.wish.term

    @property
    def delivery(self) -> Delivery:
        """In which way."""
        return self.ask.wish.delivery

    @property
    def reason(self) -> str:
        """What for."""
        return self.ask.wish.reason

    @property
    def recurs(self) -> Recurrence | None:
        """When again, where it is not for once."""
        return self.ask.wish.recurs

    @property
    def extends(self) -> GrantId | None:
        """The grant that it would prolong."""
        return self.ask.extends

    @property
    def series(self) -> GrantId | None:
        """The request whose approval this occurrence came from."""
        return self.ask.series

    @property
    def chain(self) -> GrantId:
        """What its grant would share with all that it prolongs; see Grant.chain."""
        return self.root or self.ask.extends or self.id

    @property
    def urgent(self) -> bool:
        """Whether glass was broken."""
        return self.aftermath is not None

    @property
    def waiting_since(self) -> datetime:
        """Since when the present stage waits."""
        return self.stage_since or self.filed_at

    @property
    def asked(self) -> Approvers:
        """Those of the stage that waits; of a request that knows no stage, all."""
        return next((stage.approvers for stage in self.stages if stage.name == self.waits_in), self.approvers)

    def under(self, decision: Allowed, stage: Stage) -> "Request":
        """The request as a decision of now has it, while it waits in a stage."""
        return replace(
            self,
            stages=decision.stages,
            waits_in=stage.name,
            approvers=decision.approvers,
            rule=decision.rule,
            longest=decision.longest,
            second_factor=decision.second_factor,
            channel=decision.channel,
            ticket=decision.ticket,
        )

    def decided(self, state: RequestState, approval: Approval | None = None) -> "Request":
        """Leave `pending`, once and for good."""
        if self.state is not RequestState.PENDING or state is RequestState.PENDING:
            raise ValueError(f"a request that is {self.state} cannot become {state}")
        return replace(self, state=state, approval=approval)
