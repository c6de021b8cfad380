"""Chores look people up, and nobody who clicks is refused by Slack because of it; see tests/people."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from daypass.lifecycle.approval.reconsider import reconsider
from daypass.lifecycle.judge import Judge
from daypass.lifecycle.submit import submit
from daypass.model.event import EntryKind
from daypass.model.grant import Delivery
from daypass.model.lease import Term
from daypass.model.request import Ask, Wish
from daypass.ports.asker import unhurried
from daypass.rules.load.read import parse
from localslack import BlockingSlack
from tests.flow.conftest import Walk
from tests.makers import HOUR, READ_REPORTS
from tests.people.crowd import ASKERS, crowded_slack
from tests.people.hands import HandClock
from tests.people.worlds import directory, facts

RULES = """
version: 1
rules:
  - id: reports
    who: anyone
    may: [read]
    on: ["acme-reports/**"]
    for: {default: 1h, max: 8h}
    approve: {anyone_of: {people: [U0BOB]}}
"""


@pytest.fixture
def clock() -> HandClock:
    """Hold the time still."""
    return HandClock()


@pytest.fixture
def slack(clock: HandClock) -> Iterator[BlockingSlack]:
    """187 people more than usual."""
    with crowded_slack(clock) as slack:
        yield slack


def test_nobody_who_clicks_is_refused_while_187_peoples_requests_wait(
    slack: BlockingSlack,
    clock: HandClock,
    walk: Walk,
) -> None:
    """
    200 requests of 187 people wait and are looked at each minute; seventy people click each minute, and all are known.

    Bob leaves, and everybody whose request waits for him is told of it after the next slow look at people.
    """
    people = directory(slack, clock)
    judge = replace(walk.judge, rules=lambda: parse(RULES, name="r"), people=people, facts=facts(people, clock))
    file_all(walk, clock, judge)
    for minutes in (1, 1, 1, 11):
        clock.seconds += 60 * minutes
        walk.clock.forward(minutes * HOUR / 60)
        with unhurried():
            reconsider(judge=judge, now=walk.clock())
        for one in ASKERS[minutes * 5 : minutes * 5 + 70]:
            people.principal(one)
        slack.inner.world.workspace.people["U0BOB"].deleted = True

    told = [
        one.id for one in walk.ledger.requests() if any(e.kind is EntryKind.REQUEST_STALLED for e in walk.story(one.id))
    ]
    assert len(told) == 200
    assert [call for call in slack.calls if call.status == 429] == []


def file_all(walk: Walk, clock: HandClock, judge: Judge) -> None:
    """Everybody asks, thirteen of them twice, over some minutes."""
    for number, one in enumerate([*ASKERS, *ASKERS[:13]]):
        clock.seconds += 2
        ask = Ask(
            requestor=one,
            wish=Wish(
                entitlement=READ_REPORTS, term=Term(length=HOUR), delivery=Delivery.SESSION, reason=f"reason {number}"
            ),
        )
        submit(ask, judge=judge, now=walk.clock())
