"""
The main job, over Slack's own wire and against AWS servers that enforce IAM: from one line to access that ends.

The evening is played once on each server; each test is one claim about what was seen, for each delivery.
"""

from datetime import timedelta

import pytest

from daypass.model.grant import Delivery
from daypass.resources.s3_statements import Level
from tests.e2e.evening import NOTHING, Evening, Lent, Tried, spend
from tests.e2e.house import House, wait_for

ASKED = {
    Delivery.POLICY: {Level.LIST, Level.READ},
    Delivery.SESSION: {Level.LIST, Level.READ},
    Delivery.LINK: {Level.READ},
}
SECOND = timedelta(seconds=1)


@pytest.fixture(scope="module")
def evening(house: House) -> Evening:
    """Play it, once on each server."""
    return spend(house)


@pytest.fixture(params=list(Delivery))
def lent(evening: Evening, request: pytest.FixtureRequest) -> Lent:
    """Return what became of each delivery in turn."""
    return evening.lent[request.param]


def test_before_the_approval_everything_is_denied(lent: Lent):
    """Asking gives nothing: AWS refuses the person's own keys, and Daypass hands nothing out."""
    assert lent.before.own_keys == NOTHING
    assert not lent.before.handed_out


@pytest.mark.parametrize("delivery", Delivery)
def test_inside_the_window_exactly_what_was_asked_is_allowed(evening: Evening, delivery: Delivery):
    """The levels asked for on the prefix; no other level, no other prefix, no other bucket."""
    assert evening.lent[delivery].within.tried == Tried(inside=ASKED[delivery], beside=set(), elsewhere=set())


def test_nobody_else_gets_anything(lent: Lent):
    """Meanwhile everybody else's keys are refused, and Daypass hands them nothing of it."""
    assert lent.within.others == [set()] * len(lent.within.others)
    assert not lent.within.handed_to_others


def test_aws_ends_it_within_a_second_of_the_date_while_daypass_is_dead(lent: Lent):
    """
    Killed (SIGKILL) before the end, Daypass does nothing any more; AWS refuses by itself at the promised second.

    A presigned URL has a length of its own, in whole seconds, and so may end within the second before.
    """
    end = lent.end
    assert end.killed_at < end.lease.ends - SECOND
    assert end.last_let_in < end.lease.ends + SECOND
    assert end.lease.ends - SECOND <= end.first_refused < end.lease.ends + 2 * SECOND


def test_what_is_still_in_hand_is_worth_nothing_after_the_end(lent: Lent):
    """The keys, the session's credentials and the URL that worked a moment ago are refused everywhere."""
    assert lent.after.tried == NOTHING
    assert not lent.after.handed_out


def test_started_again_it_cleans_up_and_tells_slack(lent: Lent):
    """Nothing with the grant's mark is left in AWS, and its person reads that it has ended and why."""
    assert lent.after.standing == []
    assert "its time is over" in lent.after.told


def test_a_daypass_link_opens_the_object_and_then_says_why_not(evening: Evening):
    """While the grant lives the link gives the object; afterwards it answers 410 with the reason."""
    status, page = evening.link_after
    assert evening.link_within == b"figures"
    assert status == 410
    assert "time is over" in page


def test_the_journal_of_the_evening_verifies(evening: Evening):
    """The kill in the middle left no gap: the exported file is whole, by the public key alone."""
    assert "verified" in evening.verdict


def test_a_server_without_the_sweep_costs_a_line_in_the_log(ceph_house: House):
    """Ceph cannot list an account's policies: the log says so in a sentence, and the service goes on."""
    told = wait_for(lambda: [line for line in ceph_house.service.log.read_text().splitlines() if '"sweep"' in line])

    assert "does not offer iam:GetAccountAuthorizationDetails" in told[0]
    assert "Traceback" not in told[0]
    assert ceph_house.service.healthy()
