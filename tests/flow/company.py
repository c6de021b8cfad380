"""
A made-up company that a property may push about, and a judge of its own that shares no line with Daypass.

It has accounts and the people behind them, groups of two directories, managers, an owner of the bucket, somebody on
call, a ticket, absences, a robot, and rules as plain data.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from daypass.model.decision import Circumstances, Needs, ScheduleName, Ticket, TicketId
from daypass.model.principal import Away, GroupName, Principal, PrincipalId, SlackGroupId
from daypass.model.request import Approval, Request
from daypass.model.resource import Resource
from tests.hands import HandDirectory

ACCOUNTS = tuple(PrincipalId(f"U0{letter * 2}") for letter in "ABCDEF")
ROBOT = PrincipalId("bot:deploy")
GROUPS = (SlackGroupId("S0RED"), SlackGroupId("S0BLUE"))
GREEN = GroupName("file:green")
WHAT = ("manager", "owner", "on_call")
"""What somebody may be to an ask, beside being named."""
TICKET = TicketId("INC-1")
_SAID = {"manager": "manager: true", "owner": "owner: [team-owner]", "on_call": "on_call: [payments]"}


@dataclass(frozen=True)
class Turn:
    """One stage as plain data."""

    name: str
    people: frozenset[PrincipalId]
    groups: frozenset[SlackGroupId] = frozenset()
    needed: int | None = 1
    """None wants everybody who is named."""
    what: frozenset[str] = frozenset()
    """Who may besides, by what they are."""
    green: bool = False
    """Whether the group of the people file may."""
    later: frozenset[PrincipalId] = frozenset()
    """Who may besides, after `patience`."""
    patience: timedelta = timedelta(0)


@dataclass(frozen=True)
class Law:
    """One rule as plain data."""

    name: str
    who: frozenset[PrincipalId] | None
    """None is anyone."""
    hours: int = 8
    turns: tuple[Turn, ...] = ()
    denies: bool = False
    paused: bool = False
    second_factor: bool = False
    mornings: bool = False
    """Whether it counts before noon alone, by UTC."""
    ticket: bool = False
    glass: frozenset[PrincipalId] = frozenset()
    """Who reviews; a rule for emergencies where there is anybody."""

    def text(self) -> str:
        """As it stands in a document."""
        who = "anyone" if self.who is None else f"{{people: [{', '.join(sorted(self.who))}]}}"
        head = f'  - id: {self.name}\n    who: {who}\n    on: ["acme-reports/**"]\n'
        head += "    paused: true\n" if self.paused else ""
        head += '    when: {zone: UTC, hours: ["00:00-12:00"]}\n' if self.mornings else ""
        if self.denies:
            return f"{head}    deny: true\n"
        factor = "    second_factor: required\n" if self.second_factor and self.turns else ""
        factor += "    ticket: required\n" if self.ticket else ""
        if self.glass:
            factor += f"    break_glass: {{review: {{people: [{', '.join(sorted(self.glass))}]}}, within: 1d}}\n"
        stages = "".join(f"        - {{name: {turn.name}, {_way(turn)}}}\n" for turn in self.turns)
        approve = f"    approve:\n      stages:\n{stages}" if self.turns else "    approve: at-once\n"
        return f"{head}    may: [list, read]\n    for: {{default: 1h, max: {self.hours}h}}\n{factor}{approve}"


def document(laws: Sequence[Law]) -> str:
    """The whole document."""
    return "version: 1\nrules:\n" + "".join(law.text() for law in laws)


def _way(turn: Turn) -> str:
    named = [f"people: [{', '.join(sorted(turn.people))}]"] if turn.people else []
    named += [f"slack_groups: [{', '.join(sorted(turn.groups))}]"] if turn.groups else []
    named += [f"directory_groups: ['{GREEN}']"] if turn.green else []
    named += [_SAID[one] for one in sorted(turn.what)]
    people = "{" + ", ".join(named) + "}"
    way = f"all_of: {people}" if turn.needed is None else f"at_least: {turn.needed}, of: {people}"
    if not turn.later:
        return way
    minutes = int(turn.patience.total_seconds() // 60)
    return f"{way}, hand_over: [{{after: {minutes}m, to: {{people: [{', '.join(sorted(turn.later))}]}}}}]"


@dataclass
class Company:
    """Who is who, as it truly is; the directory knows all of it."""

    directory: HandDirectory
    human: dict[PrincipalId, int] = field(default_factory=dict)
    active: set[PrincipalId] = field(default_factory=set)
    members: dict[SlackGroupId, set[PrincipalId]] = field(default_factory=dict)
    away: dict[PrincipalId, PrincipalId | None] = field(default_factory=dict)
    owner: PrincipalId = ACCOUNTS[0]
    """Who answers for the robot."""
    green: set[PrincipalId] = field(default_factory=set)
    managers: dict[PrincipalId, PrincipalId] = field(default_factory=dict)
    bucket: PrincipalId = ACCOUNTS[1]
    """Who owns the bucket."""
    on_call: set[PrincipalId] = field(default_factory=set)
    ticket_open: bool = True

    def begin(self) -> None:
        """Six different people, all here, and a robot of the first."""
        self.human = {account: number for number, account in enumerate(ACCOUNTS)}
        self.active = set(ACCOUNTS)
        self.members = {group: set() for group in GROUPS}
        self.away = {}
        self.tell()

    def tell(self) -> None:
        """Let the directory know how it is now."""
        for account in ACCOUNTS:
            self.directory.people[account] = Principal(
                id=account,
                name=account,
                slack_groups=frozenset(group for group, people in self.members.items() if account in people),
                active=account in self.active,
                same_as=frozenset(other for other in ACCOUNTS if self.human[other] == self.human[account]) - {account},
                away=Away(delegate=self.away[account]) if account in self.away else None,
                groups=frozenset({GREEN}) if account in self.green else frozenset(),
                manager=self.managers.get(account),
            )
        self.directory.people[ROBOT] = Principal(id=ROBOT, name="deploy", owner=self.owner)
        self.directory.around = Circumstances(
            at=self.directory.around.at,
            owners={"team-owner": self.bucket},
            on_call={ScheduleName("payments"): frozenset(self.on_call)},
            tickets={TICKET: Ticket(id=TICKET, open=self.ticket_open)},
        )

    def hand(self, *, robot_to: PrincipalId, bucket_to: PrincipalId, ticket_open: bool) -> None:
        """The robot and the bucket are somebody else's from now on, and the ticket is open or closed."""
        self.owner, self.bucket, self.ticket_open = robot_to, bucket_to, ticket_open

    def unmask(self, one: PrincipalId, other: PrincipalId) -> None:
        """Two accounts turn out to be one person's, with all that either was before."""
        merged = self.human[other]
        self.human |= {account: self.human[one] for account in ACCOUNTS if self.human[account] == merged}

    def asking(self, requestor: PrincipalId, principal: PrincipalId) -> set[int]:
        """The people behind those who ask, and behind whom it is for."""
        accounts = {self.owner if one == ROBOT else one for one in (requestor, principal)}
        return {self.human[one] for one in accounts}

    def may(self, account: PrincipalId, turn: Turn, principal: PrincipalId, waited: timedelta) -> bool:
        """Whether this account decides in this stage: named, in a group, or in the stead of somebody who is away."""
        mine = [one for one in ACCOUNTS if self.human[one] == self.human.get(account)]
        if account not in self.active or any(self.away.get(one) for one in mine):
            return False
        named = set(turn.people) | (turn.later if waited >= turn.patience else frozenset())
        named |= {self.managers[principal]} if "manager" in turn.what and principal in self.managers else set()
        named |= {self.bucket} if "owner" in turn.what else set()
        named |= self.on_call if "on_call" in turn.what else set()
        stood_in = any(self.away.get(one) == account for one in named if one in self.active and one in self.away)
        grouped = any(account in self.members[group] for group in turn.groups) or (turn.green and account in self.green)
        return grouped or stood_in or (account in named and account not in self.away)


