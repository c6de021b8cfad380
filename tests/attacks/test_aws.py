"""Attacks on what stands in AWS: races with a slow AWS, two installations, what is counted and when it is dated."""

import threading
import time
from datetime import UTC, datetime
from random import Random

import httpx2

from tests.attacks.account import reads, session_keys
from tests.attacks.fixtures import Shaken
from tests.attacks.proxy import Call, Fault
from tests.attacks.site import ALICE, DAVE, Site, moment, wait_for


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


def test_held_a_killed_service_ends_what_it_was_asked_to_end(make_site):
    """SIGKILL right after `done` was acknowledged: started again, it ends the access."""
    site = make_site()
    grant = site.live(ALICE, delivery="policy")
    assert site.call(ALICE, f"/v1/grants/{grant}/done", {}).status_code == httpx2.codes.OK
    site.kill()
    site.serve()
    wait_for(lambda: not site.reads(ALICE), within_s=45, what="the removal")


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
