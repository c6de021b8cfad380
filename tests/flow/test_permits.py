"""Approval in advance: it is its giver's click, made earlier, and asked about again when it counts."""

from datetime import datetime, timedelta

import pytest

from daypass.lifecycle.preapprovals import LONGEST_WINDOW, MOST_OPEN, InAdvance, allow, close_over, standing, withdraw
from daypass.model.entitlement import Entitlement
from daypass.model.errors import BadInput, NotFound, NotYours, TooLate
from daypass.model.event import EntryKind
from daypass.model.grant import Delivery
from daypass.model.lease import Term
from daypass.model.preapproval import Preapproval
from daypass.model.principal import Principal, PrincipalId
from daypass.model.record import Validity
from daypass.model.request import RequestState
from daypass.resources.registry import parse_resource
from daypass.resources.s3_statements import Level
from tests.flow.conftest import Walk
from tests.hands import Meanwhile
from tests.makers import ANN, BOB, EVE, HOUR, READ_REPORTS

WEEK = timedelta(days=7)


def give(
    walk: Walk,
    *,
    by: PrincipalId = BOB,
    to: PrincipalId = ANN,
    what: Entitlement = READ_REPORTS,
    length: timedelta = HOUR,
    starts: datetime | None = None,
    window: timedelta = WEEK,
    delivery: Delivery | None = Delivery.POLICY,
    key: str = "",
) -> Preapproval:
    """Bob allows Ann in advance to read the reports for an hour at a time, all week."""
    begins = starts or walk.clock()
    return allow(
        InAdvance(
            entitlement=what,
            to=to,
            by=by,
            length=length,
            starts=begins,
            ends=begins + window,
            delivery=delivery,
            reason="month end",
            key=key,
        ),
        judge=walk.judge,
        now=walk.clock(),
    )


def test_what_was_approved_in_advance_is_granted_when_asked(walk: Walk) -> None:
    """Ann asks and has it; the approval is Bob's, and names the permit."""
    permit = give(walk)
    request = walk.ask()
    assert request.state is RequestState.APPROVED
    assert request.approval is not None
    assert (request.approval.by, request.approval.permit) == (BOB, permit.id)
    assert walk.story(request.id)[-1].details["permit"] == permit.id


@pytest.mark.parametrize(
    "changes",
    [
        {"term": Term(length=2 * HOUR)},
        {"entitlement": Entitlement(resource=parse_resource("acme-reports/"), levels=frozenset({Level.READ}))},
        {"requestor": BOB},
    ],
    ids=["longer", "wider", "somebody else"],
)
def test_an_ask_for_more_waits_for_a_click(walk: Walk, changes: dict[str, object]) -> None:
    """The permit covers what it says and nothing more."""
    give(walk)
    assert walk.ask(**changes).state is RequestState.PENDING


def test_an_ask_for_less_is_covered(walk: Walk) -> None:
    """One folder of it, for ten minutes."""
    give(walk)
    less = Entitlement(resource=parse_resource("acme-reports/2026/q3/"), levels=frozenset({Level.READ}))
    assert walk.ask(entitlement=less, term=Term(length=timedelta(minutes=10))).state is RequestState.APPROVED


@pytest.mark.parametrize("named", [None, Delivery.SESSION, Delivery.POLICY, Delivery.LINK])
def test_an_approval_in_advance_is_for_one_delivery_and_a_session_when_none_is_named(
    walk: Walk, named: Delivery | None
) -> None:
    """Never for a link that nobody named."""
    permit = give(walk, delivery=named)
    assert permit.delivery is (named or Delivery.SESSION)
    for asked in Delivery:
        state = walk.ask(delivery=asked).state
        assert state is (RequestState.APPROVED if asked is permit.delivery else RequestState.PENDING)


def test_before_and_after_the_window_an_ask_waits(walk: Walk) -> None:
    """[starts, ends): not a second before, and not at the end."""
    give(walk, starts=walk.clock() + HOUR, window=HOUR)
    walk.clock.forward(HOUR - timedelta(seconds=1))
    assert walk.ask().state is RequestState.PENDING
    walk.clock.forward(timedelta(seconds=1))
    assert walk.ask().state is RequestState.APPROVED
    walk.clock.forward(HOUR)
    assert walk.ask().state is RequestState.PENDING


def test_a_giver_who_may_not_decide_any_more_has_allowed_nothing(walk: Walk) -> None:
    """Bob is taken out of the rule between the permit and the ask; the journal keeps that it was tried."""
    give(walk)
    walk.change_rules("people: [U0BOB, U0ANN], slack", "people: [U0EVE], slack")
    request = walk.ask()
    assert request.state is RequestState.PENDING
    assert walk.story(request.id)[-1].kind is EntryKind.REVIEW_REFUSED


def test_a_deactivated_giver_has_allowed_nothing(walk: Walk) -> None:
    """Bob left in between."""
    give(walk)
    walk.directory.change(BOB, active=False)
    assert walk.ask().state is RequestState.PENDING


def test_somebody_who_never_could_decide_allows_nothing(walk: Walk) -> None:
    """Eve gives a permit; when it is asked for, hers is no right to give."""
    give(walk, by=EVE)
    assert walk.ask().state is RequestState.PENDING


