"""Attacks by outage: a Slack that is down or answers oddly, a full disk, keys that are not where they were."""

import json
import time
from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from tests.attacks.fixtures import Shaken
from tests.attacks.proxy import Call, Fault
from tests.attacks.site import ALICE, BOB, DAVE, PAT

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


def _with_group(body: bytes, group: dict[str, Any]) -> bytes:
    told = json.loads(body)
    told.setdefault("usergroups", []).append(group)
    return json.dumps(told).encode()


def _on(method: str, fault: Fault, **parameters: str) -> Callable[[Call], Fault | None]:
    def bites(call: Call) -> Fault | None:
        asked = all(call.value(name) == value for name, value in parameters.items())
        return fault if call.action == method and asked else None

    return bites
