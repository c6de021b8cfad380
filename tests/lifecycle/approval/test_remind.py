"""Reminders: by and by less often, at working hours, once however many workers there are."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import pytest

from daypass.lifecycle.approval.remind import people_of, remind
from daypass.model.decision import Aftermath, Approvers, HandOver, RuleId, Stage
from daypass.model.event import EntryKind
from daypass.model.principal import Away, GroupName, PrincipalId, SlackGroupId
from daypass.model.request import Approval, Request, RequestState
from daypass.ports import Ledger
from daypass.store.ledger import SqlLedger
from tests.hands import HandDirectory
from tests.lifecycle.waiting import OvertakenLedger, file, ledger, told
from tests.makers import ANN, BOB, EVE, HOUR, NOON, principal, request

CARL = PrincipalId("U0CARL")
MONDAY_8 = NOON.replace(hour=8)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def book(tmp_path: Path) -> SqlLedger:
    """A ledger."""
    return ledger(tmp_path)


@pytest.fixture
def directory() -> HandDirectory:
    """Ann, Bob and Eve, all in UTC, and Carl in New York."""
    known = HandDirectory()
    known.people[CARL] = replace(principal(CARL, None), tz="America/New_York")
    return known


def asked_of(*people: PrincipalId, **changes: object) -> Request:
    """Ann's request that these may decide on, filed on Monday at eight."""
    approvers = Approvers(people=frozenset(people))
    return request(**({"filed_at": MONDAY_8, "approvers": approvers} | changes))


def look(book: SqlLedger, directory: HandDirectory, *, until: datetime, start: datetime = MONDAY_8) -> None:
    """Let a worker look every five minutes."""
    now = start
    while now < until:
        now += 5 * MINUTE
        remind(ledger=book, directory=directory, now=now)


@pytest.mark.heavy
def test_the_pauses_grow(book: SqlLedger, directory: HandDirectory):
    """After a quarter of an hour, an hour and four hours; then once a day."""
    filed = file(book, asked_of(BOB))
    look(book, directory, until=MONDAY_8 + timedelta(days=2, hours=5))

    times = [each.at - MONDAY_8 for each in told(book, filed.id, EntryKind.REQUEST_REMINDED)]
    # The worker looks every five minutes, and "after 15 minutes" is not yet over at the fifteenth.
    assert [round(each / HOUR, 2) for each in times] == [0.33, 1.08, 4.08, 28.08, 52.08]


def test_whom_it_reminds_and_how_often_is_in_the_journal(book: SqlLedger, directory: HandDirectory):
    """The entry counts, and names the people of the stage that waits."""
    filed = file(book, asked_of(BOB, EVE))
    look(book, directory, until=MONDAY_8 + 2 * HOUR)

    first, second = told(book, filed.id, EntryKind.REQUEST_REMINDED)
    assert (first.details["number"], second.details["number"]) == (1, 2)
    assert first.details["people"] == ("U0BOB", "U0EVE")
    assert first.actor == "daypass"


def test_of_two_workers_at_once_one_reminds(book: SqlLedger, directory: HandDirectory):
    """Both saw that it is due; the second to write finds the row moved."""
    filed = file(book, asked_of(BOB))
    now = MONDAY_8 + HOUR
    late = cast("Ledger", OvertakenLedger(book, lambda: remind(ledger=book, directory=directory, now=now)))

    assert remind(ledger=late, directory=directory, now=now) == 0
    assert len(told(book, filed.id, EntryKind.REQUEST_REMINDED)) == 1


@pytest.mark.parametrize(
    ("now", "reminded"),
    [
        (datetime(2026, 11, 24, 7, 59, tzinfo=UTC), False),
        (datetime(2026, 11, 24, 8, 0, tzinfo=UTC), True),
        (datetime(2026, 11, 24, 19, 59, tzinfo=UTC), True),
        (datetime(2026, 11, 24, 20, 0, tzinfo=UTC), False),
        (datetime(2026, 11, 28, 12, 0, tzinfo=UTC), False),
        (datetime(2026, 11, 29, 12, 0, tzinfo=UTC), False),
        (datetime(2026, 11, 30, 12, 0, tzinfo=UTC), True),
    ],
)
def test_nobody_is_reminded_at_night_or_on_a_weekend(
    book: SqlLedger, directory: HandDirectory, now: datetime, reminded: bool
):
    """Eight to eight, Monday to Friday, by Bob's own clock."""
    file(book, asked_of(BOB))

    assert remind(ledger=book, directory=directory, now=now) == int(reminded)


def test_everybody_has_a_night_of_their_own(book: SqlLedger, directory: HandDirectory):
    """At ten in London it is five in New York: Bob is reminded and Carl is not."""
    filed = file(book, asked_of(BOB, CARL))
    remind(ledger=book, directory=directory, now=MONDAY_8 + 2 * HOUR)

    assert told(book, filed.id, EntryKind.REQUEST_REMINDED)[0].details["people"] == ("U0BOB",)


