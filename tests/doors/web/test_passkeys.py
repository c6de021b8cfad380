"""The pages that take a passkey, over HTTP: what they say, what they load, and what they refuse."""

import html
import json
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from daypass.lifecycle.approval.stages import Click
from daypass.lifecycle.passkeys import one_time_links, registered
from daypass.lifecycle.submit import submit
from daypass.model.entitlement import Entitlement
from daypass.model.errors import NotYours
from daypass.model.event import EntryKind
from daypass.model.grant import Delivery, GrantId
from daypass.model.lease import Term
from daypass.model.principal import PrincipalId
from daypass.model.request import Ask, RequestState, Wish
from daypass.resources.registry import parse_resource
from daypass.resources.s3_statements import Level
from daypass.rules.load.read import parse
from tests.doors.house import RULES, House
from tests.lifecycle.authenticator import HandKey
from tests.makers import ANN, BOB, EVE, HOUR, READ_REPORTS

LIST_AND_READ = frozenset({Level.LIST, Level.READ})


@pytest.fixture
def url(house: House) -> str:
    """Where browsers reach the house: by a name, whose rule for reports takes a passkey."""
    url = house.url.replace("127.0.0.1", "localhost")
    text = RULES.replace("    approve: {anyone_of", "    second_factor: required\n    approve: {anyone_of")
    strict = parse(text, name="rules.yaml")
    object.__setattr__(house.services, "public_url", url)
    house.under(lambda: strict)
    return url


def asked(page: httpx2.Response) -> dict[str, Any]:
    """What the page asks of the browser."""
    found = re.search(r'data-asked="([^"]*)"', page.text)
    assert found, page.text
    told: dict[str, Any] = json.loads(html.unescape(found[1]))
    return told


def path(address: str, url: str) -> str:
    """The part of an address that is behind the house's own."""
    assert address.startswith(f"{url}/")
    return address.removeprefix(url)


def enrolled(house: House, visitor: httpx2.Client, url: str, who: PrincipalId = BOB, name: str = "laptop") -> HandKey:
    """Give somebody a first passkey, through the page."""
    key = HandKey(origin=url, id=f"a key of {who}".encode())
    address = one_time_links.enrolment_address(who, public_url=url, ledger=house.services.ledger, now=house.clock())
    question = asked(visitor.get(path(address, url)))
    answer = {"ticket": question["ticket"], "made": key.make(question["make"]), "name": name}
    assert visitor.post(question["to"], json=answer).status_code == 200
    return key


def requested(house: House, reason: str = "INC-42", where: Entitlement = READ_REPORTS) -> GrantId:
    """Ann asks for the reports."""
    services = house.services
    ask = Ask(
        requestor=ANN, wish=Wish(entitlement=where, term=Term(length=2 * HOUR), delivery=Delivery.POLICY, reason=reason)
    )
    return submit(ask, judge=services.judge, now=house.clock()).id


def approval(house: House, url: str, request_id: GrantId, length: timedelta | None = None) -> str:
    """Bob is handed an address to approve it at."""
    click = Click(by=BOB, length=length)
    address = one_time_links.approval_address(
        request_id, click, public_url=url, ledger=house.services.ledger, now=house.clock()
    )
    return path(address, url)


def test_an_approval_that_takes_a_passkey_is_given_on_its_page(house: House, visitor: httpx2.Client, url: str):
    """In words who may what for how long; signed; then there is a grant, approved with a passkey."""
    key, request_id = enrolled(house, visitor, url), requested(house)
    page = visitor.get(approval(house, url, request_id, timedelta(minutes=30)))
    for words in ("U0Bob", "U0Ann", "read everything under acme-reports/2026/", "30 minutes", "2 hours", "INC-42"):
        assert words in page.text
    question = asked(page)

    answer = visitor.post(question["to"], json={"ticket": question["ticket"], "proof": key.prove(question["prove"])})

    assert (answer.status_code, answer.json()["title"]) == (200, "Approved")
    approved = house.services.ledger.request(request_id)
    assert approved.state is RequestState.APPROVED
    assert approved.approval is not None
    assert (approved.approval.by, approved.approval.second_factor) == (BOB, True)
    assert house.services.ledger.grant(request_id).term.length == timedelta(minutes=30)


