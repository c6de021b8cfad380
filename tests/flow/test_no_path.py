"""
No path to access without a decision that the rules of that moment allowed.

A company is pushed about at random: rules change, people come, go, change groups, turn out to be one person under two
accounts, get other managers, go on and off call, go on holiday and name somebody in their stead, and the ticket is
closed and opened; meanwhile they ask, for themselves, for others and for a robot, for once and for every day, for more
time and in emergencies, click, approve in advance, take that back and turn down. Whenever a grant appears, a judge that
knows nothing of Daypass's rules looks at it.
"""

import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, time, timedelta
from pathlib import Path
from random import Random

import pytest

from daypass.lifecycle.approval.decide import approve_with, deny
from daypass.lifecycle.approval.stages import Click
from daypass.lifecycle.cancel import cancel
from daypass.lifecycle.extend import MoreTime, extend
from daypass.lifecycle.judge import Judge
from daypass.lifecycle.preapprovals import InAdvance, allow, withdraw
from daypass.lifecycle.schedules.windows import open_windows
from daypass.lifecycle.submit import submit
from daypass.model.errors import DaypassError, Refusal
from daypass.model.grant import Delivery, Grant, GrantId
from daypass.model.lease import Term
from daypass.model.preapproval import Preapproval
from daypass.model.principal import DAYPASS, PrincipalId
from daypass.model.record import Validity
from daypass.model.request import Approval, Ask, Recurrence, Request, RequestState, Wish
from daypass.model.schedule import Schedule
from daypass.model.windows import next_window
from daypass.reconcile.loop import Loop
from daypass.rules.load.read import parse
from daypass.rules.rule.rulebook import RuleBook
from daypass.store import database as databases
from daypass.store.ledger import SqlLedger
from daypass.store.queue import SqlQueue
from tests.examples import repeated
from tests.flow.company import ACCOUNTS, GROUPS, ROBOT, WHAT, Company, Everybody, Law, Turn, document, lent_rightly
from tests.hands import HandAws, HandClock, enders, judge_by
from tests.keys import SIGNER
from tests.makers import HOUR, READ_REPORTS
from tests.tables import with_tables

ENOUGH = 20
"""Companies that show every kind: `make soak` has more, `make test` fewer."""
COMPANIES, DAYS = repeated(8), 40
LEAST = {"lent": 120, "several": 40, "at once": 50, "staged": 15, "for another": 25, "proven": 40}
LEAST |= {"ticket": 5, "glass": 5, "ahead": 7, "more": 2, "window": 3}
"""How many grants of each kind so many companies together must come to, or nothing was shown."""


def a_turn(dice: Random, name: str) -> Turn:
    """A stage: some of these people, or all of them."""
    if dice.random() < 0.25:
        return Turn(name=name, people=frozenset(dice.sample(ACCOUNTS, dice.randint(2, 3))), needed=None)
    groups = frozenset(dice.sample(GROUPS, dice.choice([0, 0, 1, 2])))
    return Turn(
        name=name,
        people=frozenset(dice.sample(ACCOUNTS, dice.randint(2, 6))),
        groups=groups,
        needed=dice.choice([1, 2, 2, 3]),
        what=frozenset(one for one in WHAT if dice.random() < 0.15),
        green=dice.random() < 0.15,
        later=frozenset(dice.sample(ACCOUNTS, 2)) if dice.random() < 0.3 else frozenset(),
        patience=timedelta(minutes=dice.choice([30, 90])),
    )


def some_laws(dice: Random) -> tuple[Law, ...]:
    """One rule or two; the names stay, so that an approval of before could be taken for one of now."""
    return tuple(a_law(dice, name) for name in ("one", "two", "three")[: dice.randint(1, 3)])


def a_law(dice: Random, name: str) -> Law:
    """One rule."""
    glass = frozenset(dice.sample(ACCOUNTS, 2)) if dice.random() < 0.1 else frozenset[PrincipalId]()
    stages = ("first", "second")[: dice.choice([0, 1, 1, 2, 2, 2])]
    return Law(
        name=name,
        who=None if dice.random() < 0.7 else frozenset(dice.sample(ACCOUNTS, 4)),
        hours=dice.randint(2, 8),
        turns=() if glass else tuple(a_turn(dice, turn) for turn in stages),
        denies=dice.random() < 0.05,
        paused=dice.random() < 0.08,
        second_factor=dice.random() < 0.15,
        mornings=dice.random() < 0.08,
        ticket=dice.random() < 0.15,
        glass=glass,
    )