def test_in_a_channel_the_first_ones_hours_are_everybodys(book: SqlLedger, directory: HandDirectory):
    """One line is read by all of them, so that one clock has to count."""
    file(book, asked_of(CARL, EVE))
    early, later = MONDAY_8 + 2 * HOUR, MONDAY_8 + 6 * HOUR

    assert remind(ledger=book, directory=directory, now=early, in_channel=True) == 0
    assert remind(ledger=book, directory=directory, now=later, in_channel=True) == 1


def test_an_urgent_request_wakes_people(book: SqlLedger, directory: HandDirectory):
    """Broken glass is looked at on a Sunday night."""
    glass = Aftermath(reviewers=Approvers(people=frozenset({BOB})), within=timedelta(days=1))
    file(book, asked_of(BOB, aftermath=glass))

    assert remind(ledger=book, directory=directory, now=datetime(2026, 11, 29, 3, 0, tzinfo=UTC)) == 1


def test_who_is_away_or_has_left_is_not_reminded(book: SqlLedger, directory: HandDirectory):
    """There is no use in it."""
    filed = file(book, asked_of(BOB, EVE, CARL))
    directory.change(BOB, away=Away(until=MONDAY_8 + timedelta(days=3)))
    directory.change(EVE, active=False)
    remind(ledger=book, directory=directory, now=MONDAY_8 + 7 * HOUR)

    assert told(book, filed.id, EntryKind.REQUEST_REMINDED)[0].details["people"] == ("U0CARL",)


def test_those_of_the_stage_that_waits_are_reminded_as_it_stands_open_now(book: SqlLedger, directory: HandDirectory):
    """Not those of a later stage, not who approved; whom it was handed over to is among them."""
    team = Stage(
        name="team",
        needed=2,
        approvers=Approvers(people=frozenset({BOB})),
        later=(HandOver(after=HOUR, approvers=Approvers(people=frozenset({EVE}))),),
    )
    boss = Stage(name="boss", approvers=Approvers(people=frozenset({CARL})))
    given = Approval(by=BOB, at=MONDAY_8, rule=RuleId("reports"), stage="team")
    filed = file(book, asked_of(BOB, CARL, EVE, stages=(team, boss), waits_in="team", approvals=(given,)))
    remind(ledger=book, directory=directory, now=MONDAY_8 + 30 * MINUTE)
    assert told(book, filed.id, EntryKind.REQUEST_REMINDED) == []
    remind(ledger=book, directory=directory, now=MONDAY_8 + 2 * HOUR)

    assert told(book, filed.id, EntryKind.REQUEST_REMINDED)[0].details["people"] == ("U0EVE",)


def test_a_new_stage_begins_anew(book: SqlLedger, directory: HandDirectory):
    """What the stage before was reminded of does not count for the next one."""
    filed = file(book, asked_of(BOB))
    look(book, directory, until=MONDAY_8 + 2 * HOUR)
    stored = book.request(filed.id)
    file(book, replace(stored, waits_in="boss", stage_since=MONDAY_8 + 2 * HOUR))
    look(book, directory, start=MONDAY_8 + 2 * HOUR, until=MONDAY_8 + 2.5 * HOUR)

    assert [each.details["number"] for each in told(book, filed.id, EntryKind.REQUEST_REMINDED)] == [1, 2, 1]


def test_a_decided_request_is_not_reminded_of(book: SqlLedger, directory: HandDirectory):
    """It waits for nobody."""
    file(book, asked_of(BOB, state=RequestState.DENIED))

    assert remind(ledger=book, directory=directory, now=MONDAY_8 + HOUR) == 0


def test_the_parties_and_a_group_that_is_gone_are_left_out(directory: HandDirectory):
    """Ann asks for Eve: neither decides, whatever the rule says. Named people come before a group's members."""
    directory.change(CARL, slack_groups=frozenset({SlackGroupId("S0LEADS")}))
    approvers = Approvers(people=frozenset({ANN, BOB, EVE}), slack_groups=frozenset({SlackGroupId("S0LEADS")}))

    assert people_of(approvers, asked_of(BOB, beneficiary=EVE), directory) == [BOB, CARL]


def test_who_answers_for_a_robot_is_not_asked_about_it(directory: HandDirectory):
    """They would decide on their own robot's access."""
    robot = PrincipalId("bot:deploy")
    directory.people[robot] = replace(principal(robot, None), owner=BOB)
    approvers = Approvers(people=frozenset({BOB, CARL}))

    assert people_of(approvers, asked_of(BOB, beneficiary=robot), directory) == [CARL]


def test_members_of_a_group_of_another_directory_are_asked_too():
    """It is looked up by its name, as a Slack group is by its id."""
    directory, analysts = HandDirectory(), frozenset({GroupName("file:analysts")})
    for one in (ANN, CARL):
        directory.people[one] = replace(principal(one, None), groups=analysts)

    approvers = Approvers(people=frozenset({BOB}), groups=analysts)

    assert people_of(approvers, asked_of(BOB), directory) == [BOB, CARL]