def lent_rightly(
    company: Company, laws: Iterable[Law], request: Request, *, hours: float, begins: datetime, at_once: bool
) -> str:
    """
    Judge a grant by the rules and people of this moment; what is wrong with it, or nothing.

    `hours` is the whole of it, with what it prolongs; `at_once` whether nobody is said to have approved it.
    """
    standing = [law for law in laws if not law.paused and (law.who is None or request.principal in law.who)]
    standing = [law for law in standing if begins.hour < 12 or not law.mornings]
    if any(law.denies for law in standing):
        return "a rule denies it"
    law = next((law for law in standing if law.name == request.rule and not law.denies), None)
    if law is None:
        return f"no rule {request.rule} lends it"
    if hours > law.hours or (law.ticket and not company.ticket_open):
        return f"{hours} hours are more than {law.hours}, or its ticket is closed"
    asking = company.asking(request.requestor, request.principal)
    if bool(law.glass) is not request.urgent or (law.glass and not {company.human[one] for one in law.glass} - asking):
        return "no glass is to be broken for it"
    if not {request.requestor, request.principal} - {ROBOT} <= company.active:
        return "somebody on the asking side has left"
    return _decided_rightly(company, law, request, () if at_once else request.approvals)


def _decided_rightly(company: Company, law: Law, request: Request, approvals: Sequence[Approval]) -> str:
    asking = company.asking(request.requestor, request.principal)
    done_at, used = -1, set(asking)
    for turn in law.turns:
        counted: list[int] = []
        for position, approval in enumerate(approvals):
            if approval.stage != turn.name or approval.rule != law.name or position <= done_at:
                continue
            if len(counted) == turn.needed or (law.second_factor and not approval.second_factor):
                continue
            waited = approval.at - request.filed_at
            if company.may(approval.by, turn, request.principal, waited) and company.human[approval.by] not in used:
                used.add(company.human[approval.by])
                counted.append(position)
        lacking = _lacking(company, turn, asking, {company.human[approvals[one].by] for one in counted})
        if lacking:
            return f"stage {turn.name}: {lacking}"
        done_at = counted[-1]
    return ""


def _lacking(company: Company, turn: Turn, asking: set[int], agreed: set[int]) -> str:
    if turn.needed is not None:
        return "" if len(agreed) >= turn.needed else f"{len(agreed)} of {turn.needed} agreed"
    present = {company.human[one] for one in turn.people if one in company.active and one not in company.away}
    missing = present - asking - agreed
    return f"{len(missing)} who were named did not agree" if missing or not agreed else ""


class Everybody(HandDirectory):
    """A directory that tells of those it is asked about or whom its facts name, and of who stands in for them."""

    def circumstances(
        self, needed: Needs, *, at: datetime, place: Resource | None = None, people: Sequence[Principal] = ()
    ) -> Circumstances:
        """As the real one: nobody besides these is known."""
        found = super().circumstances(needed, at=at, place=place, people=people)
        named = {*needed.people, *found.owners.values(), *(one for some in found.on_call.values() for one in some)}
        named |= {one.owner for one in people if one.owner}
        away = [self.people[one].away for one in named]
        named |= {one.delegate for one in away if one and one.delegate}
        return replace(found, people={one: self.people[one] for one in sorted(named)})
