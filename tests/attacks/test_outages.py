"""Attacks by outage: a Slack that is down, answers oddly or is none, and a pooler before the database."""

import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx2
import pytest

from tests.attacks.fixtures import Shaken
from tests.attacks.proxy import Call, Fault
from tests.attacks.site import ALICE, BOB, DAVE, PAT, Site, wait_for, wait_until_ended
from tests.servers.pgbouncer import CONNECTIONS, PgBouncer

_PEOPLE_ARE_FORGOTTEN_S = 6.0
"""Longer than anybody may be remembered without being looked up again."""


def test_a06_nobody_from_another_organisation_is_given_access(shaken: Shaken):
    """Slack tells of a partner in a shared channel, of another team and no stranger: nothing is granted to them."""

    def from_elsewhere(body: bytes) -> bytes:
        told = json.loads(body)
        told["user"] |= {"team_id": "T0OTHER", "is_stranger": False}
        told["user"].setdefault("profile", {})["team"] = "T0OTHER"
        return json.dumps(told).encode()

    shaken.slack.fault = _on("users.info", Fault(rewrite=from_elsewhere), user=PAT)
    wish = {"level": "read", "resource": "acme-shared/2026/", "to": PAT, "delivery": "session"}
    asked = shaken.site.call(ALICE, "/v1/requests", wish)
    if asked.status_code == httpx2.codes.CREATED:
        answer = shaken.site.approve(BOB, asked.json()["id"])
        assert answer.status_code != httpx2.codes.OK, "somebody of another organisation was given access"


@pytest.mark.parametrize(
    "answer",
    [
        Fault(rewrite=lambda body: _with_group(body, {"id": "S0ODD", "handle": "odd", "name": "Odd"})),
        Fault(status=200, body=b'{"ok": false, "error": "unknown_method"}'),
    ],
    ids=["a group without users", "unknown_method"],
)
def test_b06_a_bad_answer_about_groups_stops_nobody_whose_rule_names_none(shaken: Shaken, answer: Fault):
    """Slack's list of groups cannot be read: asking, approving and `done` go on, as no rule names a group."""
    site = shaken.site
    shaken.slack.fault = _on("usergroups.list", answer)
    time.sleep(_PEOPLE_ARE_FORGOTTEN_S)
    asked = site.call(ALICE, "/v1/requests", {"level": "read", "resource": "acme-shared/2026/"})
    assert asked.status_code == httpx2.codes.CREATED, f"asking: {asked.text}"
    approved = site.approve(BOB, asked.json()["id"])
    assert approved.status_code == httpx2.codes.OK, f"approving: {approved.text}"
    done = site.call(ALICE, f"/v1/grants/{asked.json()['id']}/done", {})
    assert done.status_code == httpx2.codes.OK, f"done: {done.text}"


def test_b07_access_is_taken_away_while_slack_is_down(shaken: Shaken):
    """Slack's API answers 503: `done`, `revoke`, `deny` and `cancel` do what they say."""
    site = shaken.site
    mine, theirs = (site.live(who, delivery="session", resource="acme-shared/2026/") for who in (ALICE, DAVE))
    waits, regretted = site.ask(ALICE), site.ask(ALICE)
    for who in (ALICE, BOB, DAVE):
        site.token(who)
    shaken.slack.fault = lambda _: Fault(status=503)
    time.sleep(_PEOPLE_ARE_FORGOTTEN_S)
    answers = {
        "done": site.call(ALICE, f"/v1/grants/{mine}/done", {}),
        "revoke": site.call(BOB, f"/v1/grants/{theirs}/revoke", {"reason": "INC-42"}),
        "deny": site.call(BOB, f"/v1/requests/{waits}/deny", {"reason": "no"}),
        "cancel": site.call(ALICE, f"/v1/requests/{regretted}/cancel", {}),
    }
    refused = {verb: answer.text for verb, answer in answers.items() if answer.status_code != httpx2.codes.OK}

    assert refused == {}, f"with Slack down, access cannot be taken away: {refused}"


def test_b08_everything_is_done_behind_a_pooler(make_site, checkout, pgbouncer: PgBouncer, postgres_url: str):
    """PgBouncer gives each transaction another connection: thirty requests at once are filed, approved and ended."""
    site: Site = make_site(store_url=pgbouncer.url(postgres_url) + checkout.behind_a_pooler)
    for who in (ALICE, BOB, DAVE):
        site.token(who)

    def live_and_done(number: int) -> int:
        asked = site.ask((ALICE, DAVE)[number % 2], delivery="session")
        assert site.approve(BOB, asked).status_code == httpx2.codes.OK
        return int(site.call((ALICE, DAVE)[number % 2], f"/v1/grants/{asked}/done", {}).status_code)

    with ThreadPoolExecutor(4 * CONNECTIONS) as pool:
        answers = list(pool.map(live_and_done, range(30)))

    assert set(answers) == {httpx2.codes.OK}
    assert site.is_well(), site.http.get("/healthz").text


def test_b09_what_nobody_is_told_is_not_kept_for_good(make_site):
    """Without a Slack nobody reads what people are to be told: what is two days old by the next start goes."""
    site: Site = make_site()
    grant = site.live(ALICE, delivery="session")
    site.slack.faults.refuse("fatal_error", calls=1_000, method="chat.postMessage")
    assert site.call(ALICE, f"/v1/grants/{grant}/done", {}).status_code == httpx2.codes.OK
    wait_until_ended(site, ALICE, grant)
    site.end()
    assert site.sql("select count(*) from outbox") != [(0,)], "there is nothing to tell"
    site.sql("update outbox set due = due - ?", 2 * 24 * 60 * 60 * 1_000_000)
    ((newest,),) = site.sql("select max(id) from outbox")
    site.serve(DAYPASS_SLACK_BOT_TOKEN="", DAYPASS_SLACK_SIGNING_SECRET="")

    wait_for(lambda: site.sql("select count(*) from outbox where id <= ?", newest) == [(0,)], what="its end")


def _with_group(body: bytes, group: dict[str, Any]) -> bytes:
    told = json.loads(body)
    told.setdefault("usergroups", []).append(group)
    return json.dumps(told).encode()


def _on(method: str, fault: Fault, **parameters: str) -> Callable[[Call], Fault | None]:
    def bites(call: Call) -> Fault | None:
        asked = all(call.value(name) == value for name, value in parameters.items())
        return fault if call.action == method and asked else None

    return bites
