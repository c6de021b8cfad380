"""
Failure-modes row 10 over the wire, with the real directory and a real AWS behind it: clicks that may decide nothing.

What the ledger, the rules and Slack say at the click counts; AWS is asked whether anything came of it.
"""

import time
from collections.abc import Iterator

import pytest

from daypass.model.grant import GrantId
from daypass.model.request import RequestState
from localslack import Delivery as Sent
from tests.deliveries.world import INSIDE
from tests.e2e.holds import Credentials
from tests.e2e.house import ANN, BOB, EVE, LEADS, LIN, SUE, House, wait_for

_GROUPS_ARE_BELIEVED_S = 6.0
"""How long Daypass may go by who was in a Slack group a moment ago, and a little more."""


@pytest.fixture
def house(ministack_house: House) -> House:
    """Return the house on MiniStack."""
    return ministack_house


@pytest.fixture
def request_id(house: House) -> GrantId:
    """Let Ann ask for a policy on her own user."""
    return house.ask(ANN, for_="1h", delivery="policy")


def nothing_came_of_it(house: House, request_id: GrantId) -> bool:
    """Whether nothing is in AWS, and Ann's keys are refused."""
    return not house.standing(request_id) and not Credentials(house.keys[ANN]).reads(house.world.bucket, INSIDE)


def last_click(house: House) -> Sent:
    """The last click that Slack sent."""
    return next(one for one in reversed(house.slack.deliveries) if one.kind == "block_actions")


def told_why_not(house: House, person_id: str, words: str) -> bool:
    """Whether somebody alone is told a refusal with these words."""
    house.person(person_id).wait_for_ephemeral(words, within=20)
    return True


def test_10_the_requestor_approves_nothing(house: House):
    """Sue is a lead, whose own request stands in the channel with its buttons: her click changes nothing."""
    request_id = house.ask(SUE, for_="1h", delivery="session")
    house.approve(request_id, by=SUE)

    assert told_why_not(house, SUE, "Nobody decides on their own request")
    assert house.ledger.request(request_id).state is RequestState.PENDING


def test_10_a_bystander_approves_nothing(house: House, request_id: GrantId):
    """Eve reads the channel and is in no group that decides."""
    house.approve(request_id, by=EVE)

    assert told_why_not(house, EVE, "not among those who may decide")
    assert nothing_came_of_it(house, request_id)


@pytest.fixture
def removed(house: House) -> Iterator[None]:
    """Let Sue decide once, then take her out of the leads, as somebody does in Slack, for as long as the test lasts."""
    could = house.ask(LIN, for_="1h", delivery="session")
    house.approve(could, by=SUE)
    wait_for(lambda: house.state(could))
    leads = house.slack.inner.world.workspace.groups[LEADS]
    members, leads.users = leads.users, [BOB]
    yield
    leads.users = members


def test_10_an_approver_taken_out_of_the_group_approves_nothing(house: House, request_id: GrantId, removed: None):
    """Sue has decided before; seconds after she left the Slack group her click is refused."""
    time.sleep(_GROUPS_ARE_BELIEVED_S)
    house.approve(request_id, by=SUE)

    assert told_why_not(house, SUE, "not among those who may decide")
    assert nothing_came_of_it(house, request_id)


def test_10_a_click_after_a_denial_approves_nothing(house: House, request_id: GrantId):
    """Sue has the old message before her, in which it is not denied yet."""
    question = house.question(request_id)
    house.person(BOB).click(question, "review.deny")
    house.person(BOB).submit(house.person(BOB).wait_for_modal("Deny"), {"reason": "not now"})
    house.told(ANN, request_id, "Denied")
    house.person(SUE).click(question, "review.approve", as_seen=True)

    assert told_why_not(house, SUE, "denied by <@U0BOB> already")
    assert nothing_came_of_it(house, request_id)


def test_10_a_replayed_approval_brings_nothing_back(house: House, request_id: GrantId):
    """The recorded click, sent again byte for byte and signed afresh after Ann was done, and one on the old message."""
    question = house.question(request_id)
    house.approve(request_id)
    clicked = last_click(house)
    house.person(ANN).click(house.told(ANN, request_id, "*Live*"), "mine.done")
    house.wait_until_ended(request_id)
    house.slack.replay(clicked)
    house.slack.replay(clicked, as_recorded=True)
    house.person(BOB).choose(question, "review.length", "300s", as_seen=True)
    house.person(BOB).click(question, "review.approve", as_seen=True)

    assert told_why_not(house, BOB, "approved by <@U0BOB> already")
    wait_for(lambda: nothing_came_of_it(house, request_id))
