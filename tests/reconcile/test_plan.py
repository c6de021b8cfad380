"""The plan, written out a second time: what the loop does about a grant in every situation."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daypass.model.grant import Grant, GrantState, Presence, Why
from daypass.model.lease import Lease, Term
from daypass.reconcile.plan import Activate, Close, End, Provision, Remove, Wait, Warn, plan
from tests.makers import HOUR, NOON, grant

ABSENT, LAPSING, PRESENT = Presence.ABSENT, Presence.LAPSING, Presence.PRESENT
LEASE = Lease(starts=NOON, ends=NOON + HOUR)
BEFORE, DURING, LATE, AFTER = NOON - HOUR, NOON + HOUR / 4, NOON + HOUR * 59 / 60, NOON + HOUR

APPROVED = grant()
LEASED = grant(lease=LEASE)
SCHEDULED = replace(grant(now=BEFORE), term=Term(length=HOUR, starts=NOON))
ACTIVE = grant(GrantState.ACTIVE)
WARNED = replace(ACTIVE, warned=True)
ENDING = grant(GrantState.ENDING)
ENDED = grant(GrantState.ENDED)

TABLE = [
    (SCHEDULED, ABSENT, BEFORE, Wait(NOON)),
    (SCHEDULED, PRESENT, BEFORE, Remove()),
    (SCHEDULED, ABSENT, NOON, Provision(LEASE)),
    (APPROVED, ABSENT, NOON, Provision(LEASE)),
    (APPROVED, PRESENT, NOON, Provision(LEASE)),
    (LEASED, ABSENT, DURING, Provision(Lease(starts=DURING, ends=DURING + HOUR))),
    (LEASED, ABSENT, BEFORE, Wait(NOON)),
    (LEASED, PRESENT, BEFORE, Remove()),
    (LEASED, PRESENT, NOON, Activate()),
    (LEASED, PRESENT, DURING, Activate()),
    (LEASED, PRESENT, AFTER, End(Why.EXPIRED)),
    (LEASED, ABSENT, AFTER, Provision(Lease(starts=AFTER, ends=AFTER + HOUR))),
    (LEASED, ABSENT, AFTER + timedelta(seconds=1), End(Why.FAILED)),
    (ACTIVE, PRESENT, DURING, Wait(NOON + timedelta(minutes=50))),
    (ACTIVE, PRESENT, NOON + timedelta(minutes=50), Warn()),
    (ACTIVE, PRESENT, LATE, Warn()),
    (WARNED, PRESENT, LATE, Wait(AFTER)),
    (ACTIVE, ABSENT, DURING, End(Why.VANISHED)),
    (WARNED, ABSENT, LATE, End(Why.VANISHED)),
    (ACTIVE, PRESENT, AFTER, End(Why.EXPIRED)),
    (ACTIVE, ABSENT, AFTER, End(Why.EXPIRED)),
    (ENDING, PRESENT, DURING, Remove()),
    (ENDING, LAPSING, DURING, Remove()),
    (ENDING, ABSENT, DURING, Close()),
    (ENDING, PRESENT, AFTER, Remove()),
    (ENDED, PRESENT, AFTER, Remove()),
    (ENDED, ABSENT, AFTER, Close()),
]


@pytest.mark.parametrize(("one", "seen", "now", "step"), TABLE)
def test_the_table_of_the_plan(one: Grant, seen: Presence, now: datetime, step: object) -> None:
    """Every row of the table stands as it is written here."""
    assert plan(one, seen, now) == step


def test_access_taken_away_by_hand_is_not_put_back() -> None:
    """An active grant whose access vanished is closed, not provisioned again."""
    assert plan(ACTIVE, ABSENT, DURING) == End(Why.VANISHED)


def test_an_end_that_passed_before_aws_accepted_is_not_begun() -> None:
    """A request until 12:30 that comes to AWS at 12:30 gets nothing."""
    until = replace(grant(), term=Term(until=NOON + HOUR / 2))

    assert plan(until, ABSENT, NOON + HOUR / 2) == End(Why.EXPIRED)


STATES = st.sampled_from([APPROVED, LEASED, SCHEDULED, ACTIVE, WARNED, ENDING, ENDED])
MOMENTS = st.integers(-7200, 14400).map(lambda seconds: NOON + timedelta(seconds=seconds))


@given(one=STATES, seen=st.sampled_from(Presence), now=MOMENTS)
def test_nothing_is_ever_provisioned_past_its_state(one: Grant, seen: Presence, now: datetime) -> None:
    """Only what is approved and was never active is put into AWS, and never for longer than the term."""
    step = plan(one, seen, now)

    if isinstance(step, Provision):
        assert one.state is GrantState.APPROVED
        assert step.lease.ends - step.lease.starts == HOUR
        assert step.lease.starts == now.replace(microsecond=0) or step.lease.starts == one.term.starts


@given(one=STATES, seen=st.sampled_from(Presence), now=MOMENTS)
def test_what_is_over_is_never_waited_for(one: Grant, seen: Presence, now: datetime) -> None:
    """After the lease there is no step that leaves access where it is."""
    if one.lease is not None and now >= one.lease.ends and seen is PRESENT:
        assert plan(one, seen, now) in (Remove(), End(Why.EXPIRED))


@given(one=STATES, seen=st.sampled_from(Presence), now=MOMENTS)
def test_the_moment_of_a_wait_lies_ahead(one: Grant, seen: Presence, now: datetime) -> None:
    """Waiting never means looking again at once, which would spin."""
    step = plan(one, seen, now)

    if isinstance(step, Wait):
        assert step.until > now
