"""The main job, walked through once with a clock moved by hand."""

from datetime import timedelta

import pytest

from daypass.lifecycle.cancel import cancel
from daypass.lifecycle.end.end import revoke
from daypass.lifecycle.extend import MoreTime, extend
from daypass.model.entitlement import Entitlement
from daypass.model.errors import BadInput, NotAllowed, NotYours, TooLate
from daypass.model.event import EntryKind
from daypass.model.grant import Delivery, GrantId, GrantState, Why
from daypass.model.lease import Term
from daypass.model.request import Request, RequestState
from daypass.resources.registry import parse_resource
from daypass.resources.s3_statements import Level
from tests.flow.conftest import Walk
from tests.hands import enders
from tests.makers import ANN, BOB, EVE, HOUR, NOON

MINUTE = timedelta(minutes=1)


def test_from_a_request_to_access_that_is_over(walk: Walk) -> None:
    """Asked, approved, active for exactly an hour, taken out, and every step in the journal."""
    request = walk.ask()
    assert request.state is RequestState.PENDING
    walk.approve(request.id)
    assert not walk.aws.held, "nothing touches AWS before the loop"
    walk.loop.run_until_idle()
    assert walk.aws.allows(request.id, NOON)
    assert not walk.aws.allows(request.id, NOON + HOUR)

    walk.clock.forward(50 * MINUTE)
    walk.loop.run_until_idle()
    walk.clock.forward(10 * MINUTE)
    walk.loop.run_until_idle()

    grant = walk.ledger.grant(request.id)
    assert grant.state is GrantState.ENDED
    assert grant.ending is not None
    assert grant.ending.why is Why.EXPIRED
    assert not walk.aws.held
    assert [event.kind for event in walk.story(request.id)] == [
        EntryKind.REQUEST_FILED,
        EntryKind.REQUEST_APPROVED,
        EntryKind.GRANT_PROVISIONING,
        EntryKind.GRANT_ACTIVATED,
        EntryKind.GRANT_WARNED,
        EntryKind.GRANT_ENDED,
    ]


def test_the_clock_starts_when_aws_accepts_not_at_the_request(walk: Walk) -> None:
    """An approval after twenty minutes costs the requestor none of the hour."""
    request = walk.ask()
    walk.clock.forward(20 * MINUTE)
    walk.approve(request.id)
    walk.loop.run_until_idle()

    assert walk.ledger.grant(request.id).lease is not None
    assert walk.aws.held[request.id].lease == walk.ledger.grant(request.id).lease
    assert walk.aws.allows(request.id, NOON + 20 * MINUTE + HOUR - timedelta(seconds=1))


def test_the_approver_chooses_the_length(walk: Walk) -> None:
    """Five minutes are five minutes, whatever was asked."""
    request = walk.ask()
    walk.approve(request.id, length=5 * MINUTE)
    walk.loop.run_until_idle()

    assert walk.aws.held[request.id].lease is not None
    assert not walk.aws.allows(request.id, NOON + 5 * MINUTE)


def test_the_approver_cannot_choose_beyond_the_rule(walk: Walk) -> None:
    """The rule's eight hours bind the approver too, and nothing changes."""
    request = walk.ask()
    with pytest.raises(NotAllowed, match="at most 8h"):
        walk.approve(request.id, length=9 * HOUR)

    assert walk.ledger.request(request.id).state is RequestState.PENDING


def test_a_rule_may_approve_at_once(walk: Walk) -> None:
    """What the rules give at once is a grant in the same commit as the request."""
    drafts = Entitlement(resource=parse_resource("acme-drafts/x/"), levels=frozenset({Level.READ}))
    request = walk.ask(entitlement=drafts, term=None, reason="")
    walk.loop.run_until_idle()

    assert walk.ledger.request(request.id).state is RequestState.APPROVED
    assert walk.aws.allows(request.id, NOON + 5 * MINUTE - timedelta(seconds=1))


def test_what_no_rule_allows_is_refused_and_journalled(walk: Walk) -> None:
    """Eve is in no rule: she gets a sentence, the journal an entry, AWS nothing."""
    with pytest.raises(NotAllowed):
        walk.ask(requestor=EVE)

    assert not walk.ledger.requests()


def test_done_ends_it_now(walk: Walk) -> None:
    """I'm done: the next look takes it out, long before its time."""
    grant = walk.active()
    walk.drop(grant.id)
    walk.loop.run_until_idle()

    assert not walk.aws.held
    assert walk.ledger.grant(grant.id).state is GrantState.ENDED


def test_done_is_for_the_one_who_has_it(walk: Walk) -> None:
    """Bob cannot be done for Ann."""
    grant = walk.active()

    with pytest.raises(NotYours):
        walk.drop(grant.id, by=BOB)


def test_done_with_what_ran_out_is_told_that_it_is_over(walk: Walk) -> None:
    """The click after the end changes nothing and says why."""
    grant = walk.active()
    walk.clock.forward(HOUR)
    walk.loop.run_until_idle()

    with pytest.raises(TooLate, match="time is over"):
        walk.drop(grant.id)


def test_who_may_decide_may_revoke(walk: Walk) -> None:
    """Bob takes it away; the journal keeps that he did and why."""
    grant = walk.active()
    revoke(grant.id, by=BOB, reason="wrong bucket", enders=walk.enders, now=walk.clock())
    walk.loop.run_until_idle()

    ending = walk.ledger.grant(grant.id).ending
    assert ending is not None
    assert (ending.why, ending.by, ending.note) == (Why.REVOKED, BOB, "wrong bucket")
    assert not walk.aws.held


