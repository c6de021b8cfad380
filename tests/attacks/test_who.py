"""Attacks on who gets access: both sides of a decision, people from elsewhere or gone, authority not checked."""

import time
from concurrent.futures import ThreadPoolExecutor

import httpx2

from tests.attacks.account import reads, session_keys
from tests.attacks.forged import press
from tests.attacks.site import ALICE, BOB, CAROL, Site, wait_for


def test_held_nobody_approves_their_own_request(site: Site):
    """The person who asked is refused as the approver, by every door."""
    asked = site.ask(ALICE)

    assert site.approve(ALICE, asked).status_code in {403, 404}
    press(site, ALICE, site.question(asked), "review.approve", state={"values": {}})
    time.sleep(1)
    assert site.request(ALICE, asked)["request"]["state"] == "pending"


def test_held_an_unsigned_click_does_nothing(site: Site):
    """A click whose signature is wrong is refused."""
    answer = site.http.post(
        "/slack/events",
        content="payload=%7B%7D",
        headers={"X-Slack-Request-Timestamp": str(int(time.time())), "X-Slack-Signature": "v0=00"},
    )

    assert answer.status_code in {401, 403}


def test_held_a_request_is_approved_once_however_many_click(site: Site):
    """Two approvers at the same moment, many times over: one approval, one grant."""
    asked, _ = site.ask(ALICE), [site.token(who) for who in (BOB, CAROL)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: site.approve((BOB, CAROL)[n % 2], asked).status_code, range(8)))
    story = [entry["kind"] for entry in site.story(ALICE, asked)]

    assert httpx2.codes.OK in answers
    assert story.count("request.approved") == 1


def test_held_nothing_is_handed_out_after_the_end(site: Site):
    """After `done`, no credentials; and those that were handed out before are refused by AWS."""
    grant = site.live(ALICE, delivery="session")
    handed = session_keys(site.aws, site.call(ALICE, f"/v1/grants/{grant}/credentials", {}).json())
    assert reads(handed)
    assert site.call(ALICE, f"/v1/grants/{grant}/done", {}).status_code == httpx2.codes.OK
    assert site.call(ALICE, f"/v1/grants/{grant}/credentials", {}).status_code != httpx2.codes.OK
    wait_for(lambda: not reads(handed), within_s=10, what="AWS's refusal")
