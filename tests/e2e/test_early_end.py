"""
Failure-modes row 7, for S3: what is open does not outlive an end before its time.

A click on “I'm done” over Slack's wire, with everything that was handed out still in hand and hours from its date.
"""

import time

import pytest
import urllib3

from daypass.model.grant import Delivery, GrantId
from daypass.resources.s3_statements import Level
from tests.deliveries.world import INSIDE
from tests.e2e.evening import WHOSE
from tests.e2e.holds import Credentials, Hold
from tests.e2e.house import LIN, House, wait_for

_SOON_S = 15.0
"""A click, a worker's turn and the deny in AWS; two seconds on an idle machine."""


def in_hand(house: House, delivery: Delivery, grant_id: GrantId) -> Hold:
    """What its person has of a live grant."""
    match delivery:
        case Delivery.POLICY:
            return Credentials(house.keys[WHOSE[delivery]])
        case Delivery.SESSION:
            return house.credentials(WHOSE[delivery], grant_id)
        case Delivery.LINK:
            return house.presigned(WHOSE[delivery], grant_id)


@pytest.mark.parametrize("delivery", Delivery)
def test_07_what_is_open_is_denied_after_an_early_end(house: House, delivery: Delivery):
    """Hours before the date the keys, the session and the presigned URL are refused, and stay refused."""
    who, bucket = WHOSE[delivery], house.world.bucket
    grant_id = house.lent(who, for_="3h", delivery=delivery)
    hold = in_hand(house, delivery, grant_id)
    before = hold.levels(bucket, INSIDE)
    house.person(who).click(house.told(who, grant_id, "*Live*"), "mine.done")
    wait_for(lambda: not hold.reads(bucket, INSIDE), within_s=_SOON_S)
    house.told(who, grant_id, "they were done")
    time.sleep(1)

    assert Level.READ in before
    assert hold.levels(bucket, INSIDE) == set()


def test_07_one_early_end_leaves_another_session_alone(house: House):
    """Two sessions of the same person on the same place: only the one that was ended is denied."""
    who, bucket = WHOSE[Delivery.SESSION], house.world.bucket
    ended, kept = (house.lent(who, for_="3h", delivery=Delivery.SESSION) for _ in range(2))
    holds = [house.credentials(who, one) for one in (ended, kept)]
    house.person(who).click(house.told(who, ended, "*Live*"), "mine.done")
    wait_for(lambda: not holds[0].reads(bucket, INSIDE), within_s=_SOON_S)

    assert holds[1].reads(bucket, INSIDE)


def test_07_a_daypass_link_is_gone_at_once(house: House):
    """From the click on, before AWS was told of anything, the link answers 410."""
    grant_id = house.lent(LIN, for_="3h", delivery=Delivery.LINK)
    address = house.link(LIN, grant_id)
    house.person(LIN).click(house.told(LIN, grant_id, "*Live*"), "mine.done")

    assert wait_for(lambda: urllib3.request("GET", address, redirect=False, retries=False).status == 410, within_s=5)
