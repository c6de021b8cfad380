"""`daypass passkey`: what it prints, and where it sends its person."""

from pathlib import Path

import pytest

from daypass.lifecycle.passkeys import enrol
from daypass.lifecycle.passkeys.relying_party import Site
from daypass.model.grant import GrantId
from daypass.model.request import RequestState
from tests.doors.cli.conftest import Terminal
from tests.doors.house import RULES, House
from tests.lifecycle.authenticator import HandKey
from tests.makers import BOB

WAITS = "anyone_of: {people: [U0BOB, U0ANN]}}"


@pytest.fixture
def request_id(house: House, ann: Terminal, tmp_path: Path) -> str:
    """A request whose rule wants the approver's passkey, in a house that browsers reach by a name."""
    (tmp_path / "rules.yaml").write_text(RULES.replace(WAITS, f"{WAITS}\n    second_factor: required"))
    object.__setattr__(house.services, "public_url", house.url.replace("127.0.0.1", "localhost"))
    asked = ann("request", "s3", "read", "acme-reports/2026/", "--for", "1h", "--reason", "INC-42", "--json")
    return str(asked.json["id"])


def add_passkey(house: House, person: Terminal) -> None:
    """Do at the address of `passkey add` what a browser would."""
    url = house.services.public_url
    ticket = person("passkey", "add").out.strip().removeprefix(f"{url}/passkeys/new?ticket=")
    at, services, now = Site(id="localhost", origin=url), house.services, house.clock()
    asked = enrol.offer(ticket, at=at, directory=services.directory, ledger=services.ledger, now=now).make
    answer = enrol.EnrolAnswer(
        ticket=ticket, made=HandKey(origin=url, id=b"laptop").make(asked), proof=None, name="laptop"
    )
    enrol.enrol(answer, at=at, directory=services.directory, ledger=services.ledger, now=now)


def test_an_approval_that_takes_a_passkey_leads_to_the_browser(house: House, bob: Terminal, request_id: str):
    """It is not approved yet, so the exit code is 1; the address alone goes to the standard output."""
    add_passkey(house, bob)
    ran = bob("approve", request_id, "--for", "30m")

    assert (ran.code, ran.out.count("\n")) == (1, 1)
    assert ran.out.startswith(f"{house.services.public_url}/approve/")
    assert "wants your passkey" in ran.err
    assert "good once and for 10 minutes" in ran.err
    assert house.services.ledger.request(GrantId(request_id)).state is RequestState.PENDING


def test_a_program_is_told_the_address_too(house: House, bob: Terminal, request_id: str):
    """As JSON, with the same exit code."""
    add_passkey(house, bob)
    ran = bob("approve", request_id, "--json")

    assert (ran.code, set(ran.json)) == (1, {"url", "expires_in"})


def test_an_approver_without_a_passkey_is_told_how_to_add_one(bob: Terminal, request_id: str):
    """There is no address then."""
    ran = bob("approve", request_id)

    assert (ran.code, ran.out) == (1, "")
    assert "daypass passkey add" in ran.err


def test_the_address_is_all_that_goes_to_the_standard_output(house: House, bob):
    """So that it can be opened by a program; what it is for is said beside it."""
    url = house.url.replace("127.0.0.1", "localhost")
    object.__setattr__(house.services, "public_url", url)
    ran = bob("passkey", "add")

    assert ran.code == 0
    assert ran.out.startswith(f"{url}/passkeys/new?ticket=")
    assert ran.out.count("\n") == 1
    assert "good once and for 10 minutes" in ran.err


def test_who_has_none_is_told_how_to_add_one(bob):
    """And what is not theirs cannot be removed or forgotten."""
    assert "daypass passkey add" in bob("passkey", "ls").out
    assert bob("passkey", "ls", "--json").json == {"passkeys": []}
    assert "You have no passkey “laptop”" in bob("passkey", "remove", "laptop").err
    refused = bob("passkey", "forget", BOB)
    assert (refused.code, "owners" in refused.err) == (1, True)
