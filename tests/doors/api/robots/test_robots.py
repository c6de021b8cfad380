"""Robots over real HTTP: added by an owner of the rules, asking in their own name, and never deciding."""

import re
from dataclasses import replace
from datetime import timedelta

import httpx2
import pytest

from daypass.lifecycle.bots.administer import robot_fact
from daypass.model.bot import Bot
from daypass.model.event import EntryKind
from daypass.model.login import LoginScope
from daypass.rules.rule.people import NamedPeople
from tests.doors.api.robots.speaking import ASK, DEPLOY, added, narrowed, speaking
from tests.doors.house import House
from tests.makers import ANN, BOB, EVE


def test_a_robot_asks_in_its_own_name(robot: httpx2.Client, bob: httpx2.Client):
    """A person who is not the robot decides, and the robot is handed what it asked for."""
    assert robot.get("/v1/me").json()["id"] == DEPLOY
    filed = robot.post("/v1/requests", json=ASK)

    assert filed.status_code == 201
    assert filed.json()["requestor"] == DEPLOY
    assert robot.get(f"/v1/requests/{filed.json()['id']}").status_code == 200


def test_a_robot_decides_on_nothing(house: House, robot: httpx2.Client, ann: httpx2.Client):
    """It may neither approve, deny nor revoke, whosever request it is."""
    request = ann.post("/v1/requests", json=ASK).json()["id"]
    tried = {
        "approve": robot.post(f"/v1/requests/{request}/approve", json={"for": "requested"}),
        "deny": robot.post(f"/v1/requests/{request}/deny", json={"reason": "no"}),
        "revoke": robot.post(f"/v1/grants/{request}/revoke", json={"reason": "no"}),
    }

    assert {verb: answer.status_code for verb, answer in tried.items()} == dict.fromkeys(tried, 403)
    assert {answer.json()["detail"] for answer in tried.values()} == {
        "A robot asks and never decides; a person has to."
    }
    assert house.services.ledger.request(request).state == "pending"


def test_a_colleague_decides_and_not_who_answers_for_the_robot(
    house: House, robot: httpx2.Client, ann: httpx2.Client, bob: httpx2.Client
):
    """Bob added it, so Ann approves; then it is handed what it asked for, and nobody else is."""
    request = robot.post("/v1/requests", json=ASK).json()["id"]

    refused = bob.post(f"/v1/requests/{request}/approve", json={"for": "requested"}).json()
    assert "answer for the robot" in refused["detail"]
    assert ann.post(f"/v1/requests/{request}/approve", json={"for": "requested"}).status_code == 200
    house.work()
    assert robot.post(f"/v1/grants/{request}/credentials").status_code == 200
    assert bob.post(f"/v1/grants/{request}/credentials").status_code == 403
    assert robot.post(f"/v1/grants/{request}/done").json()["state"] == "ending"


def test_every_address_that_decides_refuses_robots_and_agents(
    house: House, robot: httpx2.Client, nobody: httpx2.Client
):
    """Read off the API's own description, so that none is forgotten."""
    agents = narrowed(nobody, house.token(BOB)).json()["access_token"]
    paths = nobody.get("/v1/openapi.json").json()["paths"]
    deciding = [
        path for path in paths if path.rsplit("/", 1)[-1] in {"approve", "deny", "revoke", "rotate", "adopt", "remove"}
    ]
    assert len(deciding) >= 5

    with speaking(house, agents) as agent:
        for path in deciding:
            there = re.sub(r"\{\w+\}", "abcdefgh2345", path)
            for somebody in (robot, agent):
                answer = somebody.post(there, json={"days": 3} if path.endswith("rotate") else {})
                assert answer.status_code == 403, path
                assert "never decides" in answer.json()["detail"], path


def test_a_robot_tends_no_robots(robot: httpx2.Client):
    """It adds none, changes none, and sees those that are its own, which are none."""
    for path, body in {
        "": {"name": "other", "days": 300},
        "/deploy/rotate": {"days": 300},
        "/deploy/remove": {},
    }.items():
        assert robot.post(f"/v1/robots{path}", json=body).status_code == 403
    assert robot.get("/v1/robots").json()["robots"] == []


def test_a_robot_reads_no_journal(robot: httpx2.Client):
    """The whole journal is for those who decide."""
    assert robot.get("/v1/journal/export").status_code == 403


