"""Asking, deciding and taking back, over HTTP."""

import re
from datetime import timedelta

import httpx2
import pytest

from daypass.lifecycle.approval.reconsider import reconsider
from daypass.model.event import EntryKind, Event
from daypass.model.fact import Fact
from daypass.model.grant import GrantId
from daypass.views.overview import overview
from tests.doors.house import RULES, House
from tests.makers import ANN, BOB, EVE

READ = {"level": "read", "resource": "acme-reports/2026/", "for": "2h", "reason": "INC-42"}


def ask(client: httpx2.Client, **changes: object) -> str:
    """Ask, and return the id."""
    answer = client.post("/v1/requests", json={**READ, **changes})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def error(answer: httpx2.Response) -> dict[str, str]:
    """Read a refusal."""
    return dict(answer.json())


def test_a_request_in_fields_and_one_in_words_are_the_same(ann):
    """The structured body and the text of the grammar ask for the same thing."""
    fields = ann.post("/v1/requests", json=READ).json()
    words = ann.post(
        "/v1/requests", json={"text": 's3 read acme-reports/2026/ --for 2h --reason "INC-42" --again'}
    ).json()

    assert {**fields, "id": ""} == {**words, "id": ""}
    assert fields["state"] == "pending"
    assert fields["term"]["length_s"] == 7200


def test_the_same_ask_within_a_moment_is_refused_with_the_first_ones_id(ann):
    """Nobody is asked twice to decide one thing; `again`, or a key of its own, says that another one is meant."""
    first = ann.post("/v1/requests", json=READ).json()
    second = ann.post("/v1/requests", json=READ)

    assert second.status_code == 409
    assert second.json()["code"] == "asked_already"
    assert first["id"] in second.json()["detail"]
    assert ann.post("/v1/requests", json={**READ, "reason": "INC-43"}).status_code == 201
    assert ann.post("/v1/requests", json={**READ, "again": True}).status_code == 201
    keyed = [ann.post("/v1/requests", json=READ, headers={"Idempotency-Key": key}).json()["id"] for key in "abb"]
    assert len({*keyed, first["id"]}) == 3


def test_the_same_key_is_the_same_request(ann, bob):
    """A program that asks again because the answer was lost files once; Bob's same key is Bob's own."""
    first, again = (ann.post("/v1/requests", json=READ, headers={"Idempotency-Key": "run-7"}).json() for _ in range(2))

    assert first["id"] == again["id"]
    assert len(ann.get("/v1/mine").json()["requests"]) == 1
    other = ann.post("/v1/requests", json={**READ, "delivery": "link"}, headers={"Idempotency-Key": "run-7"})
    assert (other.status_code, error(other)["detail"][:12]) == (422, "This key was")


def test_until_is_meant_in_the_time_zone_of_the_person(ann):
    """Six in the evening in Berlin, in November, is five in UTC."""
    answer = ann.post("/v1/requests", json={**READ, "for": "until 18:00"}).json()

    assert answer["term"]["until"] == "2026-11-23T17:00:00Z"


def test_a_dry_run_shows_the_decision_and_the_document_and_files_nothing(ann):
    """What would be written is shown; nothing waits for anybody afterwards."""
    answer = ann.post("/v1/requests", params={"dry_run": True}, json=READ)

    assert answer.status_code == 200
    assert answer.json()["rule"] == "reports"
    assert answer.json()["papers"] == [{"place": "nowhere", "text": "read acme-reports/2026/"}]
    assert ann.get("/v1/mine").json()["requests"] == []


def test_a_request_is_approved_by_a_colleague_and_becomes_active(house: House, ann, bob):
    """Ann asks, Bob sees it wait for him and approves for an hour, and a worker makes it active."""
    request = ask(ann)
    waiting = [one["id"] for one in bob.get("/v1/mine").json()["waiting"]]
    approved = bob.post(f"/v1/requests/{request}/approve", json={"for": "1h"})
    house.work()
    grant = ann.get(f"/v1/requests/{request}").json()["grant"]

    assert waiting == [request]
    assert approved.status_code == 200
    assert (grant["state"], grant["usable"], grant["ends"]) == ("active", True, "2026-11-23T13:00:00Z")


def test_nobody_approves_their_own_request(ann):
    """Ann is an approver by the rule, but not of herself."""
    answer = ann.post(f"/v1/requests/{ask(ann)}/approve", json={"for": "requested"})

    assert answer.status_code == 403
    assert error(answer)["code"] == "not_yours"