def test_a_click_alone_does_not_approve_what_takes_a_passkey(house: House, url: str):
    """The rules say so at the click, whichever door it comes through."""
    request_id = requested(house)

    with house.client(BOB) as bob:
        refused = bob.post(f"/v1/requests/{request_id}/approve", json={"for": "requested"})

    assert (refused.status_code, "passkey" in refused.json()["detail"]) == (403, True)
    assert house.services.ledger.request(request_id).state is RequestState.PENDING


def test_the_same_answer_is_refused_the_second_time(house: House, visitor: httpx2.Client, url: str):
    """The page says that its address is spent, and so does whoever opens it again."""
    key, request_id = enrolled(house, visitor, url), requested(house)
    address = approval(house, url, request_id)
    question = asked(visitor.get(address))
    body = {"ticket": question["ticket"], "proof": key.prove(question["prove"])}
    visitor.post(question["to"], json=body)

    again, opened = visitor.post(question["to"], json=body), visitor.get(address)

    assert (again.status_code, opened.status_code) == (410, 410)
    assert "used already" in again.json()["detail"]
    assert "used already" in opened.text


def test_without_a_proof_nothing_is_approved(house: House, visitor: httpx2.Client, url: str):
    """None, a stranger's, and one whose page was elsewhere."""
    key, request_id = enrolled(house, visitor, url), requested(house)
    question = asked(visitor.get(approval(house, url, request_id)))
    elsewhere = replace(key, origin="http://localhost:1")

    for proof in (None, HandKey(origin=url).prove(question["prove"]), elsewhere.prove(question["prove"])):
        answer = visitor.post(question["to"], json={"ticket": question["ticket"], "proof": proof})
        assert (answer.status_code, answer.json()["code"]) == (403, "not_yours")
    assert house.services.ledger.request(request_id).state is RequestState.PENDING
    assert house.services.ledger.story(request_id)[-1].kind is EntryKind.PASSKEY_REFUSED


def test_a_request_that_was_decided_meanwhile_says_by_whom(house: House, visitor: httpx2.Client, url: str):
    """By their name, as no page knows what to do with Slack's way of naming somebody."""
    key, request_id = enrolled(house, visitor, url), requested(house)
    first, second = approval(house, url, request_id), approval(house, url, request_id)
    question = asked(visitor.get(first))
    visitor.post(question["to"], json={"ticket": question["ticket"], "proof": key.prove(question["prove"])})

    late = visitor.get(second)

    assert (late.status_code, "approved by U0Bob already" in late.text) == (410, True)


def test_looking_at_a_page_changes_nothing(house: House, visitor: httpx2.Client, url: str):
    """Slack, scanners and browsers look at links ahead of people, as often as they like."""
    key, request_id = enrolled(house, visitor, url), requested(house)
    address = approval(house, url, request_id)
    before = house.services.ledger.story(request_id)

    questions = [asked(visitor.get(address)) for _ in range(3)]

    assert house.services.ledger.story(request_id) == before
    visitor.post("/approve", json={"ticket": questions[0]["ticket"], "proof": key.prove(questions[2]["prove"])})
    assert house.services.ledger.request(request_id).state is RequestState.APPROVED


def test_what_looks_at_links_ahead_of_people_learns_nothing(house: House, visitor: httpx2.Client, url: str):
    """Slack's preview names neither person nor place."""
    enrolled(house, visitor, url)
    address = approval(house, url, requested(house))

    seen = visitor.get(address, headers={"User-Agent": "Slackbot-LinkExpanding 1.0"}).text

    assert "Open this in the browser that holds your passkey" in seen
    assert [word for word in ("U0Ann", "U0Bob", "acme-reports", "INC-42", "data-asked") if word in seen] == []


def test_the_pages_hold_no_script_and_load_none_from_elsewhere(house: House, visitor: httpx2.Client, url: str):
    """What somebody wrote as a reason stays text; the script is a file of ours."""
    enrolled(house, visitor, url)
    request_id = requested(house, reason='"><script>alert(1)</script>')

    page = visitor.get(approval(house, url, request_id))

    policy = page.headers["content-security-policy"]
    assert "default-src 'none'; script-src 'self'; connect-src 'self'" in policy
    assert "unsafe" not in policy
    assert re.findall(r"<script[^>]*>", page.text) == ['<script src="/passkeys.js" defer>']
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["referrer-policy"] == "no-referrer"
    script = visitor.get("/passkeys.js")
    assert script.headers["content-type"].startswith("text/javascript")
    assert "innerHTML" not in script.text


