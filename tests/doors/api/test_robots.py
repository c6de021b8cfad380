"""Robots over real HTTP: added by an owner of the rules, asking in their own name, and never deciding."""

import re
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from daypass.lifecycle.robots.add import robot_fact
from daypass.model.event import Kind, Scope
from daypass.model.kept import Robot
from daypass.model.principal import Principal, PrincipalId
from daypass.rules.document import parse
from daypass.rules.people import People
from daypass.trust.issuers import Issuers
from tests.doors.house import RULES, House, open_house
from tests.makers import ANN, BOB
from tests.trust.issuer import OTHER_RSA, Issuer, forged, open_issuer

DEPLOY = PrincipalId("bot:deploy")
GRANT_TYPE = "urn:ietf:params:oauth:grant-type:token-exchange"
JWT = "urn:ietf:params:oauth:token-type:jwt"


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    """Open an issuer."""
    with open_issuer() as issuer:
        yield issuer


@pytest.fixture
def house(tmp_path: Path, issuer: Issuer) -> Iterator[House]:
    """Open a house whose rules Bob owns, and name a robot in them."""
    book = replace(parse(RULES, name="rules.yaml"), owners=People(people=frozenset({BOB})))
    with open_house(tmp_path, workloads=Issuers([issuer.url], clock=time.monotonic)) as house:
        object.__setattr__(house.desk, "rules", lambda: lending_to_robots(book))
        house.directory.people[DEPLOY] = Principal(id=DEPLOY, name="deploy", owner=BOB)
        house.directory.people[PrincipalId("bot:other")] = Principal(id=PrincipalId("bot:other"), name="other")
        yield house


def lending_to_robots(book: Any) -> Any:
    """Let the first rule lend to the robot too."""
    first = book.rules[0]
    who = People(people=first.who.people | {DEPLOY})
    return replace(book, rules=(replace(first, who=who), *book.rules[1:]))


def added(bob: httpx2.Client, **more: object) -> dict[str, Any]:
    """Have Bob add the robot."""
    answer = bob.post("/v1/robots", json={"name": "deploy", "days": 30, **more})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def speaking(house: House, token: str) -> httpx2.Client:
    """Speak as whoever holds a token."""
    return httpx2.Client(base_url=house.url, headers={"Authorization": f"Bearer {token}"})


@pytest.fixture
def robot(house: House, bob: httpx2.Client) -> Iterator[httpx2.Client]:
    """The robot, with a token of ours."""
    with speaking(house, added(bob)["token"]) as client:
        yield client


ASK = {"text": "s3 read acme-reports/2026/ --for 1h --reason nightly"}


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
        "approve": robot.post(f"/v1/requests/{request}/approve", json={}),
        "deny": robot.post(f"/v1/requests/{request}/deny", json={"reason": "no"}),
        "revoke": robot.post(f"/v1/grants/{request}/revoke", json={"reason": "no"}),
    }

    assert {verb: answer.status_code for verb, answer in tried.items()} == dict.fromkeys(tried, 403)
    assert {answer.json()["error"]["sentence"] for answer in tried.values()} == {
        "A robot asks and never decides; a person has to."
    }
    assert house.desk.ledger.request(request).state == "pending"


def test_a_colleague_decides_and_not_who_answers_for_the_robot(
    house: House, robot: httpx2.Client, ann: httpx2.Client, bob: httpx2.Client
):
    """Bob added it, so Ann approves; then it is handed what it asked for, and nobody else is."""
    request = robot.post("/v1/requests", json=ASK).json()["id"]

    assert "answer for the robot" in bob.post(f"/v1/requests/{request}/approve", json={}).json()["error"]["sentence"]
    assert ann.post(f"/v1/requests/{request}/approve", json={}).status_code == 200
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
                assert "never decides" in answer.json()["error"]["sentence"], path


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
    assert "has left" in robot.get("/v1/me").json()["error"]["sentence"]

    del house.directory.people[BOB]
    assert robot.get("/v1/me").status_code == 403


