"""Asking for somebody else: neither who asks, nor who would have it, nor who answers for a robot decides."""

from dataclasses import replace

import pytest

from daypass.lifecycle.end.end import drop, revoke
from daypass.lifecycle.extend import MoreTime, extend
from daypass.model.errors import BadInput, NotAllowed, NotYours
from daypass.model.grant import GrantState
from daypass.model.lease import Term
from daypass.model.principal import Principal, PrincipalId
from daypass.rules.load.read import parse
from tests.flow.conftest import Walk
from tests.makers import ANN, BOB, EVE, HOUR, principal

CARL = PrincipalId("U0CARL")
ROBOT = PrincipalId("bot:deploy")
FOR_ALL = """
version: 1
rules:
  - id: reports
    who: {people: [U0ANN, U0BOB]}
    may: [list, read]
    on: ["acme-reports/**"]
    for: {default: 1h, max: 8h}
    approve: {anyone_of: {people: [U0ANN, U0BOB, U0CARL, U0EVE]}}
"""


@pytest.fixture
def house(walk: Walk) -> Walk:
    """Everybody may decide; Eve's robot deploys."""
    walk.rules = parse(FOR_ALL, name="rules.yaml")
    walk.directory.people[CARL] = principal(CARL, None)
    return walk


def with_robot(walk: Walk) -> Walk:
    """The house in which a robot of Eve's may have the reports."""
    anyone = FOR_ALL.replace("{people: [U0ANN, U0BOB]}", "anyone")
    walk.rules = parse(anyone, name="rules.yaml")
    walk.directory.people[ROBOT] = Principal(id=ROBOT, name="deploy", owner=EVE)
    return walk


def test_a_grant_for_somebody_else_is_theirs(house: Walk) -> None:
    """Bob asks for Ann: the access is put on Ann's identity, and the journal has both."""
    request = house.ask(requestor=BOB, beneficiary=ANN)
    grant = house.approve(request.id, by=CARL)
    assert (grant.principal, grant.aws) == (ANN, house.directory.people[ANN].aws)
    assert house.story(request.id)[0].actor == BOB
    assert house.story(request.id)[0].details["beneficiary"] == ANN


@pytest.mark.parametrize("by", [BOB, ANN])
def test_neither_who_asks_nor_who_would_have_it_decides(house: Walk, by: PrincipalId) -> None:
    """Both are named as approvers, and neither's click counts."""
    request = house.ask(requestor=BOB, beneficiary=ANN)
    with pytest.raises(NotYours):
        house.click(request.id, by=by)
    with pytest.raises(NotYours):
        house.deny(request.id, by=by)
    assert house.ledger.grants() == []


@pytest.mark.parametrize("whose", [ANN, BOB])
def test_a_second_account_of_either_side_does_not_decide(house: Walk, whose: PrincipalId) -> None:
    """Eve's account turns out to be the same person's as one of those who ask."""
    house.directory.change(EVE, same_as=frozenset({whose}))
    request = house.ask(requestor=BOB, beneficiary=ANN)
    with pytest.raises(NotYours, match="same person"):
        house.click(request.id, by=EVE)


def test_who_answers_for_a_robot_does_not_decide_for_it(walk: Walk) -> None:
    """Eve's robot asks; Eve is an approver of everything else."""
    house = with_robot(walk)
    request = house.ask(requestor=ROBOT)
    with pytest.raises(NotYours, match="answer for the robot"):
        house.click(request.id, by=EVE)
    assert house.approve(request.id, by=BOB).principal == ROBOT


def test_who_answers_for_a_robot_does_not_decide_in_another_account(walk: Walk) -> None:
    """Carl is Eve under another name."""
    house = with_robot(walk)
    house.directory.people[CARL] = replace(principal(CARL, None), same_as=frozenset({EVE}))
    request = house.ask(requestor=ANN, beneficiary=ROBOT)
    with pytest.raises(NotYours):
        house.click(request.id, by=CARL)


def test_a_robot_whose_owner_left_has_nothing(walk: Walk) -> None:
    """Nobody answers for it any more, so it can ask for nothing."""
    house = with_robot(walk)
    house.directory.change(EVE, active=False)
    with pytest.raises(NotAllowed, match="deactivated"):
        house.ask(requestor=ROBOT)


def test_who_asked_for_somebody_else_may_end_it_and_ask_for_more(house: Walk) -> None:
    """Bob asked for Ann: he extends it for her, and says when it is done."""
    request = house.ask(requestor=BOB, beneficiary=ANN)
    house.approve(request.id, by=CARL)
    house.loop.run_until_idle()
    more = house.extend(request.id, by=BOB)
    assert (more.requestor, more.principal) == (BOB, ANN)
    assert drop(request.id, by=BOB, ledger=house.ledger, now=house.clock()).state is GrantState.ENDING


def test_a_stranger_neither_ends_nor_extends_it(house: Walk) -> None:
    """Eve has nothing to do with it."""
    request = house.ask(requestor=BOB, beneficiary=ANN)
    house.approve(request.id, by=CARL)
    with pytest.raises(NotYours):
        drop(request.id, by=EVE, ledger=house.ledger, now=house.clock())


def test_access_of_who_has_left_can_be_taken_away(house: Walk) -> None:
    """Ann left Slack altogether; Carl still revokes what Bob asked for her."""
    request = house.ask(requestor=BOB, beneficiary=ANN)
    house.approve(request.id, by=CARL)
    del house.directory.people[ANN]
    ended = revoke(request.id, by=CARL, reason="left", enders=house.enders, now=house.clock())
    assert ended.state is GrantState.ENDING


def test_glass_is_broken_for_oneself_alone(house: Walk) -> None:
    """Nobody can be made to have broken the glass."""
    with pytest.raises(BadInput, match="for oneself"):
        house.ask(requestor=BOB, beneficiary=ANN, urgent=True)


def test_the_same_key_for_somebody_else_is_another_request(house: Walk) -> None:
    """A program that uses a key again for another person is told so, and nobody gets what was meant for another."""
    house.ask(requestor=BOB, beneficiary=ANN, key="k")
    with pytest.raises(BadInput, match="key"):
        house.ask(requestor=BOB, key="k")


def test_an_extension_counts_with_what_it_prolongs(house: Walk) -> None:
    """The rule's most is eight hours: after six of them two more are lent, and a third is not."""
    first = house.active(requestor=ANN, term=Term(length=7 * HOUR))
    house.clock.forward(6 * HOUR)

    def more(hours: int) -> PrincipalId:
        return house.extend(first.id, hours * HOUR).requestor

    with pytest.raises(NotAllowed):
        more(3)
    assert more(2) == ANN


def test_an_extension_asked_again_with_its_key_is_one_request(house: Walk) -> None:
    """A delivery that is repeated, to another replica or after a restart; another key is another request."""
    grant = house.active(requestor=ANN, term=Term(length=HOUR))

    def more(key: str) -> str:
        return extend(
            MoreTime(grant_id=grant.id, by=ANN, term=Term(length=HOUR), key=key), judge=house.judge, now=house.clock()
        ).id

    assert more("one") == more("one")
    assert more("two") != more("one")
    with pytest.raises(BadInput, match="key"):
        house.ask(requestor=ANN, key="one")
