"""A stage that waits too long is opened to others: once for each step, by one of several workers."""

from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest

from daypass.lifecycle.approval.escalation import hand_over, open_now, opened
from daypass.model.decision import Approvers, HandOver, Stage
from daypass.model.event import EntryKind
from daypass.model.principal import PrincipalId, SlackGroupId
from daypass.model.request import Request, RequestState
from daypass.ports import Ledger
from daypass.store.ledger import SqlLedger
from tests.lifecycle.waiting import OvertakenLedger, file, ledger, told
from tests.makers import BOB, HOUR, NOON, request

CARL = PrincipalId("U0CARL")
LEADS = Approvers(slack_groups=frozenset({SlackGroupId("S0LEADS")}))
TEAM = Stage(
    name="team",
    approvers=Approvers(people=frozenset({BOB})),
    later=(
        HandOver(after=HOUR, approvers=Approvers(people=frozenset({CARL}))),
        HandOver(after=4 * HOUR, approvers=LEADS),
    ),
)


@pytest.fixture
def book(tmp_path: Path) -> SqlLedger:
    """A ledger."""
    return ledger(tmp_path)


def waiting(**changes: object) -> Request:
    """Ann's request that waits for the team, filed at noon."""
    return request(**({"stages": (TEAM,), "waits_in": "team"} | changes))


def test_nothing_is_handed_over_before_its_time(book: SqlLedger):
    """A second too early is too early."""
    file(book, waiting())

    assert hand_over(ledger=book, now=NOON + HOUR - timedelta(seconds=1)) == 0


def test_each_step_is_journalled_once_and_names_the_new_people(book: SqlLedger):
    """After an hour Carl, after four the leads; looking again changes nothing."""
    filed = file(book, waiting())
    for hours in (1, 2, 3, 4, 5):
        for _ in range(3):
            hand_over(ledger=book, now=NOON + hours * HOUR)

    steps = told(book, filed.id, EntryKind.REQUEST_HANDED_OVER)
    assert [(each.at - NOON) / HOUR for each in steps] == [1, 4]
    assert [each.details["people"] for each in steps] == [("U0CARL",), ()]
    assert steps[1].details["slack_groups"] == ("S0LEADS",)


def test_of_two_workers_at_once_one_hands_over(book: SqlLedger):
    """The second one finds the row moved and says nothing."""
    filed = file(book, waiting())
    late = cast("Ledger", OvertakenLedger(book, lambda: hand_over(ledger=book, now=NOON + HOUR)))

    assert hand_over(ledger=late, now=NOON + HOUR) == 0
    assert len(told(book, filed.id, EntryKind.REQUEST_HANDED_OVER)) == 1


def test_a_stage_that_began_to_wait_later_is_handed_over_later(book: SqlLedger):
    """The time counts from when the stage was reached, not from when the request was filed."""
    file(book, waiting(stage_since=NOON + HOUR))

    assert hand_over(ledger=book, now=NOON + 2 * HOUR - timedelta(seconds=1)) == 0
    assert hand_over(ledger=book, now=NOON + 2 * HOUR) == 1


def test_a_decided_request_is_not_handed_over(book: SqlLedger):
    """Nobody is asked for what is over."""
    file(book, waiting(state=RequestState.CANCELLED))

    assert hand_over(ledger=book, now=NOON + HOUR) == 0


def test_who_may_decide_now_grows_with_the_time():
    """The first ones stay; those it was handed to come besides. The request shown to people says the same."""
    asked = waiting()

    assert open_now(asked, NOON).people == {BOB}
    assert open_now(asked, NOON + HOUR).people == {BOB, CARL}
    assert opened(asked, NOON + 4 * HOUR).asked.slack_groups == LEADS.slack_groups