def test_a_robot_whose_owner_has_left_is_adopted(house: House, bob: httpx2.Client, ann: httpx2.Client):
    """By another owner of the rules, with another token."""
    added(bob)
    book = replace(house.desk.rules(), owners=People(people=frozenset({BOB, ANN})))
    object.__setattr__(house.desk, "rules", lambda: book)
    house.directory.change(BOB, active=False)
    adopted = ann.post("/v1/robots/deploy/adopt", json={"days": 3}).json()

    assert adopted["owner"] == ANN
    with speaking(house, adopted["token"]) as robot:
        assert robot.get("/v1/me").status_code == 200


def test_somebody_else_adds_no_robot(ann: httpx2.Client):
    """Ann does not own the rules."""
    answer = ann.post("/v1/robots", json={"name": "deploy", "days": 30})

    assert answer.status_code == 403
    assert "owners of the rules" in answer.json()["error"]["sentence"]


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
    assert answer.json()["error"]["field"] == field


def by_workload(bob: httpx2.Client, issuer: Issuer, name: str = "deploy", **claims: str) -> None:
    """Have Bob add a robot that comes with the tokens of the issuer."""
    named = {"sub": "repo:acme/deploy:ref:refs/heads/main", **claims}
    body = {"name": name, "issuer": issuer.url, "audience": "daypass", "claims": named}
    assert bob.post("/v1/robots", json=body).status_code == 201


def exchanged(client: httpx2.Client, token: str, **more: str) -> httpx2.Response:
    """Exchange a token, as a program does that knows nothing but the standard."""
    form = {"grant_type": GRANT_TYPE, "subject_token": token, "subject_token_type": JWT, **more}
    return client.post("/v1/token", data=form)


def test_a_workload_comes_with_its_own_token(house: House, bob: httpx2.Client, nobody: httpx2.Client, issuer: Issuer):
    """It is exchanged for one of a quarter of an hour, which asks in the robot's name."""
    by_workload(bob, issuer, ref="refs/heads/*")
    given = exchanged(nobody, issuer.token())

    assert given.status_code == 200
    assert {name: value for name, value in given.json().items() if name != "access_token"} == {
        "issued_token_type": "urn:ietf:params:oauth:token-type:access_token",
        "token_type": "Bearer",
        "expires_in": 900,
        "scope": "ask read use",
        "principal": DEPLOY,
    }
    with speaking(house, given.json()["access_token"]) as robot:
        assert robot.post("/v1/requests", json=ASK).json()["requestor"] == DEPLOY
        house.clock.forward(timedelta(minutes=15))
        assert "is over" in robot.get("/v1/me").json()["error"]["sentence"]


def test_a_workload_may_ask_for_less(house: House, bob: httpx2.Client, nobody: httpx2.Client, issuer: Issuer):
    """Never for more, and least of all for deciding."""
    by_workload(bob, issuer)
    token = exchanged(nobody, issuer.token(jti="1"), scope="read").json()["access_token"]
    with speaking(house, token) as robot:
        assert robot.get("/v1/me").status_code == 200
        assert robot.post("/v1/requests", json=ASK).status_code == 403
    assert exchanged(nobody, issuer.token(jti="2"), scope="read decide").json()["error"]["field"] == "scope"


def test_a_short_lived_token_is_taken_once(bob: httpx2.Client, nobody: httpx2.Client, issuer: Issuer):
    """Who reads it in a log comes too late; one that is a file for an hour is read again and again."""
    by_workload(bob, issuer)
    short, hourly = issuer.token(), issuer.token(jti="h", exp=issuer.claims()["exp"] + 3600)

    assert [exchanged(nobody, short).status_code for _ in range(2)] == [200, 403]
    assert [exchanged(nobody, hourly).status_code for _ in range(2)] == [200, 200]


