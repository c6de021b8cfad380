"""What the rules are asked, what they must know besides, and what they answer: values with their reasons in them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from typing import NewType

from daypass.model.entitlement import Entitlement
from daypass.model.grant import Delivery
from daypass.model.principal import GroupName, Principal, PrincipalId, SlackGroupId

RuleId = NewType("RuleId", str)
ScheduleName = NewType("ScheduleName", str)
"""An on-call schedule, by the name that the operator gave it."""
TicketId = NewType("TicketId", str)
"""A ticket as people write it: INC-42."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Whether this person may have this, for so long, in this way, for this reason."""

    principal: Principal
    """Who would have it."""
    entitlement: Entitlement
    length: timedelta | None
    """None asks with the deciding rule's own default."""
    delivery: Delivery
    reason: str = ""
    asker: Principal | None = None
    """Who asks, when it is not the one who would have it."""
    already: timedelta = timedelta(0)
    """For an extension: how long the grants it prolongs have run and will run. A rule's maximum counts the whole."""
    ahead: timedelta = timedelta(0)
    """How long from now it would begin."""
    urgent: bool = False
    """Asked for as break glass: only rules that name this person for it answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """A ticket in somebody's tracker, as it stood when it was looked up."""

    id: TicketId
    """As the tracker calls it by now, which need not be what it was asked for by: tickets are moved."""
    open: bool
    status: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """What the rules that could concern a question must know besides it, so that nothing else is looked up."""

    people: frozenset[PrincipalId] = frozenset()
    """Approvers named by id: whether they are here."""
    slack_groups: frozenset[SlackGroupId] = frozenset()
    """Groups whose members must be counted one by one."""
    groups: frozenset[GroupName] = frozenset()
    schedules: frozenset[ScheduleName] = frozenset()
    tags: bool = False
    """The tags and the account of the bucket."""
    owner_tags: frozenset[str] = frozenset()
    """Tags whose value names who owns the bucket: a Slack user id or an e-mail address."""
    tickets: frozenset[TicketId] = frozenset()
    live_grants: bool = False

    def __or__(self, other: "Needs") -> "Needs":
        return Needs(
            people=self.people | other.people,
            slack_groups=self.slack_groups | other.slack_groups,
            groups=self.groups | other.groups,
            schedules=self.schedules | other.schedules,
            tags=self.tags or other.tags,
            owner_tags=self.owner_tags | other.owner_tags,
            tickets=self.tickets | other.tickets,
            live_grants=self.live_grants or other.live_grants,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """
    What is so around a question at one moment.

    What is lacking here could not be found out: a rule that lends does not hold then, and one that denies does.
    """

    at: datetime
    """When the access would begin."""
    people: Mapping[PrincipalId, Principal] = field(default_factory=dict)
    """Who was looked up, found by one of the facts below, or decides in the stead of these."""
    strangers: frozenset[PrincipalId] = frozenset()
    """Ids of which the directory says that there is nobody by them."""
    slack_groups: Mapping[SlackGroupId, frozenset[PrincipalId]] = field(default_factory=dict)
    groups: Mapping[GroupName, frozenset[PrincipalId]] = field(default_factory=dict)
    on_call: Mapping[ScheduleName, frozenset[PrincipalId]] = field(default_factory=dict)
    account: str | None = None
    tags: Mapping[str, str] | None = None
    owners: Mapping[str, PrincipalId] = field(default_factory=dict)
    """By the name of the tag."""
    no_owners: Mapping[str, str] = field(default_factory=dict)
    """Of each tag whose value is nobody in Slack, by its name: what it says, as the end of a sentence."""
    tickets: Mapping[TicketId, Ticket] = field(default_factory=dict)
    no_tickets: frozenset[TicketId] = frozenset()
    """Those of which the tracker says that there is none."""
    live_grants: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Approvers:
    """Those who may decide, people by id and groups by id. Nobody ever decides their own request."""

    people: frozenset[PrincipalId] = frozenset()
    slack_groups: frozenset[SlackGroupId] = frozenset()
    groups: frozenset[GroupName] = frozenset()

    def include(self, principal: Principal) -> bool:
        """Whether this person, as the directory has them now, decides. No robot does, and no guest."""
        named = not self.people.isdisjoint(principal.ids)
        in_group = not (
            self.slack_groups.isdisjoint(principal.slack_groups) and self.groups.isdisjoint(principal.groups)
        )
        return principal.may_decide and (named or in_group)

    def doubts(self, principal: Principal) -> frozenset[SlackGroupId]:
        """The groups of these of which it cannot be said now whether somebody is in them."""
        return frozenset() if self.include(principal) else self.slack_groups & principal.unread

    def __or__(self, other: "Approvers") -> "Approvers":
        return Approvers(
            people=self.people | other.people,
            slack_groups=self.slack_groups | other.slack_groups,
            groups=self.groups | other.groups,
        )

    def __bool__(self) -> bool:
        return bool(self.people or self.slack_groups or self.groups)


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """An approver whom the rule names and who is not asked, and why: away, deactivated, unknown, the requestor."""

    principal: PrincipalId
    why: str
    """A sentence without its subject: `is away until Monday; U0CARL decides in their stead`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver:
    """Who may decide besides, once a stage has waited for so long."""

    after: timedelta
    approvers: Approvers


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One step of an approval: so many different people out of these."""

    name: str
    """Unique within its rule; approvals are counted for the stage that they were given in."""
    approvers: Approvers
    needed: int = 1
    later: tuple[HandOver, ...] = ()
    """In the order of their times."""
    why: tuple[str, ...] = ()
    """For people: why these are asked, such as `U0BOB is the manager of U0ANN`."""
    skipped: tuple[Skipped, ...] = ()

    def open_to(self, waited: timedelta) -> Approvers:
        """Who may decide once the stage has waited so long."""
        return reduce(or_, (each.approvers for each in self.later if waited >= each.after), self.approvers)

    def everybody(self) -> Approvers:
        """All who may decide now or later."""
        return reduce(or_, (each.approvers for each in self.later), self.approvers)


@dataclass(frozen=True, slots=True, kw_only=True)
class Aftermath:
    """What a break-glass grant owes afterwards: a review that one of these closes within a time."""

    reviewers: Approvers
    within: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """Yes, under one rule, which alone sets the limit and names who decides."""

    rule: RuleId
    default: timedelta
    longest: timedelta
    stages: tuple[Stage, ...]
    """Each after the one before it; empty when the rule approves without asking anybody."""
    second_factor: bool = False
    """Whether an approval counts only with the approver's passkey."""
    channel: str = ""
    """The Slack channel where this is decided; empty for the house's own."""
    ticket: TicketId | None = None
    """The grant ends when this closes."""
    aftermath: Aftermath | None = None
    """Set when glass was broken."""

    @property
    def at_once(self) -> bool:
        """Whether nobody is asked."""
        return not self.stages

    @property
    def approvers(self) -> Approvers:
        """Everybody who may decide in any stage, now or after a hand-over: they may deny, revoke and see."""
        everybody = (stage.everybody() for stage in self.stages)
        return reduce(or_, everybody, self.aftermath.reviewers if self.aftermath else Approvers())


@dataclass(frozen=True, slots=True, kw_only=True)
class Denied:
    """No. `because` names the denying rules; it is empty when simply nothing said yes."""

    sentence: str
    because: tuple[RuleId, ...] = ()
    silent: bool = False
    """No rule says anything of that place: perhaps another one was meant."""
    field: str = "command"
    """The word of the ask that stands in the way, for a form to show it beside."""
    lacking: str = ""
    """What could not be found out, where it might be yes: then it is no refusal, but to be asked again."""


Decision = Allowed | Denied
