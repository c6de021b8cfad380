"""Passkeys over the API: who is handed which address, and that a token alone proves nothing."""

from dataclasses import replace

import httpx2
import pytest

from daypass.lifecycle.passkeys import enrol, registered
from daypass.lifecycle.passkeys.relying_party import Site
from daypass.model.event import EntryKind
from daypass.rules.rule.people import NamedPeople
from tests.doors.house import House
from tests.lifecycle.authenticator import HandKey
from tests.makers import ANN, BOB, EVE, HOUR


@pytest.fixture
def url(house: House) -> str:
    """Where browsers reach the house: by a name. Ann and Bob own its rules."""
    url = house.url.replace("127.0.0.1", "localhost")
    owned = replace(house.services.rules(), owners=owners())
    object.__setattr__(house.services, "public_url", url)
    house.under(lambda: owned)
    return url


def owners() -> NamedPeople:
    """Ann and Bob."""
    return NamedPeople(people=frozenset({ANN, BOB}))


def enrolled(house: House, client: httpx2.Client, url: str, name: str = "laptop") -> None:
    """Add a first passkey at the address that is handed out."""
    handed = client.post("/v1/passkeys/new").json()
    ticket = handed["url"].removeprefix(f"{url}/passkeys/new?ticket=")
    at = Site(id="localhost", origin=url)
    key, services = HandKey(origin=url, id=name.encode()), house.services
    asked = enrol.offer(ticket, at=at, directory=services.directory, ledger=services.ledger, now=house.clock()).make
    answer = enrol.EnrolAnswer(ticket=ticket, made=key.make(asked), proof=None, name=name)
    enrol.enrol(answer, at=at, directory=services.directory, ledger=services.ledger, now=house.clock())


def test_a_person_lists_their_own_passkeys(house: House, ann: httpx2.Client, bob: httpx2.Client, url: str):
    """And nobody else's."""
    enrolled(house, bob, url)

    assert [one["name"] for one in bob.get("/v1/passkeys").json()["passkeys"]] == ["laptop"]
    assert ann.get("/v1/passkeys").json() == {"passkeys": []}


def test_an_address_is_handed_out_for_each_thing_that_takes_a_browser(
    house: House, ann: httpx2.Client, bob: httpx2.Client, url: str
):
    """Adding, removing and approving; none of it is done by asking for the address."""
    enrolled(house, bob, url)
    asked = ann.post("/v1/requests", json={"text": "s3 read acme-reports/2026/ --for 1h --reason INC-42"}).json()

    handed = [
        bob.post("/v1/passkeys/new").json(),
        bob.post("/v1/passkeys/remove", json={"passkey": "laptop"}).json(),
        bob.post(f"/v1/requests/{asked['id']}/passkey", json={"for": "30m"}).json(),
    ]

    starts = [f"{url}/passkeys/new?ticket=", f"{url}/passkeys/remove?ticket=", f"{url}/approve/"]
    assert all(one["url"].startswith(start) for one, start in zip(handed, starts, strict=True))
    assert {one["expires_in"] for one in handed} == {600}
    assert len(registered.of(BOB, ledger=house.services.ledger)) == 1
    assert bob.get(f"/v1/requests/{asked['id']}").json()["request"]["state"] == "pending"


def test_a_request_that_one_may_not_see_has_no_address(house: House, ann: httpx2.Client, eve: httpx2.Client, url: str):
    """As if there were none."""
    enrolled(house, eve, url)
    asked = ann.post("/v1/requests", json={"text": "s3 read acme-reports/2026/ --for 1h --reason INC-42"}).json()

    assert eve.post(f"/v1/requests/{asked['id']}/passkey", json={"for": "requested"}).status_code == 404


def test_an_owner_of_the_rules_forgets_the_passkeys_of_who_lost_them(
    house: House, ann: httpx2.Client, bob: httpx2.Client, eve: httpx2.Client, url: str
):
    """Never their own, and nobody else does."""
    enrolled(house, bob, url)
    forgetting = {"person": BOB}

    assert eve.post("/v1/passkeys/forget", json=forgetting).status_code == 403
    own = bob.post("/v1/passkeys/forget", json=forgetting)
    assert (own.status_code, "Your own passkeys" in own.json()["detail"]) == (403, True)
    assert [one["name"] for one in ann.post("/v1/passkeys/forget", json=forgetting).json()["passkeys"]] == ["laptop"]

    assert registered.of(BOB, ledger=house.services.ledger) == []
    lines = house.services.outbox.claim(now=house.clock(), hold=HOUR, limit=10)
    told = [(one.event.kind, one.event.actor, one.event.details["principal"]) for one in lines]
    assert told == [(EntryKind.PASSKEY_ADDED, BOB, BOB), (EntryKind.PASSKEY_REMOVED, ANN, BOB)]
    assert ann.post("/v1/passkeys/forget", json=forgetting).status_code == 404
    assert ann.post("/v1/passkeys/forget", json={"person": EVE}).status_code == 404


def test_a_service_that_is_reached_by_a_number_hands_out_no_address(house: House, bob: httpx2.Client):
    """It says which setting, and what to write there."""
    answer = bob.post("/v1/passkeys/new")

    assert answer.status_code == 503
    assert "DAYPASS_SERVICE_PUBLIC_URL" in answer.json()["detail"]
