"""
A made-up company that a property may push about, and a judge of its own that shares no line with Daypass.

It has accounts and the people behind them, groups, absences, and rules as plain data.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from daypass.model.decision import Circumstances, Needs, Question
from daypass.model.principal import Away, Principal, PrincipalId, SlackGroupId
from daypass.model.request import Approval
from tests.hands import HandDirectory

ACCOUNTS = tuple(PrincipalId(f"U0{letter * 2}") for letter in "ABCDEF")
ROBOT = PrincipalId("bot:deploy")
GROUPS = (SlackGroupId("S0RED"), SlackGroupId("S0BLUE"))


@dataclass(frozen=True)
class Turn:
    """One stage as plain data."""

    name: str
    people: frozenset[PrincipalId]
    groups: frozenset[SlackGroupId] = frozenset()
    needed: int | None = 1
    """None wants everybody who is named."""


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

    def text(self) -> str:
        """As it stands in a document."""
        who = "anyone" if self.who is None else f"{{people: [{', '.join(sorted(self.who))}]}}"
        head = f'  - id: {self.name}\n    who: {who}\n    on: ["acme-reports/**"]\n'
        head += "    paused: true\n" if self.paused else ""
        if self.denies:
            return f"{head}    deny: true\n"
        factor = "    second_factor: required\n" if self.second_factor and self.turns else ""
        stages = "".join(f"        - {{name: {turn.name}, {_way(turn)}}}\n" for turn in self.turns)
        approve = f"    approve:\n      stages:\n{stages}" if self.turns else "    approve: at-once\n"
        return f"{head}    may: [list, read]\n    for: {{default: 1h, max: {self.hours}h}}\n{factor}{approve}"


def document(laws: Sequence[Law]) -> str:
    """The whole document."""
    return "version: 1\nrules:\n" + "".join(law.text() for law in laws)


def _way(turn: Turn) -> str:
    named = [f"people: [{', '.join(sorted(turn.people))}]"] if turn.people else []
    named += [f"slack_groups: [{', '.join(sorted(turn.groups))}]"] if turn.groups else []
    people = "{" + ", ".join(named) + "}"
    return f"all_of: {people}" if turn.needed is None else f"at_least: {turn.needed}, of: {people}"


@dataclass
class Company:
    """Who is who, as it truly is; the directory knows all of it."""

    directory: HandDirectory
    human: dict[PrincipalId, int] = field(default_factory=dict)
    active: set[PrincipalId] = field(default_factory=set)
    members: dict[SlackGroupId, set[PrincipalId]] = field(default_factory=dict)
    away: dict[PrincipalId, PrincipalId | None] = field(default_factory=dict)
    owner: PrincipalId = ACCOUNTS[0]

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
            )
        self.directory.people[ROBOT] = Principal(id=ROBOT, name="deploy", owner=self.owner)

    def unmask(self, one: PrincipalId, other: PrincipalId) -> None:
        """Two accounts turn out to be one person's, with all that either was before."""
        merged = self.human[other]
        self.human |= {account: self.human[one] for account in ACCOUNTS if self.human[account] == merged}

    def asking(self, requestor: PrincipalId, principal: PrincipalId) -> set[int]:
        """The people behind those who ask, and behind whom it is for."""
        accounts = {self.owner if one == ROBOT else one for one in (requestor, principal)}
        return {self.human[one] for one in accounts}

    def may(self, account: PrincipalId, turn: Turn) -> bool:
        """Whether this account decides in this stage: named, in a group, or in the stead of somebody who is away."""
        stood_in = any(self.away.get(one) == account for one in turn.people if one in self.active and one in self.away)
        grouped = any(account in self.members[group] for group in turn.groups)
        named = account in turn.people and account not in self.away
        return account in self.active and (named or grouped or stood_in)


def lent_rightly(
    company: Company,
    laws: Iterable[Law],
    *,
    requestor: PrincipalId,
    principal: PrincipalId,
    hours: float,
    rule: str,
    approvals: Sequence[Approval],
) -> str:
    """Judge a grant by the rules and people of this moment; what is wrong with it, or nothing."""
    standing = [law for law in laws if not law.paused and (law.who is None or principal in law.who)]
    if any(law.denies for law in standing):
        return "a rule denies it"
    law = next((law for law in standing if law.name == rule and not law.denies), None)
    if law is None:
        return f"no rule {rule} lends it"
    if hours > law.hours:
        return f"{hours} hours are more than {law.hours}"
    if not {requestor, principal} - {ROBOT} <= company.active:
        return "somebody on the asking side has left"
    return _decided_rightly(company, law, company.asking(requestor, principal), approvals)


def _decided_rightly(company: Company, law: Law, asking: set[int], approvals: Sequence[Approval]) -> str:
    done_at, used = -1, set(asking)
    for turn in law.turns:
        counted: list[int] = []
        for position, approval in enumerate(approvals):
            if approval.stage != turn.name or approval.rule != law.name or position <= done_at:
                continue
            if len(counted) == turn.needed or (law.second_factor and not approval.second_factor):
                continue
            if company.may(approval.by, turn) and company.human[approval.by] not in used:
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
    """A directory that tells of everybody it is asked about, and of who stands in for them."""

    def circumstances(self, question: Question, needed: Needs, *, at: datetime) -> Circumstances:
        """All people there are."""
        found = super().circumstances(question, needed, at=at)
        return Circumstances(at=found.at, people=dict(self.people), slack_groups=found.slack_groups)
