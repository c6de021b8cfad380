"""Thousands wait at once: each is escalated and reminded of when it is due, and whoever decides sees all of them."""

from dataclasses import replace

import pytest

from daypass.lifecycle.approval.escalation import hand_over, waits_for
from daypass.lifecycle.approval.remind import remind
from daypass.lifecycle.cancel import lapse
from daypass.model.decision import Approvers, HandOver, Stage
from daypass.model.event import EntryKind, Event
from daypass.model.fact import Fact
from daypass.model.grant import new_grant_id
from daypass.model.principal import PrincipalId
from daypass.model.request import RequestState
from tests.flow.conftest import Walk
from tests.makers import ANN, BOB, EVE, HOUR, request

MANY = 2005
"""What a person who decides on much once had waiting."""


def all_wait(walk: Walk, number: int) -> None:
    """So many requests wait for Bob, and after an hour for Eve as well."""
    bob, eve = Approvers(people=frozenset({BOB})), Approvers(people=frozenset({EVE}))
    stage = Stage(name="team", approvers=bob, later=(HandOver(after=HOUR, approvers=eve),))
    one = request(stages=(stage,), waits_in="team", approvers=bob | eve, filed_at=walk.clock())
    waiting = [replace(one, id=new_grant_id()) for _ in range(number)]
    filed = Event(kind=EntryKind.REQUEST_FILED, at=walk.clock(), actor=ANN)
    walk.ledger.record_each([Fact(event=filed, changes=(each,), told=False) for each in waiting])


@pytest.mark.heavy
def test_every_stage_that_is_due_is_handed_over_however_many_wait(walk: Walk) -> None:
    """Once each, the newest as well as the oldest."""
    all_wait(walk, 1005)
    walk.clock.forward(HOUR)

    assert hand_over(ledger=walk.ledger, now=walk.clock()) == 1005
    assert hand_over(ledger=walk.ledger, now=walk.clock()) == 0


@pytest.mark.heavy
def test_whatever_waited_too_long_is_reminded_of_and_lapses(walk: Walk) -> None:
    """All of them in one round."""
    all_wait(walk, 205)
    walk.clock.forward(HOUR)

    assert remind(ledger=walk.ledger, directory=walk.directory, now=walk.clock()) == 205
    assert lapse(ledger=walk.ledger, after=HOUR / 2, now=walk.clock()) == 205
    assert walk.ledger.requests(states=[RequestState.PENDING]) == []


@pytest.mark.heavy
def test_whoever_decides_sees_all_that_wait(walk: Walk) -> None:
    """Bob at once, Eve after the hour; never Ann, who asked."""
    all_wait(walk, MANY)

    def seen(by: PrincipalId) -> int:
        person = walk.directory.people[by]
        pending = walk.ledger.each_request(states=[RequestState.PENDING])
        return sum(waits_for(person, one, walk.clock()) for one in pending)

    assert (seen(BOB), seen(EVE), seen(ANN)) == (MANY, 0, 0)
    walk.clock.forward(HOUR)
    assert (seen(BOB), seen(EVE), seen(ANN)) == (MANY, MANY, 0)