def test_a_second_passkey_is_added_with_the_first_and_removed_with_any(house: House, visitor: httpx2.Client, url: str):
    """Through the pages, over HTTP."""
    laptop, ledger = enrolled(house, visitor, url), house.services.ledger
    phone = HandKey(origin=url, id=b"a phone of Bob's")
    question = asked(
        visitor.get(path(one_time_links.enrolment_address(BOB, public_url=url, ledger=ledger, now=house.clock()), url))
    )
    body = {"ticket": question["ticket"], "made": phone.make(question["make"]), "name": "phone"}
    assert visitor.post(question["to"], json=body).status_code == 403
    assert visitor.post(question["to"], json=body | {"proof": laptop.prove(question["prove"])}).status_code == 200
    assert {one.name for one in registered.of(BOB, ledger=ledger)} == {"laptop", "phone"}

    address = one_time_links.removal_address(BOB, "laptop", public_url=url, ledger=ledger, now=house.clock())
    question = asked(visitor.get(path(address, url)))
    body = {"ticket": question["ticket"], "proof": phone.prove(question["prove"])}
    assert visitor.post(question["to"], json=body).json()["title"] == "The passkey is removed"
    assert [one.name for one in registered.of(BOB, ledger=ledger)] == ["phone"]


def test_the_passkey_of_somebody_who_may_not_decide_approves_nothing(house: House, visitor: httpx2.Client, url: str):
    """A second factor is no right: the rules are asked as at every click."""
    key, request_id = enrolled(house, visitor, url, EVE), requested(house)
    click = Click(by=EVE, length=None)
    address = one_time_links.approval_address(
        request_id, click, public_url=url, ledger=house.services.ledger, now=house.clock()
    )
    question = asked(visitor.get(path(address, url)))

    answer = visitor.post(question["to"], json={"ticket": question["ticket"], "proof": key.prove(question["prove"])})

    assert (answer.status_code, "not among those" in answer.json()["detail"]) == (403, True)
    assert house.services.ledger.request(request_id).state is RequestState.PENDING


@pytest.mark.parametrize(
    ("address", "status"),
    [("/approve/nonsense", 404), ("/passkeys/new", 404), ("/passkeys/new?ticket=x", 404), ("/passkeys/remove", 404)],
)
def test_an_address_that_is_none_says_so(visitor: httpx2.Client, url: str, address: str, status: int):
    """As a page to a browser."""
    answer = visitor.get(address)

    assert (answer.status_code, "There is nothing at this address" in answer.text) == (status, True)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'{"ticket": 5}',
        b'{"proof": {}}',
        b'{"ticket": "x", "more": 1}',
        b'{"ticket": "\\ud800"}',
        b"[" * 200,
    ],
    ids=range(8),
)
def test_what_is_no_answer_is_refused_in_a_sentence(visitor: httpx2.Client, url: str, body: bytes):
    """At each of the three places that take one."""
    for place in ("/approve", "/passkeys/new", "/passkeys/remove"):
        answer = visitor.post(place, content=body)
        assert answer.status_code == 422
        assert answer.json()["detail"].endswith("open the page again.")


def test_a_service_that_is_reached_by_a_number_says_why_there_are_no_passkeys(house: House, visitor: httpx2.Client):
    """To whoever opens a page, and to whoever asks for an address."""
    answer = visitor.get("/passkeys/new?ticket=x")

    assert (answer.status_code, "browsers keep passkeys for a host name alone" in answer.text) == (503, True)


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("acme-reports/q1.csv", "list and read the object acme-reports/q1.csv<"),
        ("acme-reports", "list and read everything in the bucket acme-reports<"),
    ],
)
def test_a_page_says_one_object_and_a_whole_bucket_plainly(
    house: House, visitor: httpx2.Client, url: str, place: str, words: str
):
    """An object by its key; a bucket as everything in it."""
    enrolled(house, visitor, url)
    request_id = requested(house, where=Entitlement(resource=parse_resource(place), levels=LIST_AND_READ))

    assert words in visitor.get(approval(house, url, request_id)).text


def test_an_approver_without_a_passkey_is_told_how_to_add_one(house: House, url: str):
    """Before any address is made."""
    request_id = requested(house)

    with pytest.raises(NotYours, match="daypass passkey add"):
        approval(house, url, request_id)