def test_a_removed_robots_workload_is_refused_at_once(
    house: House, bob: httpx2.Client, nobody: httpx2.Client, issuer: Issuer
):
    """The token it has, and every other."""
    by_workload(bob, issuer)
    with speaking(house, exchanged(nobody, issuer.token()).json()["access_token"]) as robot:
        assert robot.get("/v1/me").status_code == 200
        bob.post("/v1/robots/deploy/remove")

        assert robot.get("/v1/me").status_code == 401
        assert exchanged(nobody, issuer.token(jti="again")).status_code == 403


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "other"},
        {"aud": ["other", "daypass2"]},
        {"aud": None},
        {"sub": "repo:acme/deploy:ref:refs/heads/main2"},
        {"sub": "xrepo:acme/deploy:ref:refs/heads/main"},
        {"sub": "repo:acme/deploy:ref:refs/heads/main\n"},
        {"sub": "repo:ACME/deploy:ref:refs/heads/main"},
        {"sub": None},
        {"sub": ["repo:acme/deploy:ref:refs/heads/main"]},
        {"ref": "refs/heads/main/x"},
        {"ref": "refs/tags/main"},
        {"ref": None},
        {"repository": "acme/deploy-evil"},
        {"repository": "evil/acme/deploy"},
        {"repository": "acme/deploy:x"},
    ],
)
def test_a_workload_that_is_not_meant_is_refused(
    bob: httpx2.Client, nobody: httpx2.Client, issuer: Issuer, claims: dict[str, object]
):
    """A claim that begins, ends or looks like what is wanted is not it."""
    by_workload(bob, issuer, ref="refs/heads/*", repository="acme/deploy")
    answer = exchanged(nobody, issuer.sign({**issuer.claims(), **claims}))

    assert answer.status_code == 403
    assert "No robot here" in answer.json()["error"]["sentence"]


def test_forged_tokens_are_refused(bob: httpx2.Client, nobody: httpx2.Client, issuer: Issuer):
    """Unsigned, signed by another, over, or of an issuer that no robot names."""
    by_workload(bob, issuer)
    claims, head = issuer.claims(), {"alg": "none", "kid": "one"}
    tried = [
        forged(claims, head),
        forged(claims, {"alg": "HS256", "kid": "one"}, b"secret"),
        issuer.sign(claims, key=OTHER_RSA),
        issuer.token(exp=claims["exp"] - 3600, iat=claims["iat"] - 3600),
        issuer.token(iss=f"{issuer.url}.evil.example"),
        issuer.token(iss=f"{issuer.url}/"),
    ]

    assert [exchanged(nobody, token).status_code for token in tried] == [403] * len(tried)


def test_no_issuer_is_asked_whom_no_robot_names(nobody: httpx2.Client, issuer: Issuer):
    """A stranger cannot make the house call anywhere."""
    assert exchanged(nobody, issuer.token()).status_code == 403
    assert issuer.asked == []


def test_a_token_that_fits_two_robots_says_which(bob: httpx2.Client, nobody: httpx2.Client, issuer: Issuer):
    """Nothing is guessed."""
    by_workload(bob, issuer)
    by_workload(bob, issuer, "other")

    assert exchanged(nobody, issuer.token()).json()["error"]["field"] == "client_id"
    assert exchanged(nobody, issuer.token(), client_id="bot:other").json()["principal"] == "bot:other"
    assert exchanged(nobody, issuer.token(jti="2"), client_id="bob").status_code == 403


@pytest.mark.parametrize(
    "change",
    [
        {"grant_type": "password"},
        {"subject_token": ""},
        {"subject_token": "x"},
        {"subject_token": "x" * 20_000},
        {"subject_token_type": "urn:ietf:params:oauth:token-type:saml2"},
        {"requested_token_type": JWT},
        {"actor_token": "x"},
        {"scope": "everything"},
    ],
)
def test_what_is_no_exchange_is_refused(
    bob: httpx2.Client, nobody: httpx2.Client, issuer: Issuer, change: dict[str, str]
):
    """In the one shape of every refusal, without a word of the token."""
    by_workload(bob, issuer)
    form = {"grant_type": GRANT_TYPE, "subject_token": issuer.token(), "subject_token_type": JWT, **change}
    answer = nobody.post("/v1/token", data=form)

    assert answer.status_code == 422
    assert answer.json()["error"]["code"] == "bad_input"
    assert form["subject_token"] == "" or form["subject_token"][:20] not in answer.text or form["subject_token"] == "x"


