"""
No path to access without a decision that the rules of that moment allowed.

A company is pushed about at random: rules change, people come, go, change groups, turn out to be one person under two
accounts, go on holiday and name somebody in their stead; meanwhile they ask, for themselves and for others, click,
approve in advance and turn down. Whenever a grant appears, a judge that knows nothing of Daypass's rules looks at it.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from daypass.lifecycle.permits import allow
from daypass.lifecycle.review import approve, deny
from daypass.lifecycle.submit import submit
from daypass.model.errors import DaypassError, Refusal
from daypass.model.grant import Delivery, Grant, GrantId
from daypass.model.lease import Term
from daypass.model.principal import DAYPASS, PrincipalId
from daypass.model.request import Ask, RequestState
from daypass.rules.book import RuleBook
from daypass.rules.document import parse
from daypass.store import database as databases
from daypass.store.database import Database
from daypass.store.ledger import SqlLedger
from tests.flow.company import ACCOUNTS, GROUPS, ROBOT, Company, Everybody, Law, Turn, document, lent_rightly
from tests.hands import HandAws, HandClock
from tests.makers import HOUR, READ_REPORTS

COMPANIES, DAYS = 10, 40


def a_turn(dice: Random, name: str) -> Turn:
    """A stage: some of these people, or all of them."""
    if dice.random() < 0.25:
        return Turn(name=name, people=frozenset(dice.sample(ACCOUNTS, dice.randint(2, 3))), needed=None)
    groups = frozenset(dice.sample(GROUPS, dice.choice([0, 0, 1, 2])))
    people = frozenset(dice.sample(ACCOUNTS, dice.randint(2, 6)))
    return Turn(name=name, people=people, groups=groups, needed=dice.choice([1, 2, 2, 3]))


def some_laws(dice: Random) -> tuple[Law, ...]:
    """One rule or two; the names stay, so that an approval of before could be taken for one of now."""
    return tuple(
        Law(
            name=name,
            who=None if dice.random() < 0.7 else frozenset(dice.sample(ACCOUNTS, 4)),
            hours=dice.randint(2, 8),
            turns=tuple(a_turn(dice, turn) for turn in ("first", "second")[: dice.choice([0, 1, 1, 2, 2, 2])]),
            denies=dice.random() < 0.05,
            paused=dice.random() < 0.08,
            second_factor=dice.random() < 0.15,
        )
        for name in ("one", "two")[: dice.randint(1, 2)]
    )


@dataclass
class Life:
    """The company, and what happens in it."""

    dice: Random
    ledger: SqlLedger
    clock: HandClock = field(default_factory=HandClock)
    aws: HandAws = field(default_factory=HandAws)
    company: Company = field(default_factory=lambda: Company(directory=Everybody()))
    laws: tuple[Law, ...] = ()
    requests: list[GrantId] = field(default_factory=list)
    clicks: set[tuple[GrantId, PrincipalId, bool]] = field(default_factory=set)
    grants: list[Grant] = field(default_factory=list)
    rules: RuleBook = field(default_factory=lambda: parse(document([Law(name="one", who=None)]), name="rules.yaml"))

    def anyone(self) -> PrincipalId:
        """Somebody, and now and then the robot."""
        return ROBOT if self.dice.random() < 0.1 else self.dice.choice(ACCOUNTS)

    def decree(self) -> None:
        """The rules are written anew."""
        self.laws = some_laws(self.dice)
        self.rules = parse(document(self.laws), name="rules.yaml")

    def ask(self) -> None:
        """Somebody asks, perhaps for somebody else."""
        ask = Ask(
            requestor=self.anyone(),
            beneficiary=self.anyone() if self.dice.random() < 0.4 else None,
            entitlement=READ_REPORTS,
            term=Term(length=self.dice.randint(1, 4) * HOUR),
            delivery=Delivery.SESSION,
            reason="x",
        )
        with suppress(Refusal):
            filed = submit(
                ask,
                rules=self.rules,
                directory=self.company.directory,
                provisioner=self.aws,
                ledger=self.ledger,
                now=self.clock(),
            )
            self.requests.append(filed.id)
            self.judge(filed.id)

    def click(self) -> None:
        """Somebody clicks Approve, whoever they are and whether they may."""
        request, by = self.dice.choice(self.requests[-6:]), self.anyone()
        second_factor, before = self.dice.random() < 0.8, self.ledger.request(request)
        try:
            approve(
                request,
                by=by,
                length=self.dice.randint(1, 8) * HOUR if self.dice.random() < 0.2 else None,
                rules=self.rules,
                directory=self.company.directory,
                provisioner=self.aws,
                ledger=self.ledger,
                now=self.clock(),
                second_factor=second_factor,
            )
        except DaypassError:
            assert self.ledger.request(request) == before
            return
        self.clicks.add((request, by, second_factor))
        self.judge(request)

    def turn_down(self) -> None:
        """Somebody clicks Deny; once that is done nobody's approval counts."""
        request = self.requests.pop(self.dice.randrange(len(self.requests)))
        with suppress(Refusal):
            deny(
                request,
                by=self.anyone(),
                reason="",
                rules=self.rules,
                directory=self.company.directory,
                ledger=self.ledger,
                now=self.clock(),
            )
            assert self.ledger.request(request).state is RequestState.DENIED
            self.requests.append(request)
            self.click()
            assert self.ledger.request(request).state is RequestState.DENIED
            self.requests.remove(request)

    def permit(self) -> None:
        """Somebody approves in advance."""
        with suppress(Refusal):
            allow(
                READ_REPORTS,
                to=self.anyone(),
                by=self.anyone(),
                length=self.dice.randint(1, 8) * HOUR,
                starts=self.clock(),
                ends=self.clock() + 5 * HOUR,
                delivery=None,
                reason="",
                directory=self.company.directory,
                ledger=self.ledger,
                now=self.clock(),
            )

    def move(self) -> None:
        """Somebody leaves or comes, changes groups, goes on holiday or returns, or is found to be somebody else too."""
        one, other = self.dice.sample(ACCOUNTS, 2)
        match self.dice.randrange(6):
            case 0:
                self.company.active ^= {one}
            case 1:
                self.company.members[self.dice.choice(GROUPS)] ^= {one}
            case 2:
                self.company.unmask(one, other)
            case 3:
                self.company.away[one] = self.dice.choice([None, other, ROBOT])
            case 4:
                self.company.away.pop(one, None)
            case _:
                self.company.active = set(ACCOUNTS)
        self.company.tell()

    def wait(self) -> None:
        """Time passes."""
        self.clock.forward(timedelta(minutes=self.dice.randint(1, 200)))

    def live(self) -> None:
        """Begin, and go through days on which mostly somebody clicks."""
        self.company.begin()
        self.decree()
        for _ in range(DAYS):
            self.ask()
            for _ in range(self.dice.randint(0, 9)):
                if self.requests:
                    self.click()
            happening = self.dice.choice([self.decree, self.move, self.move, self.move, self.permit, self.wait])
            happening()
            for _ in range(self.dice.randint(0, 5)):
                if self.requests:
                    self.click()
            if self.requests and self.dice.random() < 0.1:
                self.turn_down()

    def judge(self, request_id: GrantId) -> None:
        """Look at a grant that has appeared by this very act, with the rules and people of now."""
        request = self.ledger.request(request_id)
        assert not (request.state is RequestState.APPROVED) ^ bool(self.ledger.grants(ids=[request_id]))
        if request.state is not RequestState.APPROVED or request_id in {grant.id for grant in self.grants}:
            return
        grant = self.ledger.grant(request_id)
        self.grants.append(grant)
        assert request.approval is not None
        assert grant.term.length is not None
        wrong = lent_rightly(
            self.company,
            self.laws,
            requestor=request.requestor,
            principal=grant.principal,
            hours=grant.term.length / HOUR,
            rule=request.approval.rule,
            approvals=() if request.approval.by == DAYPASS else request.approvals,
        )
        assert not wrong, f"{wrong}: {request}"
        for approval in request.approvals:
            assert approval.permit or (request_id, approval.by, approval.second_factor) in self.clicks


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """One database for all companies; each has accounts of the same names and requests of its own."""
    folder: Path = tmp_path_factory.mktemp("no-path")
    store = databases.open(f"sqlite:///{folder}/daypass.db")
    store.migrate()
    yield store
    store.close()


@pytest.mark.parametrize("part", range(4))
def test_every_grant_was_decided_by_the_rules_and_people_of_its_moment(database: Database, part: int) -> None:
    """Of many companies, each through forty days; enough of them must lend something, or nothing was shown."""
    lent = several = at_once = 0
    for seed in range(part * COMPANIES, (part + 1) * COMPANIES):
        life = Life(dice=Random(seed), ledger=SqlLedger(database))  # noqa: S311 - a seed that can be run again
        try:
            life.live()
        except AssertionError as error:
            raise AssertionError(f"company {seed}: {error}") from error
        approvals = [len(life.ledger.request(grant.id).approvals) for grant in life.grants]
        lent, several = lent + len(approvals), several + sum(number > 1 for number in approvals)
        at_once += approvals.count(0)
    assert lent > 50
    assert several > 15
    assert at_once > 20