@dataclass
class Life:
    """The company, and what happens in it."""

    dice: Random
    ledger: SqlLedger
    queue: SqlQueue
    clock: HandClock = field(default_factory=HandClock)
    aws: HandAws = field(default_factory=HandAws)
    company: Company = field(default_factory=lambda: Company(directory=Everybody()))
    laws: tuple[Law, ...] = ()
    requests: list[GrantId] = field(default_factory=list)
    clicks: set[tuple[GrantId, PrincipalId, bool]] = field(default_factory=set)
    used: set[tuple[GrantId, str]] = field(default_factory=set)
    """Requests on which an approval in advance had counted when it was taken back."""
    grants: list[Grant] = field(default_factory=list)
    rules: RuleBook = field(default_factory=lambda: parse(document([Law(name="one", who=None)]), name="rules.yaml"))

    @property
    def judge(self) -> Judge:
        """Who decides, by the rules and people of this moment."""
        return judge_by(lambda: self.rules, self.company.directory, self.ledger, self.aws)

    def anyone(self) -> PrincipalId:
        """Somebody, and now and then the robot."""
        return ROBOT if self.dice.random() < 0.1 else self.dice.choice(ACCOUNTS)

    def decree(self) -> None:
        """The rules are written anew."""
        self.laws = some_laws(self.dice)
        self.rules = parse(document(self.laws), name="rules.yaml")

    def ask(self, by: PrincipalId | None = None) -> None:
        """Somebody asks, perhaps for somebody else, for every day or in an emergency."""
        term, recurs = Term(length=self.dice.randint(1, 4) * HOUR), None
        if self.dice.random() < 0.1:
            recurs = self.every_day()
            window = next_window(recurs, self.clock())
            assert window is not None
            term = window.term
        ask = Ask(
            requestor=by or self.anyone(),
            wish=Wish(
                entitlement=READ_REPORTS,
                term=term,
                delivery=Delivery.SESSION,
                reason=self.dice.choice(["x", "INC-1"]),
                recurs=recurs,
            ),
            beneficiary=self.anyone() if self.dice.random() < 0.4 else None,
            urgent=self.dice.random() < 0.1,
        )
        with suppress(Refusal):
            filed = submit(ask, judge=self.judge, now=self.clock())
            self.requests.append(filed.id)
            self.check(filed.id)

    def every_day(self) -> Recurrence:
        """An hour of each day, which begins in two hours for the first time."""
        opens = time((self.clock().hour + 2) % 24, tzinfo=UTC).replace(tzinfo=None)
        closes = opens.replace(hour=(opens.hour + 1) % 24)
        today = self.clock().date()
        days = frozenset(range(1, 8))
        return Recurrence(days=days, opens=opens, closes=closes, tz="UTC", first=today, last=today + timedelta(days=4))

    def more(self) -> None:
        """Somebody asks to keep what they have."""
        live = [grant for grant in self.grants if self.ledger.grant(grant.id).usable(self.clock())]
        if not live:
            return
        grant = self.dice.choice(live)
        with suppress(Refusal):
            wanted = MoreTime(
                grant_id=grant.id,
                by=self.dice.choice([grant.principal, grant.principal, self.anyone()]),
                term=Term(length=self.dice.randint(1, 2) * HOUR),
            )
            filed = extend(wanted, judge=self.judge, now=self.clock())
            self.requests.append(filed.id)
            self.check(filed.id)

    def think_again(self) -> None:
        """Somebody takes back what they approved in advance, or ends a series."""
        for permit in self.ledger.all(Preapproval, states=[Validity.OPEN])[:2]:
            waiting = self.ledger.requests(states=[RequestState.PENDING])
            self.used |= {
                (one.id, permit.id) for one in waiting for given in one.approvals if given.permit == permit.id
            }
            withdraw(permit.id, by=permit.by, ledger=self.ledger, now=self.clock())
        for series in self.ledger.all(Schedule, states=[Validity.OPEN])[: self.dice.choice([0, 0, 1])]:
            cancel(series.id, by=self.ledger.request(series.id).requestor, ledger=self.ledger, now=self.clock())

    def click(self) -> None:
        """Somebody clicks Approve, whoever they are and whether they may."""
        request, by = self.dice.choice(self.requests[-6:]), self.anyone()
        second_factor, before = self.dice.random() < 0.8, self.ledger.request(request)
        length = self.dice.randint(1, 8) * HOUR if self.dice.random() < 0.2 else None
        try:
            click = Click(by=by, length=length, second_factor=second_factor)
            approve_with(request, click, judge=self.judge, now=self.clock())
        except DaypassError:
            assert self.ledger.request(request) == before
            return
        self.clicks.add((request, by, second_factor))
        self.check(request)

    def turn_down(self) -> None:
        """Somebody clicks Deny; once that is done nobody's approval counts."""
        request = self.requests.pop(self.dice.randrange(len(self.requests)))
        with suppress(Refusal):
            deny(
                request,
                by=self.anyone(),
                reason="",
                enders=enders(self.judge),
                now=self.clock(),
            )
            assert self.ledger.request(request).state is RequestState.DENIED
            self.requests.append(request)
            self.click()
            assert self.ledger.request(request).state is RequestState.DENIED
            self.requests.remove(request)

    def permit(self) -> None:
        """Several approve in advance what one of them may ask."""
        to = self.anyone()
        for by in self.dice.sample([*ACCOUNTS, ROBOT], 3):
            with suppress(Refusal):
                allow(
                    InAdvance(
                        entitlement=READ_REPORTS,
                        to=to,
                        by=by,
                        length=self.dice.randint(1, 8) * HOUR,
                        starts=self.clock(),
                        ends=self.clock() + 9 * HOUR,
                    ),
                    judge=self.judge,
                    now=self.clock(),
                )
        for _ in range(2):
            self.ask(by=to)

    def move(self) -> None:
        """Somebody leaves or comes, changes groups, goes on holiday or returns, or is found to be somebody else too."""
        one, other = self.dice.sample(ACCOUNTS, 2)
        company = self.company
        changes: list[Callable[[], object]] = [
            lambda: company.active.symmetric_difference_update({one}),
            lambda: company.active.update(ACCOUNTS),
            lambda: company.members[self.dice.choice(GROUPS)].symmetric_difference_update({one}),
            lambda: company.green.symmetric_difference_update({one}),
            lambda: company.on_call.symmetric_difference_update({one}),
            lambda: company.unmask(one, other),
            lambda: company.away.update({one: self.dice.choice([None, other, ROBOT])}),
            lambda: company.away.pop(one, None),
            company.away.clear,
            lambda: company.managers.update({one: other}),
            lambda: company.hand(robot_to=one, bucket_to=other, ticket_open=self.dice.random() < 0.6),
        ]
        self.dice.choice(changes)()
        company.tell()

    def wait(self) -> None:
        """Time passes, perhaps until the next window of a series; the loop goes round, and windows open."""
        self.clock.forward(timedelta(minutes=self.dice.randint(1, 200)))
        for series in self.ledger.all(Schedule, states=[Validity.OPEN])[:1]:
            recurs = self.ledger.request(series.id).recurs
            window = next_window(recurs, self.clock()) if recurs else None
            if window and window.starts > self.clock() and self.dice.random() < 0.7:
                self.clock.now = window.starts
        provisioners = dict.fromkeys(Delivery, self.aws)
        Loop(ledger=self.ledger, queue=self.queue, provisioners=provisioners, clock=self.clock).run_until_idle()
        open_windows(judge=self.judge, now=self.clock())
        for request in self.ledger.requests():
            if request.series is not None:
                self.check(request.id)

    def live(self) -> None:
        """Begin, and go through days on which mostly somebody clicks."""
        self.company.begin()
        self.decree()
        for _ in range(DAYS):
            self.ask()
            for _ in range(self.dice.randint(0, 9)):
                if self.requests:
                    self.click()
            often = [self.move, self.move, self.move, self.wait, self.wait]
            seldom = [self.decree, self.permit, self.more, self.more, self.more, self.think_again]
            self.dice.choice([*often, *seldom])()
            for _ in range(self.dice.randint(0, 5)):
                if self.requests:
                    self.click()
            if self.requests and self.dice.random() < 0.1:
                self.turn_down()

    def check(self, request_id: GrantId) -> None:
        """Look at a grant that has appeared by this very act, with the rules and people of now."""
        request = self.ledger.request(request_id)
        assert not (request.state is RequestState.APPROVED) ^ bool(self.ledger.grants(ids=[request_id]))
        if request.state is not RequestState.APPROVED or request_id in {grant.id for grant in self.grants}:
            return
        grant = self.ledger.grant(request_id)
        self.grants.append(grant)
        assert request.approval is not None
        lease = grant.term.lease(self.clock())
        first = grant
        while first.extends is not None:
            first = self.ledger.grant(first.extends)
        whole = lease.ends - (first.lease.starts if first.lease and grant.extends else lease.starts)
        wrong = lent_rightly(
            self.company,
            self.laws,
            replace(request, rule=request.approval.rule),
            hours=whole / HOUR,
            begins=lease.starts,
            at_once=request.approval.by == DAYPASS,
        )
        assert not wrong, f"{wrong}: {request}"
        for approval in request.approvals:
            assert self.was_given(request, approval), f"nobody gave this: {request}"

    def kinds(self, grant: Grant) -> Iterator[str]:
        """What a grant is an example of."""
        request = self.ledger.request(grant.id)
        given = request.approvals
        yield "lent"
        yield from ["several"] * (len(given) > 1) + ["at once"] * (not given) + ["staged"] * (len(request.stages) > 1)
        yield from ["more"] * (grant.extends is not None) + ["window"] * (request.series is not None)
        yield from ["for another"] * (request.beneficiary is not None) + ["glass"] * request.urgent
        yield from ["ahead"] * any(one.permit for one in given) + ["ticket"] * (request.ticket is not None)
        yield from ["proven"] * any(one.second_factor for one in given)

    def was_given(self, request: Request, approval: Approval) -> bool:
        """Whether somebody clicked, on this request or on its series, or approved this in advance and stands by it."""
        if not approval.permit:
            return (request.id, approval.by, approval.second_factor) in self.clicks
        if request.series is not None:
            series = self.ledger.find(Schedule, approval.permit)
            whole = self.ledger.request(series.id).approvals
            return series.state is Validity.OPEN and approval.by in {one.by for one in whole}
        permit = self.ledger.find(Preapproval, approval.permit)
        stands = permit.state is Validity.OPEN or (request.id, permit.id) in self.used
        given = stands and (permit.by, permit.principal) == (approval.by, request.principal)
        return given and permit.starts <= approval.at < permit.ends and not approval.second_factor


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database, for each company to take a copy of."""
    path = tmp_path_factory.mktemp("no-path") / "daypass.db"
    store = with_tables(f"sqlite:///{path}")
    store.close()
    return path


@contextmanager
def a_life(seed: int, empty: Path) -> Iterator[Life]:
    """A company of its own."""
    path = shutil.copy(empty, empty.with_name(f"{seed}.db"))
    store = databases.open(f"sqlite:///{path}", SIGNER)
    try:
        yield Life(dice=Random(seed), ledger=SqlLedger(store), queue=SqlQueue(store))  # noqa: S311 - to be run again
    except AssertionError as error:
        raise AssertionError(f"company {seed}: {error}") from error
    finally:
        store.close()


@pytest.mark.heavy
@pytest.mark.drawn
def test_every_grant_was_decided_by_the_rules_and_people_of_its_moment(empty: Path) -> None:
    """Of many companies, each through forty days; enough of them must lend something, or nothing was shown."""
    seen: Counter[str] = Counter()
    for seed in range(COMPANIES):
        with a_life(seed, empty) as life:
            life.live()
            seen.update(kind for grant in life.grants for kind in life.kinds(grant))
    assert seen["lent"] > COMPANIES
    assert COMPANIES < ENOUGH or {kind: seen[kind] for kind, least in LEAST.items() if seen[kind] < least} == {}
