"""How many live grants one may have: counted at the click, also when several are decided in the same moment."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from daypass.model.entitlement import Entitlement
from daypass.model.errors import NotAllowed
from daypass.model.grant import Grant, GrantState
from daypass.model.lease import Term
from daypass.model.principal import PrincipalId
from daypass.model.request import RequestState
from daypass.ports import DryRun
from daypass.resources.registry import parse_resource
from daypass.resources.s3_statements import Level
from daypass.rules.load.read import parse
from tests.flow.conftest import Walk
from tests.hands import HandAws
from tests.makers import ANN, HOUR, principal

ANNS_OTHER = PrincipalId("U0ANNB")
RULES = """
version: 1
rules:
  - id: one-at-a-time
    who: {people: [U0ANN, U0ANNB]}
    may: [list, read]
    on: ["acme-reports/**"]
    when: {live_grants: {under: 1}}
    for: {default: 1h, max: 8h}
    approve: {anyone_of: {people: [U0BOB]}}
  - id: notes
    who: {people: [U0ANN]}
    may: [read]
    on: ["acme-notes/**"]
    when: {live_grants: {under: 1}}
    for: {default: 1h, max: 8h}
    approve: at-once
"""
NOTES = Entitlement(resource=parse_resource("acme-notes/"), levels=frozenset({Level.READ}))


class Interrupted(HandAws):
    """An AWS during whose first rehearsal something else happens."""

    meanwhile: Callable[[], object] | None = None

    def rehearse(self, draft: Grant) -> DryRun:
        """Let it happen, once."""
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile is not None:
            meanwhile()
        return super().rehearse(draft)


@pytest.fixture
def counted(walk: Walk) -> Walk:
    """The house where Ann has one live grant at most."""
    walk.rules = parse(RULES, name="rules.yaml")
    walk.aws = Interrupted()
    return walk


def live(walk: Walk) -> list[Grant]:
    """What is live."""
    return walk.ledger.grants(states=[GrantState.APPROVED, GrantState.ACTIVE])


def meanwhile(walk: Walk, happens: Callable[[], object]) -> None:
    """Let something happen between the count and what is written."""
    assert isinstance(walk.aws, Interrupted)
    walk.aws.meanwhile = happens


def test_of_two_that_are_approved_at_once_one_is_too_many(counted: Walk) -> None:
    """Both clicks count none; the one that is written second counts again, and is refused."""
    first, second = counted.ask(), counted.ask()
    meanwhile(counted, lambda: counted.approve(second.id))

    with pytest.raises(NotAllowed, match="there are 1"):
        counted.approve(first.id)

    assert [grant.id for grant in live(counted)] == [second.id]
    assert counted.ledger.request(first.id).state is RequestState.PENDING


def test_of_two_that_are_asked_at_once_one_is_too_many(counted: Walk) -> None:
    """Where nobody is asked, too."""
    meanwhile(counted, lambda: counted.ask(entitlement=NOTES))

    with pytest.raises(NotAllowed, match="there are 1"):
        counted.ask(entitlement=NOTES)

    assert len(live(counted)) == 1


def test_what_is_prolonged_does_not_stand_in_its_own_way(counted: Walk) -> None:
    """Ann's one grant may go on, and counts as one with what prolongs it; another is one too many."""
    first = counted.active()
    longer = counted.approve(counted.ask(extends=first.id).id)

    assert {grant.id for grant in live(counted)} == {first.id, longer.id}
    with pytest.raises(NotAllowed, match="there are 1"):
        counted.ask()


def test_what_begins_later_counts_already(counted: Walk) -> None:
    """Else one could have several approved beforehand."""
    starts = counted.clock() + timedelta(days=1)
    counted.approve(counted.ask(term=Term(length=HOUR, starts=starts)).id)

    with pytest.raises(NotAllowed, match="there are 1"):
        counted.ask()


def test_what_a_date_has_ended_does_not_count(counted: Walk) -> None:
    """AWS refuses it by its date, whether a worker has cleaned up or not."""
    counted.active()
    counted.clock.forward(HOUR)

    assert counted.ask().state is RequestState.PENDING


def test_a_second_account_has_no_count_of_its_own(counted: Walk) -> None:
    """Two ids of one person share what they may have."""
    counted.directory.people[ANNS_OTHER] = replace(principal(ANNS_OTHER), same_as=frozenset({ANN}))
    counted.approve(counted.ask().id)

    with pytest.raises(NotAllowed, match="there are 1"):
        counted.ask(requestor=ANNS_OTHER)
