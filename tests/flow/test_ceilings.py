"""How much one person may have waiting, and have: the document's `limits`."""

import threading
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from daypass.lifecycle.cancel import cancel
from daypass.model.decision import RuleId
from daypass.model.entitlement import Entitlement
from daypass.model.errors import NotAllowed
from daypass.model.grant import GrantState
from daypass.model.principal import PrincipalId
from daypass.model.request import RequestState
from daypass.resources.registry import parse_resource
from daypass.resources.s3_statements import Level
from daypass.rules.load.read import parse
from tests.flow.conftest import Walk
from tests.makers import ANN, BOB, EVE, HOUR, RULES

FEW = RULES.replace("version: 1", "version: 1\nlimits: {pending: 3, live: 2}")


@pytest.fixture
def few(walk: Walk) -> Walk:
    """Three requests may wait, and two grants be live."""
    walk.rules = parse(FEW, name="rules.yaml")
    return walk


def waiting(walk: Walk, by: PrincipalId = ANN) -> int:
    """How many requests of somebody wait."""
    return len(walk.ledger.requests(requestor=by, states=[RequestState.PENDING]))


def test_a_person_has_twenty_requests_waiting_and_fifty_grants_where_nothing_is_said(walk: Walk) -> None:
    """The document of every other test says nothing of it."""
    assert (walk.rules.limits.pending, walk.rules.limits.live) == (20, 50)


def test_whoever_has_too_many_waiting_is_told_the_numbers_and_what_to_do(few: Walk) -> None:
    """The fourth is refused; once one was decided it is taken. Another person has room of their own."""
    first, *_ = [few.ask(reason=str(number)) for number in range(3)]
    with pytest.raises(NotAllowed, match="3 requests waiting, and 3 is the most at a time"):
        few.ask()
    few.ask(requestor=BOB)
    few.deny(first.id)
    few.ask()

    assert (waiting(few), waiting(few, BOB)) == (3, 1)


def test_of_many_asks_at_once_no_more_wait_than_may(few: Walk) -> None:
    """Eight hands at the same moment: three are taken."""
    start = threading.Barrier(8)

    def ask(number: int) -> None:
        start.wait()
        with suppress(NotAllowed):
            few.ask(reason=str(number))

    hands = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()

    assert waiting(few) == 3


def test_whoever_has_too_many_grants_is_given_no_more(few: Walk) -> None:
    """Neither by a click nor at once; what has ended makes room."""
    requests = [few.ask(reason=str(number)) for number in range(3)]
    few.click(requests[0].id)
    few.click(requests[1].id)
    with pytest.raises(NotAllowed, match="2 live grants, and 2 is the most at a time"):
        few.click(requests[2].id)
    few.rules = parse(FEW.replace("approve: {anyone_of:", "approve: at-once #"), name="rules.yaml")
    with pytest.raises(NotAllowed, match="2 live grants"):
        few.ask()
    few.loop.run_until_idle()
    few.clock.forward(HOUR)

    assert few.ask().state is RequestState.APPROVED


def test_what_others_file_for_somebody_uses_up_no_room_of_theirs(few: Walk) -> None:
    """Eve files three for Ann, which count against her; two are approved, and Ann still has room for two."""
    for one in [few.ask(requestor=EVE, beneficiary=ANN, reason=str(number)) for number in range(3)][:2]:
        few.click(one.id)
    for number in range(2):
        few.click(few.ask(reason=str(number)).id)

    assert len(few.ledger.grants(principal=ANN, states=[GrantState.APPROVED])) == 4
    with pytest.raises(NotAllowed, match="2 live grants"):
        few.click(few.ask().id)


def test_more_time_is_asked_for_however_much_waits(few: Walk) -> None:
    """Ann has as much as she may; her running access may go on all the same."""
    grant = few.active()
    for number in range(3):
        few.ask(reason=str(number))
    more = few.extend(grant.id)

    assert few.click(more.id) is not None
    assert waiting(few) == 3


def test_a_rule_may_raise_what_one_person_may_have_and_everything_is_counted(few: Walk) -> None:
    """Under it a fourth waits and a third is given; under another rule the document's numbers hold, with all of it."""
    raising = FEW.replace("approve: {anyone_of:", "limits: {pending: 4, live: 3}\n    approve: {anyone_of:")
    few.rules = parse(raising, name="rules.yaml")
    requests = [few.ask(reason=str(number)) for number in range(4)]
    with pytest.raises(NotAllowed, match="4 requests waiting, and 4 is the most"):
        few.ask()
    for one in requests[:3]:
        few.click(one.id)
    with pytest.raises(NotAllowed, match="3 live grants, and 3 is the most"):
        few.click(requests[3].id)

    drafts = Entitlement(resource=parse_resource("acme-drafts/"), levels=frozenset({Level.READ}))
    with pytest.raises(NotAllowed, match="3 live grants, and 2 is the most"):
        few.ask(entitlement=drafts, term=None)


@pytest.mark.parametrize("lower", ["{pending: 1, live: 1}", "{live: 1}", "{}"])
def test_a_rule_never_lowers_it(few: Walk, lower: str) -> None:
    """Nor does one that names a single number lower the other."""
    few.rules = parse(FEW.replace("approve: {any", f"limits: {lower}\n    approve: {{any"), name="rules.yaml")

    assert few.rules.limits_under(RuleId("reports")) == few.rules.limits


def test_whoever_files_over_and_over_is_stopped_within_the_hour(few: Walk) -> None:
    """What was taken back has asked people all the same. Another person, and break glass, have room of their own."""
    few.rules = replace(few.rules, limits=replace(few.rules.limits, hourly=5))
    for number in range(5):
        filed = few.ask(reason=str(number))
        cancel(filed.id, by=ANN, ledger=few.ledger, now=few.clock())
        few.clock.forward(timedelta(minutes=10))

    with pytest.raises(NotAllowed, match=r"filed 5 requests within an hour, and 5 is the most.*again in 10 minutes"):
        few.ask(reason="once more")
    few.ask(requestor=BOB)
    few.clock.forward(timedelta(minutes=10))
    few.ask(reason="once more")
