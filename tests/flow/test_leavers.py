"""People who left: what they have ends, nothing ends by an error, and many at once is an alarm and no purge."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from daypass.lifecycle.absence import say_away
from daypass.lifecycle.bots.administer import robot_fact
from daypass.lifecycle.break_glass.codes import open_codes, seal
from daypass.lifecycle.leavers.notice import GRACE, confirm, dismiss, held, notice, returned, settle
from daypass.lifecycle.leavers.poll import AskAfter, last_watch
from daypass.lifecycle.login import identify
from daypass.lifecycle.preapprovals import InAdvance, allow
from daypass.model.absence import Absence
from daypass.model.bot import Bot
from daypass.model.departure import Departure, DepartureSource, DepartureState, WatchState
from daypass.model.errors import NotYours, Throttled, TooLate, Unavailable
from daypass.model.event import EntryKind
from daypass.model.grant import Grant, GrantState, Why
from daypass.model.lease import Term
from daypass.model.preapproval import Preapproval
from daypass.model.principal import Principal, PrincipalId
from daypass.model.record import Validity
from daypass.model.request import RequestState
from daypass.rules.load.read import parse
from tests.flow.conftest import Walk
from tests.makers import ANN, BOB, EVE, HOUR, NOON, READ_REPORTS, principal

MINUTE = timedelta(minutes=1)
RULES = """
version: 1
owners: {people: [U0BOB, U0EVE]}
rules:
  - id: reports
    who: anyone
    may: [list, read]
    on: ["acme-reports/**"]
    for: {default: 1h, max: 8h}
    approve: {anyone_of: {people: [U0BOB, U0EVE]}}
"""
MANY = tuple(PrincipalId(f"U0P{number:02d}") for number in range(25))


@pytest.fixture
def walk(walk: Walk) -> Walk:
    """Let Bob and Eve decide, and own the rules."""
    walk.rules = parse(RULES, name="rules.yaml")
    for one in MANY:
        walk.directory.people[one] = principal(one, None)
    return walk


def left(walk: Walk, *people: PrincipalId) -> int:
    """Slack tells that they left; some seconds later it is settled."""
    for one in people:
        notice(one, DepartureSource.EVENT, ledger=walk.ledger, now=walk.clock())
    return settled(walk)


def settled(walk: Walk) -> int:
    """Let the grace pass, and settle."""
    walk.clock.forward(GRACE)
    return settle(ledger=walk.ledger, logins=walk.logins, now=walk.clock())


def state(walk: Walk, grant: Grant) -> tuple[GrantState, Why | None]:
    """Where a grant is, and why."""
    now = walk.ledger.grant(grant.id)
    return now.state, now.ending.why if now.ending else None


ENDING = (GrantState.ENDING, Why.LEFT)


def test_what_somebody_has_who_left_ends(walk: Walk) -> None:
    """The live grant, and the one that is to begin tomorrow; nobody else's."""
    grants = [
        walk.active(),
        walk.approve(walk.ask(term=Term(length=HOUR, starts=NOON + timedelta(days=1))).id),
    ]
    others = walk.active(requestor=EVE)
    assert left(walk, ANN) == 1
    assert [state(walk, one) for one in grants] == [ENDING, ENDING]
    assert state(walk, others) == (GrantState.ACTIVE, None)
    entry = next(one for one in walk.journal() if one.kind is EntryKind.LEAVER_ENDED)
    assert (entry.details["principal"], entry.details["grants"], entry.details["source"]) == (ANN, 2, "event")


def test_their_logins_codes_preapprovals_absences_and_requests_end_too(walk: Walk) -> None:
    """Everything by which they, or somebody in their name, could ask, decide or use."""
    token, now = walk.token(BOB), walk.clock()
    day = now + timedelta(days=1)
    given = [
        allow(
            InAdvance(entitlement=READ_REPORTS, to=to, by=by, length=HOUR, starts=now, ends=day),
            judge=walk.judge,
            now=now,
        )
        for by, to in ((BOB, ANN), (EVE, BOB), (EVE, ANN))
    ]
    say_away(BOB, until=day, delegate=EVE, judge=walk.judge, now=now)
    seal(BOB, count=2, days=30, judge=walk.judge, now=now)
    asked = walk.ask(requestor=BOB, beneficiary=MANY[0])

    left(walk, BOB)

    with pytest.raises(NotYours):
        identify(token, logins=walk.logins, now=walk.clock())
    kept = [walk.ledger.find(Preapproval, one.id).state for one in given]
    assert kept == [Validity.CLOSED, Validity.CLOSED, Validity.OPEN]
    assert walk.ledger.find(Absence, BOB).state is Validity.CLOSED
    assert open_codes(BOB, ledger=walk.ledger, now=walk.clock()) == []
    assert walk.ledger.request(asked.id).state is RequestState.CANCELLED


