"""In an Enterprise Grid one account has two ids: under either it is one person, to allow as to refuse."""

from dataclasses import replace
from datetime import timedelta

import pytest

from daypass.lifecycle.absence import say_away
from daypass.model.errors import BadInput, NotAllowed, NotYours
from daypass.model.principal import PrincipalId, SlackGroupId
from daypass.rules.load.read import parse
from tests.flow.conftest import Walk
from tests.makers import ANN, BOB, EVE

LEADS = SlackGroupId("S0LEADS")
OF_GRID = {ANN: PrincipalId("W0ANN"), BOB: PrincipalId("W0BOB"), EVE: PrincipalId("W0EVE")}
ORG_BOB, ORG_ANN = OF_GRID[BOB], OF_GRID[ANN]
RULES = """
version: 1
rules:
  - id: reports
    who: {people: [WHO]}
    may: [list, read]
    on: ["acme-reports/**"]
    for: {default: 1h, max: 8h}
    approve: APPROVE
"""


@pytest.fixture
def grid(walk: Walk) -> Walk:
    """The house in an organisation of several workspaces: everybody is known by both of their ids."""
    for home, org in OF_GRID.items():
        walk.directory.change(home, aliases=frozenset({org}), same_as=frozenset({org}))
        known = walk.directory.people[home]
        walk.directory.people[org] = replace(known, id=org, aliases=frozenset({home}), same_as=frozenset({home}))
    return walk


def rules(
    walk: Walk, *, who: PrincipalId = ANN, approve: str = "{anyone_of: {people: [U0BOB]}}", more: str = ""
) -> None:
    """Let somebody ask, and somebody decide."""
    walk.rules = parse(RULES.replace("WHO", who).replace("APPROVE", approve) + more, name="rules.yaml")


@pytest.mark.parametrize("asking", [ANN, ORG_ANN])
@pytest.mark.parametrize("named", [ANN, ORG_ANN])
@pytest.mark.parametrize("clicks", [BOB, ORG_BOB])
@pytest.mark.parametrize("deciding", ["{anyone_of: {people: [U0BOB]}}", "{anyone_of: {people: [W0BOB]}}"])
def test_who_is_named_by_one_id_asks_and_decides_under_the_other(
    grid: Walk, asking: PrincipalId, named: PrincipalId, clicks: PrincipalId, deciding: str
):
    """Whichever id stands in the rules, and whichever Slack says."""
    rules(grid, who=named, approve=deciding)

    assert grid.click(grid.ask(requestor=asking).id, clicks) is not None


@pytest.mark.parametrize("asking", [ANN, ORG_ANN])
@pytest.mark.parametrize("denied", [ANN, ORG_ANN])
def test_who_is_denied_by_one_id_is_denied_under_the_other(grid: Walk, asking: PrincipalId, denied: PrincipalId):
    """A rule that says no to somebody is not passed by with their other id."""
    no = f'  - {{id: never, deny: true, because: "No.", who: {{people: [{denied}]}}, on: ["acme-reports/**"]}}\n'
    rules(grid)
    assert grid.ask(requestor=asking).principal == asking
    rules(grid, more=no)

    with pytest.raises(NotAllowed):
        grid.ask(requestor=asking)


@pytest.mark.parametrize("clicks", [ANN, ORG_ANN])
@pytest.mark.parametrize("asking", [ANN, ORG_ANN])
def test_nobody_decides_on_their_own_request_under_the_other_id(grid: Walk, asking: PrincipalId, clicks: PrincipalId):
    """Not for themselves, and not for what somebody asked on their behalf."""
    rules(grid, approve="{anyone_of: {people: [U0ANN, U0BOB]}}")
    request = grid.ask(requestor=asking)

    with pytest.raises(NotYours):
        grid.click(request.id, clicks)


def test_two_ids_of_one_person_are_one_approval(grid: Walk):
    """Two people are wanted, and Bob under both of his ids is one."""
    rules(grid, approve="{all_of: {people: [U0BOB, U0EVE]}}")
    request = grid.ask()

    first = grid.click(request.id, BOB)
    assert first is None
    with pytest.raises(NotYours):
        grid.click(request.id, ORG_BOB)
    assert grid.click(request.id, OF_GRID[EVE]) is not None


def test_what_is_asked_for_somebody_is_written_down_under_one_id(grid: Walk):
    """So that it is theirs, and counted as theirs, whichever id was named; the same key is the same request."""
    rules(grid)
    request = grid.ask(requestor=EVE, beneficiary=ORG_ANN, key="once")

    assert request.principal == ANN
    assert grid.ask(requestor=EVE, beneficiary=ANN, key="once") == request


def test_a_delegate_named_by_one_id_decides_under_the_other(grid: Walk):
    """And nobody is their own delegate under their other id."""
    rules(grid)
    until = grid.clock() + timedelta(days=1)
    with pytest.raises(BadInput, match="That is you yourself"):
        say_away(BOB, until=until, delegate=ORG_BOB, judge=grid.judge, now=grid.clock())
    said = say_away(BOB, until=until, delegate=OF_GRID[EVE], judge=grid.judge, now=grid.clock())

    assert said.delegate == EVE
