"""Chores leave Slack's allowance to people: nobody who clicks is refused because of one, and no chore starves."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

import pytest

from daypass.model.errors import NotFound, Throttled
from daypass.model.principal import NOBODY, PrincipalId
from daypass.people.slack_budget import Budget
from daypass.people.slack_people import UNHURRIED_S
from daypass.ports.asker import by_a_chore, unhurried, visited
from daypass.sources.lookups import LookupThreads, Sort
from localslack import BlockingSlack
from tests.people.crowd import ASKERS, crowded_slack
from tests.people.hands import HandClock
from tests.people.worlds import BOB, DAVE, directory


@pytest.fixture
def clock() -> HandClock:
    """Hold the time still."""
    return HandClock()


@pytest.fixture
def slack(clock: HandClock) -> Iterator[BlockingSlack]:
    """187 people more than usual."""
    with crowded_slack(clock) as slack:
        yield slack


def spent(budget: Budget, *, most: int = 100) -> int:
    """How many of so many calls somebody may make."""
    made = 0
    with suppress(Throttled):
        while made < most:
            budget.spend("users.info")
            made += 1
    return made


def test_a_chore_spends_its_share_and_people_the_whole(clock: HandClock) -> None:
    """Of a hundred calls a minute a chore makes twenty, and makes twenty more in the next minute."""
    budget = Budget(clock=clock)
    with unhurried():
        for _ in range(20):
            budget.spend("users.info")
        with pytest.raises(Throttled, match="kept for people"):
            budget.spend("users.info")
    for _ in range(200):
        budget.spend("users.info")
    clock.seconds += 60
    with unhurried():
        budget.spend("users.info")


def test_a_chore_makes_no_call_where_people_need_what_is_left(clock: HandClock) -> None:
    """People have made most of the calls of this minute; another method has an allowance of its own."""
    budget = Budget(clock=clock)
    for _ in range(70):
        budget.spend("users.info")
    with unhurried():
        with pytest.raises(Throttled):
            budget.spend("users.info")
        budget.spend("usergroups.list")


def test_one_person_leaves_something_of_the_allowance_to_the_others(clock: HandClock) -> None:
    """Whatever they name: sixty of a hundred calls a minute, and then they wait. So do all strangers together."""
    for who in (DAVE, NOBODY):
        budget = Budget(clock=clock)
        with visited(who):
            assert spent(budget) == 60
            with pytest.raises(Throttled, match=r"60 times within a minute, .* Wait 60 s\."):
                budget.spend("users.info")
        with visited(BOB):
            budget.spend("users.info")
        clock.seconds += 60
        with visited(who):
            budget.spend("users.info")


def test_two_who_take_all_they_can_leave_a_little_to_everybody_else(clock: HandClock) -> None:
    """Dave takes sixty of a hundred calls and all strangers twenty: the twenty that are left are the others'."""
    budget = Budget(clock=clock)
    taken = {}
    for who in (DAVE, NOBODY):
        clock.seconds += 1
        with visited(who):
            taken[who] = spent(budget)
    for who in (PrincipalId(f"U0X{number}") for number in range(4)):
        clock.seconds += 1
        with visited(who):
            taken[who] = spent(budget, most=5)
    assert list(taken.values()) == [60, 20, 5, 5, 5, 5]
    clock.seconds += 30
    with visited(NOBODY), pytest.raises(Throttled, match=r"made 20 for you\. Wait 25 s\."):
        budget.spend("users.info")
    clock.seconds += 26
    with visited(NOBODY):
        budget.spend("users.info")


def test_whoever_names_made_up_people_does_not_keep_another_from_being_looked_up(
    slack: BlockingSlack, clock: HandClock
) -> None:
    """Dave names a hundred and thirty ids, each twice, and Slack is asked for sixty; Bob is found."""
    people = directory(slack, clock)
    for one in (PrincipalId(f"U0X{number:03}") for number in range(130) for _ in "ab"):
        with visited(DAVE), pytest.raises((NotFound, Throttled)):
            people.principal(one)
    with visited(BOB):
        assert people.principal(BOB).id == BOB
    assert sum(call.method == "users.info" for call in slack.calls) == 61


def test_what_is_looked_up_for_a_chore_is_a_chores_in_every_thread() -> None:
    """The threads that look things up side by side know for whom."""
    search = LookupThreads(left_out=None).search()  # type: ignore[arg-type]  # nothing is left out here
    with unhurried():
        begun = search.begin(Sort.PEOPLE, "{}", lambda _: by_a_chore(), [1, 2])
    assert search.found(begun) == {1: True, 2: True}
    assert search.found(search.begin(Sort.PEOPLE, "{}", lambda _: by_a_chore(), [1])) == {1: False}


def test_a_chore_goes_on_with_what_is_known_and_asks_anew_in_time(slack: BlockingSlack, clock: HandClock) -> None:
    """Within ten minutes nobody is asked twice for a chore; later, one that may not be asked for is as they were."""
    people = directory(slack, clock)
    with unhurried():
        for one in ASKERS[:20]:
            people.principal(one)
        clock.seconds += UNHURRIED_S - 1
        first = people.principal(ASKERS[0])
        clock.seconds += 2
        for one in ASKERS[20:40]:
            people.principal(one)
        assert people.principal(ASKERS[0]) == replace(first)
        with pytest.raises(Throttled):
            people.principal(ASKERS[50])
    assert sum(call.method == "users.info" for call in slack.calls) == 40
