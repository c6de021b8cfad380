"""Which approvals count: with which proof, since when a stage waits, and what became known after they were given."""

from datetime import timedelta

import pytest

from daypass.lifecycle.absence import say_away
from daypass.lifecycle.approval.decide import approve_with
from daypass.lifecycle.approval.stages import Click
from daypass.model.errors import BadInput, NotYours
from daypass.model.grant import Grant, GrantId
from daypass.model.principal import PrincipalId
from daypass.model.request import RequestState
from daypass.rules.load.read import parse
from tests.flow.conftest import Walk
from tests.makers import BOB, EVE, principal

CARL, DORA = PrincipalId("U0CARL"), PrincipalId("U0DORA")
MINUTE = timedelta(minutes=1)

HEAD = """
version: 1
rules:
  - id: reports
    who: {people: [U0ANN]}
    may: [list, read]
    on: ["acme-reports/**"]
    for: {default: 1h, max: 8h}
"""
TWO = HEAD + "    approve: {at_least: 2, of: {people: [U0BOB, U0CARL, U0DORA]}}\n"
PROVEN = TWO.replace("    approve", "    second_factor: required\n    approve")
HANDED_OVER = "hand_over: [{after: 30m, to: {people: [U0EVE]}}]"
LATER_STAGE = f"""{HEAD}
    approve:
      stages:
        - {{name: team, anyone_of: {{people: [U0BOB]}}}}
        - {{name: security, anyone_of: {{people: [U0CARL]}}, {HANDED_OVER}}}
"""


@pytest.fixture
def house(walk: Walk) -> Walk:
    """Carl and Dora are here too."""
    for one in (CARL, DORA):
        walk.directory.people[one] = principal(one, None)
    return walk


def put(walk: Walk, text: str) -> None:
    """The rules are these from now on."""
    walk.rules = parse(text, name="rules.yaml")


def proven(walk: Walk, request: GrantId, by: PrincipalId) -> Grant | None:
    """Somebody approves with their passkey."""
    return approve_with(request, Click(by=by, second_factor=True), judge=walk.judge, now=walk.clock())


def test_without_the_passkey_that_a_rule_wants_nobody_counts(house: Walk) -> None:
    """Who may is led to it; who may not is not told that only the passkey lacks."""
    put(house, PROVEN)
    request = house.ask()
    with pytest.raises(NotYours) as lacking:
        house.click(request.id, by=BOB)
    assert lacking.value.field == "second_factor"
    with pytest.raises(NotYours) as stranger:
        house.click(request.id, by=EVE)
    assert stranger.value.field != "second_factor"
    assert proven(house, request.id, BOB) is None
    assert proven(house, request.id, CARL) is not None


def test_what_was_approved_before_the_rule_wanted_a_passkey_does_not_count(house: Walk) -> None:
    """Bob approved without; now Carl and Dora have to, with theirs."""
    put(house, TWO)
    request = house.ask()
    house.click(request.id, by=BOB)
    put(house, PROVEN)
    assert proven(house, request.id, CARL) is None
    assert proven(house, request.id, DORA) is not None


def test_the_click_that_ends_what_is_sufficient_wants_the_passkey_too(house: Walk) -> None:
    """Bob proved it was he, and one is enough by now: Carl's click without a passkey lends nothing."""
    put(house, PROVEN)
    request = house.ask()
    proven(house, request.id, BOB)
    put(house, PROVEN.replace("at_least: 2", "at_least: 1"))
    with pytest.raises(NotYours):
        house.click(request.id, by=CARL)
    assert house.ledger.grants() == []


def test_two_who_turn_out_to_be_one_person_count_once(house: Walk) -> None:
    """Bob and Carl approved as two; the directory learns better before the third click."""
    put(house, TWO.replace("at_least: 2", "at_least: 3").replace("U0BOB", "U0EVE, U0BOB"))
    request = house.ask()
    house.click(request.id, by=BOB)
    house.click(request.id, by=CARL)
    house.directory.change(CARL, same_as=frozenset({BOB}))
    assert house.click(request.id, by=DORA) is None
    assert house.click(request.id, by=EVE) is not None


def test_nobody_leaves_it_to_themselves(house: Walk) -> None:
    """Carl is Bob's other account."""
    house.directory.change(CARL, same_as=frozenset({BOB}))
    for delegate in (BOB, CARL):
        with pytest.raises(BadInput, match="yourself"):
            say_away(BOB, until=house.clock() + 60 * MINUTE, delegate=delegate, judge=house.judge, now=house.clock())


def test_a_stranger_does_not_turn_it_down(house: Walk) -> None:
    """No is a right of those who decide, too."""
    put(house, TWO)
    request = house.ask()
    with pytest.raises(NotYours):
        house.deny(request.id, by=EVE)
    assert house.ledger.request(request.id).state is RequestState.PENDING


def test_a_later_stage_is_handed_over_by_its_own_waiting(house: Walk) -> None:
    """The team took an hour; security has its half hour all the same, and then Eve may."""
    put(house, LATER_STAGE)
    request = house.ask()
    house.clock.forward(60 * MINUTE)
    house.click(request.id, by=BOB)
    house.clock.forward(29 * MINUTE)
    with pytest.raises(NotYours):
        house.click(request.id, by=EVE)
    house.clock.forward(MINUTE)
    assert house.click(request.id, by=EVE) is not None


def test_an_approval_does_not_make_its_stage_wait_anew(house: Walk) -> None:
    """Bob approved after twenty minutes; Eve is handed it after thirty, as the rule says."""
    put(house, TWO.replace("U0DORA]}", f"U0DORA]}}, {HANDED_OVER}"))
    request = house.ask()
    house.clock.forward(20 * MINUTE)
    house.click(request.id, by=BOB)
    house.clock.forward(10 * MINUTE)
    assert house.click(request.id, by=EVE) is not None


def test_who_approved_and_is_handed_it_only_later_does_not_count_until_then(house: Walk) -> None:
    """Eve was one of them when she approved; by the rules of now she may in half an hour, so hers is no second word."""
    put(house, TWO.replace("U0DORA]}", "U0DORA, U0EVE]}"))
    request = house.ask()
    house.click(request.id, by=EVE)
    put(house, TWO.replace("U0DORA]}", f"U0DORA]}}, {HANDED_OVER}"))
    assert house.click(request.id, by=BOB) is None
    house.clock.forward(30 * MINUTE)
    assert house.click(request.id, by=EVE) is not None