def test_a_bot_stops_when_the_person_who_answers_for_it_left(walk: Walk) -> None:
    """What it has ends, and what it asked for is cancelled; it can be adopted."""
    bot = PrincipalId("bot:nightly")
    robot = Bot(id=bot, owner=ANN, at=NOON)
    record(walk, robot)
    walk.directory.people[bot] = Principal(id=bot, name="nightly", owner=ANN)
    grant, asked = walk.active(requestor=bot), walk.ask(requestor=bot)
    left(walk, ANN)
    assert state(walk, grant) == ENDING
    assert walk.ledger.request(asked.id).state is RequestState.CANCELLED
    assert walk.ledger.find(Bot, bot).state is Validity.OPEN


def record(walk: Walk, robot: Bot) -> None:
    """Keep a robot."""
    walk.ledger.record(robot_fact(EntryKind.ROBOT_ADDED, robot, by=ANN, now=NOON))


def test_nothing_ends_within_the_first_seconds_nor_for_somebody_who_is_back(walk: Walk) -> None:
    """Many at once must be seen to be many; and who was deactivated by mistake keeps what they have."""
    grant = walk.active()
    notice(ANN, DepartureSource.EVENT, ledger=walk.ledger, now=walk.clock())
    assert settle(ledger=walk.ledger, logins=walk.logins, now=walk.clock()) == 0
    returned(ANN, ledger=walk.ledger, now=walk.clock())
    assert settled(walk) == 0
    assert state(walk, grant) == (GrantState.ACTIVE, None)


BOT = PrincipalId("bot:nightly")


@pytest.mark.parametrize(
    ("sides", "leaving"),
    [({"requestor": ANN}, ANN), ({"requestor": ANN, "beneficiary": EVE}, EVE), ({"requestor": BOT}, ANN)],
    ids=["who asked", "who has it", "who answers for the bot"],
)
def test_nothing_begins_while_it_is_open_whether_one_of_its_people_has_left(
    walk: Walk, sides: dict[str, PrincipalId], leaving: PrincipalId
) -> None:
    """It was approved a moment ago, and Slack says that they left: AWS gets nothing before that is settled."""
    record(walk, Bot(id=BOT, owner=ANN, at=NOON))
    walk.directory.people[BOT] = Principal(id=BOT, name="nightly", owner=ANN)
    grant = walk.approve(walk.ask(**sides).id)
    notice(leaving, DepartureSource.EVENT, ledger=walk.ledger, now=walk.clock())
    walk.work()
    assert state(walk, grant) == (GrantState.APPROVED, None)
    assert ("provision", grant.id) not in walk.aws.calls

    returned(leaving, ledger=walk.ledger, now=walk.clock())
    walk.clock.forward(MINUTE)
    walk.work()
    assert state(walk, grant) == (GrantState.ACTIVE, None)


def test_it_is_done_once_however_often_slack_tells_of_it(walk: Walk) -> None:
    """And again for somebody who came back and left once more."""
    walk.active()
    assert [left(walk, ANN), settled(walk)] == [1, 0]
    again = walk.active()
    assert left(walk, ANN) == 1
    assert state(walk, again) == ENDING


@pytest.mark.heavy
@pytest.mark.parametrize(("number", "ends"), [(20, True), (21, False), (25, False)])
def test_more_than_twenty_within_a_minute_are_an_alarm_and_no_purge(walk: Walk, number: int, ends: bool) -> None:
    """Nothing of any of them ends; the owners are told, once."""
    grants = [walk.active(requestor=one) for one in MANY[:number]]
    left(walk, *MANY[:number])
    assert {state(walk, one) for one in grants} == {ENDING if ends else (GrantState.ACTIVE, None)}
    alarms = [one for one in walk.journal() if one.kind is EntryKind.LEAVERS_HELD]
    assert [one.details["count"] for one in alarms] == ([] if ends else [number])
    assert len(held(walk.ledger)) == (0 if ends else number)
    settled(walk)
    assert len([one for one in walk.journal() if one.kind is EntryKind.LEAVERS_HELD]) == len(alarms)


def test_those_who_come_after_an_alarm_are_held_too(walk: Walk) -> None:
    """A broken Slack goes on, more slowly."""
    left(walk, *MANY)
    walk.clock.forward(10 * MINUTE)
    grant = walk.active()
    left(walk, ANN)
    assert state(walk, grant) == (GrantState.ACTIVE, None)


