"""Attacks on what stands in AWS: races with a slow AWS, two installations, what is counted and when it is dated."""

import threading
import time
from datetime import UTC, datetime
from random import Random

import httpx2
import pytest

from tests.attacks.account import reads, session_keys
from tests.attacks.fixtures import Shaken
from tests.attacks.proxy import Call, Fault
from tests.attacks.site import ALICE, DAVE, Site, moment, wait_for


@pytest.mark.parametrize("delivery", ["policy", "session"])
def test_f05_an_end_is_dated_after_aws_answered(shaken: Shaken, delivery: str):
    """AWS takes three seconds over the removal: the journal's end is not before the last read that AWS allowed."""
    site = shaken.site
    grant = site.live(ALICE, delivery=delivery)
    keys = site.keys[ALICE]
    if delivery == "session":
        keys = session_keys(site.aws, site.call(ALICE, f"/v1/grants/{grant}/credentials", {}).json())
    assert reads(keys)
    slow = {"DeleteUserPolicy", "PutRolePolicy"}
    shaken.aws.fault = lambda call: Fault(wait_s=3) if call.action in slow else None
    assert site.call(ALICE, f"/v1/grants/{grant}/done", {}).status_code == httpx2.codes.OK
    last = began = datetime.now(UTC)
    while reads(keys):  # it was allowed at some moment after it began
        last = began
        time.sleep(0.05)
        began = datetime.now(UTC)
    wait_for(lambda: site.state(ALICE, grant) == "ended", within_s=30)
    ended = next(moment(entry["at"]) for entry in site.story(ALICE, grant) if entry["kind"] == "grant.ended")

    early = (last - ended).total_seconds()
    assert early <= 0, f"grant.ended is dated {early:.1f} s before the last read that AWS allowed"


def test_b12_no_deny_is_written_for_a_grant_of_which_nothing_was_handed_out(site: Site):
    """Sessions that nobody opened are ended early: the role of sessions has no denies for them."""
    grants = [site.live(DAVE, delivery="session", resource="acme-tiny/2026/") for _ in range(3)]
    for grant in grants:
        site.call(DAVE, f"/v1/grants/{grant}/done", {})
    wait_for(lambda: all(site.state(DAVE, grant) == "ended" for grant in grants))
    written = [name for name in site.denies() if any(grant in name for grant in grants)]

    assert written == [], f"a deny was written for sessions that nobody has: {written}"


def test_held_nothing_is_allowed_past_its_written_date(site: Site):
    """Policies and sessions of a few seconds: refused from the second after their date on, whatever Daypass does."""
    policy = site.live(ALICE, delivery="policy", for_="5s", resource="acme-shared/2026/")
    session = site.live(ALICE, delivery="session", for_="5s", resource="acme-shared/2026/")
    handed = session_keys(site.aws, site.call(ALICE, f"/v1/grants/{session}/credentials", {}).json())
    holds = {policy: site.keys[ALICE], session: handed}
    late = []
    for grant, keys in holds.items():
        ends = moment(site.grant(ALICE, grant)["ends"])
        while datetime.now(UTC) < ends:
            time.sleep(0.05)
        time.sleep(1)
        late += [grant] if reads(keys, "acme-shared") else []

    assert late == []


def test_held_lost_answers_of_aws_give_nothing_twice(shaken: Shaken):
    """AWS does what it is told and the answer is lost, now and then: one activation, and an end that removes."""
    site, lock = shaken.site, threading.Lock()
    draw = Random(7)  # noqa: S311 - the same dice every time

    def lossy(call: Call) -> Fault | None:
        with lock:
            return Fault(cut=True) if call.action.endswith("UserPolicy") and draw.random() < 0.4 else None

    shaken.aws.fault = lossy
    grant = site.live(DAVE, delivery="policy")
    site.call(DAVE, f"/v1/grants/{grant}/done", {})
    wait_for(lambda: site.state(DAVE, grant) == "ended", within_s=40)
    kinds = [entry["kind"] for entry in site.story(DAVE, grant)]

    assert kinds.count("grant.activated") == 1
    assert not site.reads(DAVE)
