"""What P0's routing of requests does, and what it does not, played through the house with the rules of the gallery."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from daypass.lifecycle.approval.decide import approve_with
from daypass.lifecycle.approval.stages import Click
from daypass.lifecycle.preapprovals import InAdvance, allow
from daypass.model.decision import ScheduleName
from daypass.model.entitlement import Entitlement
from daypass.model.errors import DaypassError, NotAllowed, NotYours
from daypass.model.grant import Delivery, GrantId
from daypass.model.lease import Term
from daypass.model.principal import PrincipalId, SlackGroupId
from daypass.model.request import RequestState
from daypass.resources.registry import parse_resource
from daypass.resources.s3_statements import Level
from daypass.rules.load.read import parse
from tests.flow.conftest import Walk
from tests.makers import ANN, ANNS_USER, BOB, EVE, HOUR, principal

GALLERY = Path(__file__).parents[2] / "examples" / "rules"
BEN, CID, DEE, FAY, SEC = (PrincipalId(f"U0{name}") for name in ("BEN", "CID", "DEE", "FAY", "SEC"))
ENGINEERS, SECURITY = SlackGroupId("S0ENGINEERS"), SlackGroupId("S0SECURITY")
MINUTE = timedelta(minutes=1)


@pytest.fixture
def house(walk: Walk) -> Walk:
    """The house with the people of the gallery: Ann, Bob and Eve are engineers, Bob is Ann's manager."""
    for one in (BEN, CID, DEE, FAY):
        walk.directory.people[one] = principal(one, None)
    walk.directory.people[SEC] = replace(principal(SEC, None), slack_groups=frozenset({SECURITY}))
    for one in (ANN, BOB, EVE):
        walk.directory.change(one, slack_groups=frozenset({ENGINEERS}), aws=ANNS_USER if one == ANN else None)
    walk.directory.change(ANN, manager=BOB)
    return walk


def use(house: Walk, number: str) -> None:
    """Put an example in force."""
    (path,) = GALLERY.glob(f"{number}-*.yaml")
    house.rules = parse(path.read_bytes(), name=path.name)


def of(place: str, level: Level = Level.READ) -> Entitlement:
    """What is asked for."""
    return Entitlement(resource=parse_resource(place), levels=frozenset({level}))


def on_call(house: Walk, *people: PrincipalId) -> None:
    """These are on call."""
    house.directory.around = replace(house.directory.around, on_call={ScheduleName("payments"): frozenset(people)})


def with_passkey(house: Walk, request_id: GrantId, by: PrincipalId) -> object:
    """Somebody approves with their passkey."""
    return approve_with(request_id, Click(by=by, second_factor=True), judge=house.judge, now=house.clock())


def test_what_everybody_may_have_is_approved_at_once(house: Walk) -> None:
    """Nobody is asked, and it is in AWS after the next look."""
    use(house, "09")
    request = house.ask(requestor=EVE, entitlement=of("acme-docs/"), delivery=Delivery.SESSION)
    house.loop.run_until_idle()

    assert request.state is RequestState.APPROVED
    assert request.id in house.aws.held


def test_a_denial_stands_before_every_approver(house: Walk) -> None:
    """Ann works as a contractor now: her manager is not even asked, and a request of before is not lent any more."""
    use(house, "09")
    asked = house.ask(entitlement=of("acme-payroll/march.csv"))
    house.directory.change(ANN, slack_groups=frozenset({ENGINEERS, SlackGroupId("S0CONTRACTORS")}))

    with pytest.raises(NotAllowed, match="contractors"):
        house.ask(entitlement=of("acme-payroll/march.csv"))
    with pytest.raises(NotAllowed, match="contractors"):
        house.click(asked.id, by=BOB)


@pytest.mark.parametrize(("place", "by"), [("acme-warehouse/x/", CID), ("acme-payroll/march.csv", BOB)])
def test_a_group_or_the_manager_approves_and_nobody_else(house: Walk, place: str, by: PrincipalId) -> None:
    """Eve is neither; who is, lends."""
    use(house, "09")
    request = house.ask(entitlement=of(place), term=Term(length=HOUR))

    with pytest.raises(NotYours):
        house.click(request.id, by=EVE)
    assert house.click(request.id, by=by) is not None


def test_who_is_on_call_has_an_hour_at_once(house: Walk) -> None:
    """Ann is; a longer access is decided by the other one who is, never by herself."""
    use(house, "09")
    on_call(house, ANN, BOB)
    at_once = house.ask(entitlement=of("acme-production/q/", Level.WRITE), reason="INC-7", term=None)
    longer = house.ask(entitlement=of("acme-production/q/"), reason="INC-7", term=Term(length=2 * HOUR))

    assert house.ledger.grant(at_once.id).term.length == HOUR
    with pytest.raises(NotYours):
        house.click(longer.id, by=ANN)
    assert house.click(longer.id, by=BOB) is not None


def test_who_is_on_call_is_asked_at_the_click(house: Walk) -> None:
    """The shift changed between ask and click: who was on call then does not decide any more."""
    use(house, "09")
    on_call(house, BOB)
    request = house.ask(requestor=EVE, entitlement=of("acme-production/q/"), delivery=Delivery.SESSION)
    on_call(house, ANN)

    with pytest.raises(NotYours):
        house.click(request.id, by=BOB)
    assert house.click(request.id, by=ANN) is not None