def test_nobody_allows_themselves(walk: Walk) -> None:
    """Not in their own account, nor in another."""
    with pytest.raises(NotYours):
        give(walk, by=ANN)
    walk.directory.change(EVE, same_as=frozenset({ANN}))
    with pytest.raises(NotYours):
        give(walk, by=EVE)


def test_a_robot_allows_nothing(walk: Walk) -> None:
    """It is refused when it tries, not only when it would count."""
    robot = PrincipalId("bot:deploy")
    walk.directory.people[robot] = Principal(id=robot, name="deploy", owner=BOB)
    with pytest.raises(NotYours, match="robot"):
        give(walk, by=robot)


def test_who_turns_out_to_be_the_same_person_later_has_allowed_nothing(walk: Walk) -> None:
    """The directory learns of it between the permit and the ask."""
    give(walk)
    walk.directory.change(BOB, same_as=frozenset({ANN}))
    assert walk.ask().state is RequestState.PENDING


def test_one_taken_back_covers_nothing(walk: Walk) -> None:
    """Bob changes his mind; a stranger could not have, and he cannot twice."""
    permit = give(walk)
    with pytest.raises(NotFound):
        withdraw(permit.id, by=EVE, ledger=walk.ledger, now=walk.clock())
    withdraw(permit.id, by=BOB, ledger=walk.ledger, now=walk.clock())
    assert walk.ask().state is RequestState.PENDING
    with pytest.raises(TooLate):
        withdraw(permit.id, by=BOB, ledger=walk.ledger, now=walk.clock())


@pytest.mark.parametrize("window", [timedelta(0), -HOUR, LONGEST_WINDOW + HOUR])
def test_a_window_has_a_sensible_length(walk: Walk, window: timedelta) -> None:
    """Not none, not backwards, not for ever."""
    with pytest.raises(BadInput):
        give(walk, window=window)


def test_an_extension_is_not_covered(walk: Walk) -> None:
    """Each window of access was allowed, not one that goes on and on."""
    give(walk)
    grant = walk.ask()
    walk.loop.run_until_idle()
    assert walk.ask(extends=grant.id).state is RequestState.PENDING


def test_nobody_gives_one_person_more_than_a_few(walk: Walk) -> None:
    """Each is a click that is tried at every ask; those that are over do not count."""
    for number in range(MOST_OPEN):
        give(walk, key=f"number {number}")
    with pytest.raises(BadInput, match="withdraw one"):
        give(walk, key="one more")
    give(walk, by=EVE)
    walk.clock.forward(WEEK)
    give(walk)


def test_what_would_begin_after_the_window_waits(walk: Walk) -> None:
    """Allowed for a week: the last moment is covered, and access from the next month on is Bob's to look at."""
    permit = give(walk)
    last = permit.ends - timedelta(seconds=1)
    assert walk.ask(term=Term(length=HOUR, starts=permit.ends)).state is RequestState.PENDING
    assert walk.ask(term=Term(length=HOUR, starts=last)).state is RequestState.APPROVED


def test_one_taken_back_while_it_is_being_used_gives_nothing(walk: Walk) -> None:
    """Bob withdraws it after it was found and before the approval is written: the approval is not written."""
    permit = give(walk)

    def take_back() -> None:
        withdraw(permit.id, by=BOB, ledger=walk.ledger, now=walk.clock())

    walk.aws = Meanwhile(happening=[take_back, lambda: None])  # the ask itself is rehearsed first
    request = walk.ask()

    assert request.state is RequestState.PENDING
    assert walk.ledger.grants() == []
    assert walk.story(request.id)[-1].kind is EntryKind.REVIEW_REFUSED


def test_one_permit_for_two_asks_at_once_gives_both(walk: Walk) -> None:
    """That both write it down does not make either fail."""
    give(walk)
    walk.aws = Meanwhile(happening=[lambda: walk.ask(key="two"), lambda: None])

    assert walk.ask(key="one").state is RequestState.APPROVED
    assert len(walk.ledger.grants()) == 2


def test_one_that_is_delivered_again_is_one(walk: Walk) -> None:
    """To another process, an hour later: nothing is given twice, and what was taken back stays taken back."""
    first = give(walk, key="slack 17")
    walk.clock.forward(HOUR)
    assert give(walk, key="slack 17").id == first.id
    assert give(walk, key="slack 18").id != first.id
    withdraw(first.id, by=BOB, ledger=walk.ledger, now=walk.clock())

    assert give(walk, key="slack 17").state is Validity.CLOSED
    assert give(walk, by=EVE, key="slack 17").id != first.id


def test_an_approval_in_advance_is_closed_when_its_window_is_over(walk: Walk) -> None:
    """The journal tells of it, and nobody who gave or was given one has it read again; one that counts stays open."""
    over, counts = give(walk, window=HOUR), give(walk, to=EVE, window=WEEK)
    walk.clock.now += 2 * HOUR

    closed = close_over(ledger=walk.ledger, now=walk.clock())

    assert closed == 1
    assert walk.ledger.find(Preapproval, over.id).state is Validity.CLOSED
    assert [event.kind for event in walk.story(over.id)] == [EntryKind.PERMIT_GIVEN, EntryKind.PERMIT_LAPSED]
    assert [one.id for one in standing(BOB, ledger=walk.ledger, now=walk.clock())] == [counts.id]