def test_a_token_is_shown_once(house: House, bob: httpx2.Client):
    """Neither the list nor the journal has it."""
    token = added(bob, about="nightly run")["token"]
    house.book.fold()
    listed = bob.get("/v1/robots")
    journal = bob.get("/v1/journal/export")

    assert listed.json()["robots"][0]["about"] == "nightly run"
    assert listed.json()["names"] == {BOB: house.directory.principal(BOB).name}
    assert token not in listed.text + journal.text
    assert '"robot.added"' in journal.text


def test_rotating_and_removing_count_at_the_next_call(house: House, bob: httpx2.Client, robot: httpx2.Client):
    """The old token is refused with 401, and so is that of a robot that is gone."""
    fresh = bob.post("/v1/robots/deploy/rotate", json={"days": 5}).json()["token"]
    assert robot.get("/v1/me").status_code == 401
    with speaking(house, fresh) as other:
        assert other.get("/v1/me").status_code == 200
        assert bob.post("/v1/robots/deploy/remove").status_code == 200
        assert other.get("/v1/me").status_code == 401


def test_a_token_that_is_over_is_refused(house: House, robot: httpx2.Client):
    """From the very second."""
    house.clock.forward(timedelta(days=30))

    assert robot.get("/v1/me").status_code == 401


def test_a_robot_whose_owner_has_left_is_refused(house: House, robot: httpx2.Client):
    """Somebody must answer for what it does."""
    house.directory.change(BOB, active=False)
    assert "has left" in robot.get("/v1/me").json()["detail"]

    del house.directory.people[BOB]
    assert robot.get("/v1/me").status_code == 403


def test_a_robot_whose_owner_has_left_is_adopted(house: House, bob: httpx2.Client, ann: httpx2.Client):
    """By another owner of the rules, with another token."""
    added(bob)
    book = replace(house.services.rules(), owners=NamedPeople(people=frozenset({BOB, ANN})))
    house.under(lambda: book)
    house.directory.change(BOB, active=False)
    adopted = ann.post("/v1/robots/deploy/adopt", json={"days": 3}).json()

    assert adopted["owner"] == ANN
    with speaking(house, adopted["token"]) as robot:
        assert robot.get("/v1/me").status_code == 200


def test_somebody_else_adds_no_robot(ann: httpx2.Client):
    """Ann does not own the rules."""
    answer = ann.post("/v1/robots", json={"name": "deploy", "days": 30})

    assert answer.status_code == 403
    assert "owners of the rules" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"scopes": ["decide"]}, "scopes"),
        ({"scopes": ["all"]}, "scopes"),
        ({"days": 400}, "days"),
        ({"days": None}, "days"),
        ({"days": True}, "days"),
        ({"name": "De ploy"}, "name"),
        ({"days": None, "issuer": "https://evil.example", "audience": "a"}, "issuer"),
        ({"claims": {"sub": 3}}, "sub"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_robot_that_cannot_be_is_refused(bob: httpx2.Client, wrong: dict[str, object], field: str):
    """With the word that is wrong."""
    answer = bob.post("/v1/robots", json={"name": "deploy", "days": 30, **wrong})

    assert answer.status_code == 422
    assert answer.json()["field"] == field


def test_whatever_is_written_of_a_robot_it_never_decides(house: House, bob: httpx2.Client):
    """Not even one that somebody gave the scope in the database."""
    token = added(bob)["token"]
    kept = house.services.ledger.find(Bot, DEPLOY)
    give_every_scope(house, kept)
    with speaking(house, token) as robot:
        assert robot.post("/v1/requests/abcdefgh2345/approve", json={"for": "requested"}).status_code == 403


def give_every_scope(house: House, robot: Bot) -> None:
    """Write what no verb would write."""
    tampered = replace(robot, scopes=frozenset(LoginScope))
    house.services.ledger.record(robot_fact(EntryKind.ROBOT_CHANGED, tampered, by=ANN, now=house.clock()))


def test_an_owner_who_rotated_a_bots_token_does_not_approve_what_was_asked_with_it(house: House, bob: httpx2.Client):
    """Bob owns the rules and may approve; Eve answers for the bot, and Bob was handed its token."""
    added(bob)
    token = bob.post("/v1/robots/deploy/rotate", json={"days": 30}).json()["token"]
    stored = house.ledger.find(Bot, DEPLOY)
    house.directory.change(DEPLOY, owner=EVE, holders=stored.holders)
    with speaking(house, token) as robot:
        request = robot.post("/v1/requests", json=ASK).json()["id"]

    refused = bob.post(f"/v1/requests/{request}/approve", json={"for": "requested"})

    assert refused.status_code == 403
    assert "token of the bot" in refused.text
    assert house.ledger.grants() == []