def test_access_for_long_ends_all_the_same(house: Walk) -> None:
    """Two weeks at once for the team of the warehouse, and nothing after them."""
    use(house, "09")
    house.directory.change(ANN, slack_groups=frozenset({SlackGroupId("S0WAREHOUSE")}))
    request = house.ask(entitlement=of("acme-warehouse/", Level.WRITE), term=Term(length=timedelta(days=14)))
    house.loop.run_until_idle()
    assert house.aws.allows(request.id, house.clock())

    assert not house.aws.allows(request.id, house.clock.forward(timedelta(days=14)))


@pytest.mark.parametrize("minutes", [5, 15])
def test_the_approver_chooses_a_length_up_to_what_the_rule_lends(house: Walk, minutes: int) -> None:
    """Five minutes or fifteen; an hour is more than this rule lends, whatever others do."""
    use(house, "10")
    request = house.ask(entitlement=of("acme-cards/x/"), term=Term(length=15 * MINUTE))

    with pytest.raises(DaypassError):
        house.ask(entitlement=of("acme-cards/x/"), term=Term(length=HOUR))
    assert house.approve(request.id, by=CID, length=minutes * MINUTE).term.length == minutes * MINUTE


def test_a_prolongation_counts_whole(house: Walk) -> None:
    """Ten minutes of a quarter of an hour are over: five more are lent, and ten are not."""
    use(house, "10")
    first = house.ask(entitlement=of("acme-cards/x/"), term=Term(length=15 * MINUTE))
    house.approve(first.id, by=CID)
    house.loop.run_until_idle()
    house.clock.forward(10 * MINUTE)

    def more(minutes: int) -> RequestState:
        return house.extend(first.id, minutes * MINUTE).state

    assert more(5) is RequestState.PENDING
    with pytest.raises(NotAllowed):
        more(10)


def test_nobody_approves_what_they_ask_for_themselves_or_for_others(house: Walk) -> None:
    """Ben asks for Ann: both are named as approvers, and Cid alone decides. The access is Ann's."""
    use(house, "11")
    request = house.ask(requestor=BEN, beneficiary=ANN, entitlement=of("acme-orders/"))
    for one in (ANN, BEN):
        with pytest.raises(NotYours):
            house.click(request.id, by=one)

    assert house.approve(request.id, by=CID).principal == ANN


def test_an_approval_in_advance_counts_within_its_window(house: Walk) -> None:
    """Cid allows Ann an hour at a time for a week: at once then, not after it, and not when Cid decides no more."""
    use(house, "11")
    allow(
        InAdvance(
            entitlement=of("acme-orders/"),
            to=ANN,
            by=CID,
            length=HOUR,
            starts=house.clock(),
            ends=house.clock() + timedelta(days=7),
            delivery=Delivery.POLICY,
        ),
        judge=house.judge,
        now=house.clock(),
    )

    assert house.ask(entitlement=of("acme-orders/")).state is RequestState.APPROVED
    house.directory.change(CID, active=False)
    assert house.ask(entitlement=of("acme-orders/")).state is RequestState.PENDING
    house.directory.change(CID, active=True)
    house.clock.forward(timedelta(days=7))
    assert house.ask(entitlement=of("acme-orders/")).state is RequestState.PENDING


def test_two_owners_and_then_security_with_their_passkeys(house: Walk) -> None:
    """A click without a passkey, security before the owners, and one owner twice: none of these counts."""
    use(house, "12")
    request = house.ask(
        entitlement=of("acme-customers/eu/", Level.WRITE), delivery=Delivery.SESSION, reason="CHG-12", term=None
    )
    with pytest.raises(NotYours, match="passkey"):
        house.click(request.id, by=CID)
    with pytest.raises(NotYours):
        with_passkey(house, request.id, SEC)
    assert with_passkey(house, request.id, CID) is None
    assert with_passkey(house, request.id, CID) is None  # answered as it was, and counted once
    assert len(house.ledger.request(request.id).approvals) == 1
    assert with_passkey(house, request.id, DEE) is None
    assert with_passkey(house, request.id, SEC) is not None


def test_a_link_is_something_to_ask_for(house: Walk) -> None:
    """One object, by link alone, with a rule of its own; all owners agree."""
    use(house, "12")
    export = of("acme-customers/export/may.csv")
    with pytest.raises(NotAllowed):
        house.ask(entitlement=export, delivery=Delivery.SESSION)
    request = house.ask(entitlement=export, delivery=Delivery.LINK)

    assert house.click(request.id, by=CID) is None
    assert house.click(request.id, by=DEE) is None
    assert house.approve(request.id, by=FAY).delivery is Delivery.LINK


@pytest.mark.parametrize("place", ["prod.data-backup/x/", "non-prod.data/x/", "prod-data/x/", "other/prod.data/"])
def test_a_name_that_looks_alike_is_not_lent(house: Walk, place: str) -> None:
    """Patterns speak of whole names; the one that is meant is lent."""
    use(house, "13")

    with pytest.raises(NotAllowed):
        house.ask(entitlement=of(place), reason="INC-12")
    assert house.ask(entitlement=of("prod.data/x/"), reason="INC-12").state is RequestState.PENDING