def test_a_second_decision_is_refused_and_says_who_came_first(ann, bob):
    """The name is a name, not Slack's way of writing one."""
    request = ask(ann)
    bob.post(f"/v1/requests/{request}/approve", json={"for": "requested"})

    answer = bob.post(f"/v1/requests/{request}/deny", json={"reason": "too late"})

    assert answer.status_code == 410
    assert error(answer)["detail"] == "It was approved by U0Bob already, on 23 Nov at 12:00 UTC."


def test_a_denial_carries_its_reason(ann, bob):
    """The requestor can read why."""
    request = ask(ann)
    bob.post(f"/v1/requests/{request}/deny", json={"reason": "use the export"})

    shown = ann.get(f"/v1/requests/{request}").json()["request"]

    assert (shown["state"], shown["approval"]["note"]) == ("denied", "use the export")


def test_a_request_can_be_taken_back_by_the_one_who_asked_alone(ann, bob):
    """Bob may deny it, but not cancel it."""
    request = ask(ann)

    assert bob.post(f"/v1/requests/{request}/cancel").status_code == 403
    assert ann.post(f"/v1/requests/{request}/cancel").json()["state"] == "cancelled"


NOBODYS = "222222222222"
BODIES = {
    "approve": {"for": "requested"},
    "passkey": {"for": "1h"},
    "close": {"note": "Seen."},
    "post-form": {"most": 1},
}
"""What an address about one request is sent, where it wants more than nothing."""


def about_one_request(nobody: httpx2.Client) -> list[tuple[str, str]]:
    """Every verb and address of the API that is about one request or grant."""
    paths = nobody.get("/v1/openapi.json").json()["paths"]
    found = [(verb, path) for path, verbs in paths.items() for verb in verbs if "{request_id}" in path]
    return [(verb, path) for verb, path in found if "/permits/" not in path]


def said(answer: httpx2.Response, request: str = NOBODYS) -> str:
    """All that an answer says, but for the id that was asked for and the number of this one occurrence."""
    return re.sub(r"urn:uuid:[0-9a-f-]{36}", "", answer.text).replace(request, NOBODYS)


@pytest.mark.parametrize("becomes", ["pending", "active", "ended"])
def test_a_stranger_cannot_tell_a_request_from_none(house: House, ann, bob, eve, nobody, becomes: str):
    """At every address that is about one: the same status and sentence as for an id that nobody has."""
    request = ask(ann)
    if becomes != "pending":
        bob.post(f"/v1/requests/{request}/approve", json={"for": "1h"})
        house.work()
    if becomes == "ended":
        ann.post(f"/v1/grants/{request}/done")
        house.work()
    told = {}
    for verb, path in about_one_request(nobody):
        body = None if verb == "get" else BODIES.get(path.rpartition("/")[2], {})
        theirs, none = (eve.request(verb, path.replace("{request_id}", one), json=body) for one in (request, NOBODYS))
        if (theirs.status_code, said(theirs, request)) != (404, said(none)) or none.status_code != 404:
            told[f"{verb} {path}"] = (theirs.status_code, theirs.text, none.status_code, none.text)

    assert told == {}


def test_those_who_decide_by_the_rules_of_now_see_a_request_and_those_of_then_do_not(house: House, ann, bob, eve):
    """In the list of what waits, and by its id; the same in Slack."""
    request = ask(ann)
    house.rules.write_text(RULES.replace("anyone_of: {people: [U0BOB, U0ANN]}", "all_of: {people: [U0EVE]}"))
    house.clock.forward(timedelta(minutes=1))
    reconsider(judge=house.judge, now=house.clock())
    mine = {"bob": bob.get("/v1/mine").json()["waiting"], "eve": eve.get("/v1/mine").json()["waiting"]}

    assert {who: [one["id"] for one in waiting] for who, waiting in mine.items()} == {"bob": [], "eve": [request]}
    assert (bob.get(f"/v1/requests/{request}").status_code, eve.get(f"/v1/requests/{request}").status_code) == (
        404,
        200,
    )
    in_slack = {
        who: [one.id for one in overview(who, judge=house.services.judge, now=house.services.clock()).waiting]
        for who in (BOB, EVE)
    }
    assert in_slack == {BOB: [], EVE: [request]}


def test_a_stranger_who_tries_to_decide_is_refused_and_the_journal_knows(ann, eve):
    """The attempt is in the story that Ann reads."""
    request = ask(ann)
    answer = eve.post(f"/v1/requests/{request}/approve", json={"for": "requested"})
    kinds = [(entry["kind"], entry["actor"]) for entry in ann.get(f"/v1/requests/{request}").json()["story"]]

    assert answer.status_code == 404
    assert ("review.refused", "U0EVE") in kinds


