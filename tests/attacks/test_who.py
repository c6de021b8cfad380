"""Attacks on who gets access: both sides of a decision, people from elsewhere or gone, authority not checked."""

import re
import time
from concurrent.futures import ThreadPoolExecutor

import httpx2

from tests.attacks.account import reads, session_keys
from tests.attacks.forged import press
from tests.attacks.site import ALICE, BOB, CAROL, DAVE, EVE, Site, wait_for

_UNKNOWN_ID = "aaaaaaaaaaaa"
_EXCHANGE = {
    "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
    "subject_token_type": "urn:ietf:params:oauth:token-type:access_token",
}


def test_a04_nobody_approves_what_a_bot_asks_with_a_token_that_they_were_given(site: Site):
    """Carol rotates Bob's bot, asks with its new token, and is refused as its approver."""
    made = site.call(BOB, "/v1/robots", {"name": "nightly", "days": 30, "scopes": ["read", "ask", "use"]})
    assert made.status_code == httpx2.codes.CREATED, made.text
    given = site.call(CAROL, "/v1/robots/nightly/rotate", {"days": 30}).json()["token"]
    asked = site.call(CAROL, "/v1/requests", {"level": "read", "resource": "acme-reports/2026/"}, token=given)
    if asked.status_code == httpx2.codes.CREATED:
        answer = site.approve(CAROL, asked.json()["id"])
        assert answer.status_code != httpx2.codes.OK, "one person gave access to herself through a bot"
    assert asked.status_code in {httpx2.codes.CREATED, httpx2.codes.FORBIDDEN}, asked.text


def test_a08_a_click_without_its_choice_does_not_approve_everything(site: Site):
    """The payload of Approve comes without `state`: the request stays pending."""
    asked = site.ask(ALICE, for_="8h")
    question = site.question(asked)
    press(site, BOB, question, "review.approve")
    time.sleep(2)

    assert site.request(ALICE, asked)["request"]["state"] == "pending", "what was not chosen was taken for all of it"


def test_a10_an_agents_reading_token_ends_no_login(site: Site):
    """With a token that may only read, `logout?all=true` is refused, and the person stays logged in."""
    form = _EXCHANGE | {"subject_token": site.token(DAVE), "scope": "read"}
    agent = site.http.post("/v1/token", data=form).json()["access_token"]
    answer = site.http.post("/v1/logout?all=true", headers={"Authorization": f"Bearer {agent}"})
    still = site.call(DAVE, "/v1/me").status_code

    assert still == httpx2.codes.OK, f"an agent's reading token ended its person's logins ({answer.status_code})"


def test_a14_an_outsider_cannot_tell_a_real_id_from_one_that_nobody_has(site: Site):
    """Every action by somebody who is not involved is answered as for an id that nobody has, word for word."""
    waits, lives = site.ask(ALICE), site.live(ALICE, delivery="session")
    actions = {
        "requests": {"approve": site.checkout.as_requested, "deny": {"reason": "x"}, "cancel": {}},
        "grants": {"done": {}, "revoke": {"reason": "x"}, "extend": {"for": "1h"}, "credentials": {}, "console": {}},
        "glass": {"close": {"note": "x"}},
    }

    def answers(which: str) -> dict[str, str]:
        tried = {}
        for kind, verbs in actions.items():
            for verb, body in verbs.items():
                answer = site.call(EVE, f"/v1/{kind}/{which}/{verb}", body)
                once = re.sub(r"urn:uuid:[0-9a-f-]{36}", "ONCE", answer.text)  # of each answer its own (RFC 9457)
                tried[verb] = f"{answer.status_code} {once}".replace(which, "ID")
        return tried

    unknown = answers(_UNKNOWN_ID)
    told = [(verb, said) for real in (waits, lives) for verb, said in answers(real).items() if said != unknown[verb]]

    assert told == [], f"a real id is answered otherwise than one that nobody has: {told}"


def test_a16_a_review_cannot_close_before_what_it_reviews_is_over(site: Site):
    """While the emergency access is live, its review stays open."""
    asked = site.ask(ALICE, urgent=True, reason="INC-42", for_="30m")
    wait_for(lambda: site.state(ALICE, asked) == "active")
    answer = site.call(CAROL, f"/v1/glass/{asked}/close", {"note": "All well."})

    assert answer.status_code != httpx2.codes.OK, "a review was closed of what is not over"


def test_f10_the_same_decision_again_is_answered_as_the_first_time(site: Site):
    """An approver whose answer was lost sends it again, and reads that it is approved."""
    asked = site.ask(ALICE)
    first, again = site.approve(BOB, asked), site.approve(BOB, asked)

    assert first.status_code == httpx2.codes.OK
    assert again.status_code == httpx2.codes.OK, f"the same click again: {again.status_code} {again.text}"


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
