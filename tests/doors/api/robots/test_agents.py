"""Agents over real HTTP: a token that may do less than the person for whom it works."""

import httpx2
import pytest

from tests.doors.api.robots.speaking import ASK, added, by_workload, exchanged, narrowed, speaking
from tests.doors.house import House
from tests.makers import BOB
from tests.workload_identity.issuer import Issuer


def test_an_agent_has_less_than_the_person(house: House, nobody: httpx2.Client, ann: httpx2.Client):
    """It asks in Bob's name, and decides on nothing that Bob could decide on."""
    request = ann.post("/v1/requests", json=ASK).json()["id"]
    given = narrowed(nobody, house.token(BOB)).json()

    assert given["scope"] == "ask read use"
    with speaking(house, given["access_token"]) as agent:
        assert agent.get("/v1/me").json()["id"] == BOB
        assert agent.post("/v1/requests", json=ASK).status_code == 201
        assert agent.post(f"/v1/requests/{request}/approve", json={"for": "requested"}).status_code == 403
        assert agent.post("/v1/robots", json={"name": "other", "days": 300}).status_code == 403


def test_an_agent_never_has_the_scope_to_decide(house: House, nobody: httpx2.Client):
    """Not when it is asked for, and not by asking twice."""
    token = narrowed(nobody, house.token(BOB), scope="read decide").json()

    assert token["scope"] == "read"
    assert narrowed(nobody, token["access_token"], scope="read ask").status_code == 403
    assert narrowed(nobody, token["access_token"]).status_code == 403


@pytest.mark.parametrize("blank", [" ", "\t", "  "])
def test_a_blank_scope_is_not_every_scope(house: House, nobody: httpx2.Client, blank: str):
    """A script's variable that was not set: it is refused, with what to write."""
    answer = narrowed(nobody, house.token(BOB), scope=blank)

    assert answer.status_code == 422
    assert answer.json()["detail"] == "`scope` is blank. Name read, ask or use, or leave it out."


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