def test_unreadable_rules_do_not_stand_in_the_way_of_a_revocation(walk: Walk) -> None:
    """While nothing can be given, those who were asked at the time can still take away; Eve still cannot."""
    grant = walk.active()
    unreadable = enders(walk.judge, rules=False)
    with pytest.raises(NotYours):
        revoke(grant.id, by=EVE, reason="", enders=unreadable, now=walk.clock())
    revoke(grant.id, by=BOB, reason="", enders=unreadable, now=walk.clock())
    walk.loop.run_until_idle()

    assert not walk.aws.held


def test_who_may_not_decide_may_not_revoke(walk: Walk) -> None:
    """Eve cannot take anything away."""
    grant = walk.active()

    with pytest.raises(NotYours):
        revoke(grant.id, by=EVE, reason="", enders=walk.enders, now=walk.clock())


def test_a_cancelled_request_cannot_be_approved(walk: Walk) -> None:
    """What was taken back stays taken back."""
    request = walk.ask()
    cancel(request.id, by=ANN, ledger=walk.ledger, now=walk.clock())

    with pytest.raises(TooLate, match="cancelled"):
        walk.approve(request.id)


def test_an_extension_without_a_length_asks_for_what_was_given(walk: Walk) -> None:
    """Bob cut ten minutes to four: nobody who says nothing asks for the rule's default of an hour."""
    grant = walk.approve(walk.ask(term=Term(length=timedelta(minutes=10))).id, length=timedelta(minutes=4))
    walk.loop.run_until_idle()
    for _ in range(2):  # said again it is the same request
        request = extend(MoreTime(grant_id=grant.id, by=ANN, term=None), judge=walk.judge, now=walk.clock())

        assert request.term == Term(length=timedelta(minutes=4))
    assert len(walk.ledger.requests(states=[RequestState.PENDING])) == 1


def test_an_extension_leaves_the_old_access_as_it_is(walk: Walk) -> None:
    """More time is a request of its own: the old end stands until it is decided, and two ends do not meddle."""
    old = walk.active()
    walk.clock.forward(30 * MINUTE)
    more = walk.extend(old.id)
    assert walk.ledger.grant(old.id).lease == old.lease
    walk.approve(more.id)
    walk.loop.run_until_idle()
    walk.clock.forward(30 * MINUTE)
    walk.loop.run_until_idle()

    assert walk.ledger.grant(old.id).state is GrantState.ENDED
    assert walk.aws.allows(more.id, walk.clock())


def test_a_scheduled_start_waits(walk: Walk) -> None:
    """Nothing stands in AWS before the start that was asked for."""
    request = walk.ask(term=Term(length=HOUR, starts=NOON + HOUR))
    walk.approve(request.id)
    walk.loop.run_until_idle()
    assert not walk.aws.held

    walk.clock.forward(HOUR)
    walk.loop.run_until_idle()
    assert walk.aws.allows(request.id, NOON + 2 * HOUR - timedelta(seconds=1))


def test_withdrawn_before_it_reached_aws(walk: Walk) -> None:
    """Done between approval and provisioning: it never gets in."""
    grant = walk.approve(walk.ask().id)
    walk.drop(grant.id)
    walk.loop.run_until_idle()

    assert ("provision", grant.id) not in walk.aws.calls
    assert walk.ledger.grant(grant.id).state is GrantState.ENDED


def test_all_deliveries_take_the_same_way(walk: Walk) -> None:
    """The walk does not depend on how access is delivered."""
    for delivery in Delivery:
        assert walk.active(delivery=delivery).state is GrantState.ACTIVE


def test_who_is_done_is_done_with_all_of_it(walk: Walk) -> None:
    """Ann has more time: named by the first or by the second, both end, and nothing of it is left in AWS."""
    for named in ("first", "second"):
        first, second = _prolonged(walk)
        walk.drop({"first": first, "second": second}[named])
        walk.loop.run_until_idle()
        assert [walk.ledger.grant(one).state for one in (first, second)] == [GrantState.ENDED] * 2
        assert walk.aws.held == {}


def test_what_is_taken_away_does_not_go_on_as_more_time(walk: Walk) -> None:
    """The first is over: revoking it by its id ends what prolongs it; then there is nothing left to revoke."""
    first, second = _prolonged(walk)
    beside = walk.active(term=Term(length=4 * HOUR))
    walk.clock.forward(HOUR)
    walk.loop.run_until_idle()
    assert walk.ledger.grant(first).state is GrantState.ENDED

    def taken() -> None:
        revoke(first, by=BOB, reason="enough", enders=walk.enders, now=walk.clock())

    taken()
    ending = walk.ledger.grant(second).ending
    assert ending is not None
    assert (ending.why, ending.by, ending.note) == (Why.REVOKED, BOB, "enough")
    assert walk.ledger.grant(beside.id).ending is None
    with pytest.raises(TooLate):
        taken()


def _prolonged(walk: Walk) -> tuple[GrantId, GrantId]:
    """Ann has an hour, and half an hour later two more beside it."""
    first = walk.active().id
    walk.clock.forward(30 * MINUTE)
    more = walk.extend(first, 2 * HOUR)
    walk.approve(more.id)
    walk.loop.run_until_idle()
    return first, more.id


def test_more_time_is_more(walk: Walk) -> None:
    """Half an hour from now is less than the hour that Ann has; said so, and nothing is filed."""
    old = walk.active()

    def more(length: timedelta) -> Request:
        return walk.extend(old.id, length)

    with pytest.raises(BadInput, match="another 1 hour anyway"):
        more(30 * MINUTE)
    assert [one.id for one in walk.ledger.requests()] == [old.id]
    assert more(2 * HOUR).extends == old.id
