"""Workload identity over real HTTP: a token that a program has where it runs, exchanged for one of ours."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import httpx2
import pytest

from tests.doors.api.robots.speaking import ASK, DEPLOY, GRANT_TYPE, JWT, by_workload, exchanged, speaking
from tests.doors.house import House
from tests.workload_identity.issuer import OTHER_RSA, Issuer, forged


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
        assert "is over" in robot.get("/v1/me").json()["detail"]


def test_a_workload_may_ask_for_less(house: House, bob: httpx2.Client, nobody: httpx2.Client, issuer: Issuer):
    """Never for more, and least of all for deciding."""
    by_workload(bob, issuer)
    token = exchanged(nobody, issuer.token(jti="1"), scope="read").json()["access_token"]
    with speaking(house, token) as robot:
        assert robot.get("/v1/me").status_code == 200
        assert robot.post("/v1/requests", json=ASK).status_code == 403
    assert exchanged(nobody, issuer.token(jti="2"), scope="read decide").json()["field"] == "scope"


def test_a_short_lived_token_is_taken_once(bob: httpx2.Client, nobody: httpx2.Client, issuer: Issuer):
    """Who reads it in a log comes too late; one that is a file for an hour is read again and again."""
    by_workload(bob, issuer)
    short, hourly = issuer.token(), issuer.token(jti="h", exp=issuer.claims()["exp"] + 3600)

    assert [exchanged(nobody, short).status_code for _ in range(2)] == [200, 403]
    assert [exchanged(nobody, hourly).status_code for _ in range(2)] == [200, 200]


def test_of_many_who_bring_one_token_at_once_one_is_served(house: House, bob: httpx2.Client, issuer: Issuer):
    """A race is no second use."""
    by_workload(bob, issuer)
    token = issuer.token()

    def bring(_: int) -> int:
        with house.client() as client:
            return exchanged(client, token).status_code

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(bring, range(8))) == [200, *[403] * 7]


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
    assert "No robot here" in answer.json()["detail"]


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

    assert exchanged(nobody, issuer.token()).json()["field"] == "client_id"
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
    assert answer.json()["code"] == "bad_input"
    assert len(form["subject_token"]) < 20 or form["subject_token"][:20] not in answer.text


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
