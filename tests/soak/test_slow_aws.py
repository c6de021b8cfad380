"""Slower attacks on what stands in AWS: races with a slow AWS, two installations, restored backups, what is swept."""

import sqlite3
import time
from contextlib import closing
from pathlib import Path

import httpx2

from tests.attacks.fixtures import Shaken
from tests.attacks.proxy import Fault
from tests.attacks.site import ALICE, BOB, DAVE, Site, never, wait_for, wait_until_ended

_IN_ACTIVATION_S = (0.2, 0.6, 1.0, 1.4)


def test_f01_an_early_end_that_meets_the_activation_leaves_nothing_in_aws(shaken: Shaken):
    """While AWS is a little slow, `done` comes within the activation: once it is ended, the keys do not read."""
    site = shaken.site
    shaken.aws.fault = lambda call: Fault(wait_s=1.4) if call.action == "GetPolicy" else None
    left = []
    for pause in _IN_ACTIVATION_S:
        grant = site.ask(ALICE, delivery="policy")
        site.approve(BOB, grant)
        time.sleep(pause)
        site.call(ALICE, f"/v1/grants/{grant}/done", {})
        wait_until_ended(site, ALICE, grant)
        until = time.monotonic() + 2
        while time.monotonic() < until:
            if site.reads(ALICE):
                left.append(f"done after {pause} s")
                site.aws.root().client("iam").delete_user_policy(
                    UserName=site.keys[ALICE].user_name, PolicyName=site.policies(ALICE)[0]
                )
                break
            time.sleep(0.1)

    assert left == [], f"ended in the journal, and the keys read on: {left}"


def test_f09_a_normal_early_end_is_not_counted_as_swept(site: Site):
    """A session is handed out and ended early; its leftovers in AWS are no strangers."""
    grant = site.live(DAVE, delivery="session", for_="12s")
    assert site.call(DAVE, f"/v1/grants/{grant}/credentials", {}).status_code == httpx2.codes.OK
    site.call(DAVE, f"/v1/grants/{grant}/done", {})
    wait_for(lambda: site.state(DAVE, grant) == "ended")
    wait_for(lambda: not any(grant in name for name in site.denies()), within_s=30, what="the deny's removal")
    swept = [entry["kind"] for entry in site.story(DAVE, grant) if entry["kind"].startswith("drift")]

    assert swept == [], f"the leftovers of a normal end are journalled as {swept}"


def test_b11_another_installation_in_the_account_is_left_alone(site: Site, make_site):
    """A second Daypass in the same account grants access; the sweep of the first does not remove it."""
    other = make_site(aws=site.aws)
    other.live(ALICE, delivery="policy")
    never(lambda: not other.reads(ALICE), for_s=12, what="one installation's sweep removed what the other granted")


def test_f07_a_restored_backup_grants_nothing_once_more(make_site, tmp_path: Path):
    """What was approved at the dump, then used and ended, is not granted again by the restored ledger."""
    site = make_site()
    grant = site.ask(ALICE, delivery="policy", start="in 6s", for_="1h")
    site.approve(BOB, grant)
    dump, file = tmp_path / "dump.db", Path(site.store_url.removeprefix("sqlite:///"))
    with closing(sqlite3.connect(file)) as now, closing(sqlite3.connect(dump)) as then:
        now.backup(then)
    wait_for(lambda: site.state(ALICE, grant) == "active")
    site.call(ALICE, f"/v1/grants/{grant}/done", {})
    wait_for(lambda: site.state(ALICE, grant) == "ended")
    site.end()
    for part in file.parent.glob(f"{file.name}*"):
        part.unlink()
    file.write_bytes(dump.read_bytes())
    site.serve()
    never(lambda: site.reads(ALICE), for_s=8, what="a restored ledger granted once more what had been used and ended")


def test_held_a_killed_service_ends_what_it_was_asked_to_end(make_site):
    """SIGKILL right after `done` was acknowledged: started again, it ends the access."""
    site = make_site()
    grant = site.live(ALICE, delivery="policy")
    assert site.call(ALICE, f"/v1/grants/{grant}/done", {}).status_code == httpx2.codes.OK
    site.kill()
    site.serve()
    wait_for(lambda: not site.reads(ALICE), within_s=45, what="the removal")