def test_no_exchange_leaves_a_token_behind(
    house: House, bob: httpx2.Client, nobody: httpx2.Client, issuer: Issuer, capfd: pytest.CaptureFixture[str]
):
    """Neither the workload's nor ours stands in the journal or in what the service says of itself."""
    by_workload(bob, issuer)
    theirs = issuer.token()
    ours = exchanged(nobody, theirs).json()["access_token"]
    exchanged(nobody, theirs)
    with speaking(house, ours) as robot:
        robot.get("/v1/me")
    house.book.fold()
    journal = bob.get("/v1/journal/export").text
    said = "".join(capfd.readouterr())

    assert '"login.issued"' in journal
    assert [token for token in (theirs, theirs.split(".")[1], ours) if token in journal + said] == []


def test_a_robot_ends_its_own_short_lived_token(
    house: House, bob: httpx2.Client, nobody: httpx2.Client, issuer: Issuer
):
    """When its work is done."""
    by_workload(bob, issuer)
    with speaking(house, exchanged(nobody, issuer.token()).json()["access_token"]) as robot:
        assert robot.post("/v1/logout").status_code == 204
        assert robot.get("/v1/me").status_code == 401


def test_whatever_is_written_of_a_robot_it_never_decides(house: House, bob: httpx2.Client, issuer: Issuer):
    """Not even one that somebody gave the scope in the database."""
    token = added(bob)["token"]
    kept = house.desk.ledger.find(Robot, DEPLOY)
    give_every_scope(house, kept)
    with speaking(house, token) as robot:
        assert robot.post("/v1/requests/abcdefgh2345/approve", json={}).status_code == 403


def give_every_scope(house: House, robot: Robot) -> None:
    """Write what no verb would write."""
    tampered = replace(robot, scopes=frozenset(Scope))
    house.desk.ledger.record(robot_fact(Kind.ROBOT_CHANGED, tampered, by=ANN, now=house.clock()))


def narrowed(client: httpx2.Client, token: str, **more: str) -> httpx2.Response:
    """Exchange a person's own token for one that an agent may have."""
    kind = "urn:ietf:params:oauth:token-type:access_token"
    return exchanged(client, token, subject_token_type=kind, **more)


def test_an_agent_has_less_than_the_person(house: House, nobody: httpx2.Client, ann: httpx2.Client):
    """It asks in Bob's name, and decides on nothing that Bob could decide on."""
    request = ann.post("/v1/requests", json=ASK).json()["id"]
    given = narrowed(nobody, house.token(BOB)).json()

    assert given["scope"] == "ask read use"
    with speaking(house, given["access_token"]) as agent:
        assert agent.get("/v1/me").json()["id"] == BOB
        assert agent.post("/v1/requests", json=ASK).status_code == 201
        assert agent.post(f"/v1/requests/{request}/approve", json={}).status_code == 403
        assert agent.post("/v1/robots", json={"name": "other", "days": 300}).status_code == 403


def test_an_agent_never_has_the_scope_to_decide(house: House, nobody: httpx2.Client):
    """Not when it is asked for, and not by asking twice."""
    token = narrowed(nobody, house.token(BOB), scope="read decide").json()

    assert token["scope"] == "read"
    assert narrowed(nobody, token["access_token"], scope="read ask").status_code == 403
    assert narrowed(nobody, token["access_token"]).status_code == 403


def test_an_agent_ends_with_the_person(house: House, nobody: httpx2.Client):
    """Whoever logs out ends what works for them; an agent that ends leaves the person logged in."""
    whole = house.token(BOB)
    with speaking(house, whole) as bob:
        first, second = (narrowed(nobody, whole).json()["access_token"] for _ in range(2))
        with speaking(house, first) as agent:
            assert agent.post("/v1/logout").status_code == 204
            assert agent.get("/v1/me").status_code == 401
        assert bob.get("/v1/me").status_code == 200
        with speaking(house, second) as agent:
            assert agent.get("/v1/me").status_code == 200
            bob.post("/v1/logout")
            assert agent.get("/v1/me").status_code == 401


def test_a_robots_token_is_narrow_as_it_is(house: House, bob: httpx2.Client, nobody: httpx2.Client, issuer: Issuer):
    """It is not made into one that would outlive the robot."""
    own = added(bob)["token"]
    by_workload(bob, issuer, "other")
    short = exchanged(nobody, issuer.token()).json()["access_token"]

    assert [narrowed(nobody, token).status_code for token in (own, short, "x", "dpa_x")] == [403] * 4