DECIDE: list[tuple[Callable[..., list[Departure]], tuple[GrantState, Why | None]]] = [
    (confirm, ENDING),
    (dismiss, (GrantState.ACTIVE, None)),
]


@pytest.mark.heavy
@pytest.mark.parametrize(("decide", "then"), DECIDE)
def test_an_owner_confirms_or_dismisses(
    walk: Walk, decide: Callable[..., list[Departure]], then: tuple[GrantState, Why | None]
) -> None:
    """And nobody else."""
    grants = [walk.active(requestor=one) for one in MANY]
    left(walk, *MANY)

    def said(by: PrincipalId) -> list[Departure]:
        return decide(by=by, judge=walk.judge, now=walk.clock())

    with pytest.raises(NotYours):
        said(ANN)
    assert len(said(EVE)) == len(MANY)
    settled(walk)
    assert {state(walk, one) for one in grants} == {then}
    with pytest.raises(TooLate):
        said(EVE)


@dataclass
class HandSlack:
    """Says of people whether their accounts are deleted."""

    gone: set[PrincipalId] = field(default_factory=set)
    failing: Exception | None = None
    asked: list[PrincipalId] = field(default_factory=list)

    def has_left(self, principal_id: PrincipalId) -> bool:
        """Answer, or fail."""
        self.asked.append(principal_id)
        if self.failing:
            raise self.failing
        return principal_id in self.gone


def asking(walk: Walk, slack: HandSlack) -> AskAfter:
    """Ask after people."""
    return AskAfter(leavers=slack, ledger=walk.ledger, logins=walk.logins)


def rounds(walk: Walk, ask: AskAfter, number: int) -> None:
    """Let so many minutes pass."""
    for _ in range(number):
        ask.round(now=walk.clock.forward(MINUTE))
        settled(walk)


@pytest.mark.heavy
def test_holders_of_live_grants_are_asked_after_slowly(walk: Walk) -> None:
    """At most ten a minute, each of them in turn; who holds nothing is not asked after."""
    for one in MANY:
        walk.active(requestor=one, term=Term(length=8 * HOUR))
    slack = HandSlack()
    ask = asking(walk, slack)
    rounds(walk, ask, 1)
    assert len(slack.asked) == 10
    rounds(walk, ask, 2)
    assert sorted(slack.asked) == sorted(MANY)


def test_an_event_that_was_lost_is_made_up_for(walk: Walk) -> None:
    """Ann left, and Slack's event never came."""
    grant, other = walk.active(), walk.active(requestor=EVE)
    rounds(walk, asking(walk, HandSlack(gone={ANN})), 1)
    assert state(walk, grant) == ENDING
    assert state(walk, other) == (GrantState.ACTIVE, None)


@pytest.mark.parametrize("failing", [Unavailable("Slack does not answer."), Throttled("Slower.")])
def test_with_slack_silent_nothing_ends_and_it_is_written_down_since_when(walk: Walk, failing: Exception) -> None:
    """Once, however long it lasts; and once that it answers again."""
    grant = walk.active(term=Term(length=8 * HOUR))
    slack = HandSlack(gone={ANN}, failing=failing)
    ask = asking(walk, slack)
    silent_since = walk.clock() + MINUTE
    rounds(walk, ask, 30)
    assert state(walk, grant) == (GrantState.ACTIVE, None)
    watch = last_watch(walk.ledger)
    assert watch is not None
    assert (watch.state, watch.at) == (WatchState.SILENT, silent_since)
    assert len([one for one in walk.journal() if one.kind is EntryKind.LEAVERS_WATCHED]) == 1

    slack.failing = None
    rounds(walk, ask, 1)
    watch = last_watch(walk.ledger)
    assert watch is not None
    assert watch.state is WatchState.ANSWERED
    assert state(walk, grant) == ENDING


def test_a_slack_that_calls_most_of_those_it_is_asked_after_deleted_is_not_believed(walk: Walk) -> None:
    """However few there are; once it says otherwise, nothing more waits."""
    few = MANY[:5]
    grants = [walk.active(requestor=one, term=Term(length=8 * HOUR)) for one in few]
    slack = HandSlack(gone=set(few))
    ask = asking(walk, slack)
    rounds(walk, ask, 3)
    assert {state(walk, one) for one in grants} == {(GrantState.ACTIVE, None)}
    assert {one.principal for one in held(walk.ledger)} == set(few)

    slack.gone.clear()
    rounds(walk, ask, 2)
    assert held(walk.ledger) == []
    assert states(walk, few) == {DepartureState.DISMISSED}


def states(walk: Walk, people: Iterable[PrincipalId]) -> set[DepartureState]:
    """Where their departures are."""
    return {walk.ledger.find(Departure, one).state for one in people}