def test_what_no_rule_lends_is_denied(eve):
    """Silence is no."""
    answer = eve.post("/v1/requests", json=READ)

    assert (answer.status_code, error(answer)["code"], error(answer)["field"]) == (403, "not_allowed", "resource")
    assert "no rule covers" in error(answer)["detail"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"level": "raed"}, "level"),
        ({"resource": "acme-*/x"}, "resource"),
        ({"for": "soon"}, "length"),
        ({"for": "0h"}, "length"),
        ({"for": "-5m"}, "length"),
        ({"for": "100000d"}, "length"),
        ({"start": "yesterday"}, "start"),
        ({"delivery": "post"}, "delivery"),
        ({"reason": "x" * 1001}, "reason"),
        ({"level": ""}, "level"),
        ({"resource": ""}, "resource"),
    ],
)
def test_a_wrong_word_is_named(ann, changes, field):
    """Each refusal says which field, in a sentence."""
    answer = ann.post("/v1/requests", json={**READ, **changes})

    assert (answer.status_code, error(answer)["field"]) == (422, field)
    assert error(answer)["detail"].endswith((".", "?"))


def test_a_grant_is_ended_by_its_owner_and_by_nobody_else(house: House, ann, bob):
    """Bob, who may decide on it, revokes; only Ann is done."""
    request = ask(ann)
    bob.post(f"/v1/requests/{request}/approve", json={"for": "requested"})
    house.work()

    assert bob.post(f"/v1/grants/{request}/done").status_code == 403
    assert ann.post(f"/v1/grants/{request}/done").json()["ending"]["why"] == "done"


def test_a_grant_is_revoked_by_somebody_who_may_decide_on_it(house: House, ann, bob):
    """Ann reads who took it away, and why."""
    request = ask(ann)
    bob.post(f"/v1/requests/{request}/approve", json={"for": "requested"})
    house.work()
    bob.post(f"/v1/grants/{request}/revoke", json={"reason": "the incident is over"})

    ending = ann.get(f"/v1/requests/{request}").json()["grant"]["ending"]
    assert (ending["why"], ending["by"], ending["note"]) == ("revoked", "U0BOB", "the incident is over")


def test_an_extension_is_a_new_request_that_leaves_the_grant_as_it_is(house: House, ann, bob):
    """The old grant stays active while the new request waits."""
    request = ask(ann)
    bob.post(f"/v1/requests/{request}/approve", json={"for": "requested"})
    house.work()
    extension = ann.post(f"/v1/grants/{request}/extend", json={"for": "3h"})

    assert (extension.status_code, extension.json()["extends"], extension.json()["state"]) == (201, request, "pending")
    assert ann.get(f"/v1/requests/{request}").json()["grant"]["state"] == "active"


def test_a_grant_that_is_stuck_shows_it_to_its_owner_and_to_those_who_decide(house: House, ann, bob):
    """Ten minutes after AWS began to refuse, both lists say so."""
    request = ask(ann)
    bob.post(f"/v1/requests/{request}/approve", json={"for": "requested"})
    house.aws.failures = [ConnectionError("AWS is away")] * 50
    house.work()
    house.clock.forward(timedelta(minutes=11))

    assert ann.get("/v1/mine").json()["grants"][0]["stuck"]
    assert [one["id"] for one in bob.get("/v1/mine").json()["stuck"]] == [request]


def test_a_long_story_comes_a_page_at_a_time_with_how_long_it_is(house, ann):
    """The newest five hundred, and the older ones by how many are left out; all of them once."""
    request = GrantId(ask(ann))
    at, ledger = house.clock(), house.services.ledger
    said = [
        Fact(
            event=Event(kind=EntryKind.THREAD_SAID, at=at, actor=ANN, subject=request, details={"text": str(one)}),
            told=False,
        )
        for one in range(600)
    ]
    ledger.record(*said)

    newest = ann.get(f"/v1/requests/{request}").json()
    older = ann.get(f"/v1/requests/{request}?skip=500").json()
    assert (len(newest["story"]), newest["total"], older["total"]) == (500, len(ledger.story(request)), newest["total"])
    texts = [one["details"].get("text") for one in (*older["story"], *newest["story"])]
    assert [one for one in texts if one] == [str(one) for one in range(600)]
