"""Without a login while Slack is dead: a passkey or a break-glass code opens a session that can only end things."""

from datetime import timedelta

import httpx2
import pytest

from daypass.lifecycle.approval.decide import approve_with
from daypass.lifecycle.approval.stages import Click
from daypass.lifecycle.break_glass.codes import seal
from daypass.model.event import EntryKind
from daypass.model.passkey import OneTimeLink
from daypass.model.principal import NOBODY, PrincipalId
from daypass.model.secret import digest
from tests.doors.house import House
from tests.doors.web.test_passkeys import asked, enrolled, path, requested, url  # noqa: F401 - a fixture among them
from tests.makers import ANN, BOB, EVE

NO_ONE = PrincipalId("U0NOONE")


def begun(visitor: httpx2.Client, person: PrincipalId) -> tuple[str, httpx2.Response]:
    """A command line waits to end things, and asks for the address for somebody's passkey."""
    device = visitor.post("/v1/login/device", json={"client": "a laptop", "only_end": True}).json()
    body = {"person": person, "user_code": device["user_code"]}
    return device["device_code"], visitor.post("/v1/end-session/passkey", json=body)


def collected(visitor: httpx2.Client, device: str) -> httpx2.Response:
    """Ask for the token."""
    return visitor.post("/v1/login/token", json={"device_code": device})


def test_a_passkey_opens_a_session_that_only_ends_things_while_nobody_can_log_in(
    house: House,
    visitor: httpx2.Client,
    url: str,  # noqa: F811
):
    """Bob ends what Ann has, and is let do nothing else; a quarter of an hour later not even that."""
    key = enrolled(house, visitor, url)
    request_id, services = requested(house), house.services
    approve_with(request_id, Click(by=BOB, second_factor=True), judge=services.judge, now=house.clock())
    house.directory.away = True

    device, handed = begun(visitor, BOB)
    question = asked(visitor.get(path(handed.json()["url"], url)))
    answer = {"ticket": question["ticket"], "proof": key.prove(question["prove"])}
    assert visitor.post(question["to"], json=answer).status_code == 200
    token = collected(visitor, device).json()

    session = {"Authorization": f"Bearer {token['access_token']}"}
    assert (token["principal"], token["expires_in"]) == (BOB, 15 * 60)
    assert visitor.get("/v1/mine", headers=session).status_code == 403
    ended = visitor.post(f"/v1/grants/{request_id}/revoke", json={"reason": "stolen"}, headers=session)
    assert ended.json()["state"] == "ending"
    house.clock.forward(timedelta(minutes=15))
    assert visitor.post("/v1/panic", json={"person": BOB}, headers=session).status_code == 401


def test_a_passkey_of_somebody_else_opens_nothing(house: House, visitor: httpx2.Client, url: str):  # noqa: F811
    """Nor does an address for who has no passkey, or for an id that nobody has."""
    key = enrolled(house, visitor, url)
    for person in (ANN, EVE, NO_ONE):
        house.clock.forward(timedelta(seconds=3))
        device, handed = begun(visitor, person)
        question = asked(visitor.get(path(handed.json()["url"], url)))
        answer = {"ticket": question["ticket"], "proof": key.prove(question["prove"])}

        assert visitor.post(question["to"], json=answer).status_code == 403
        assert collected(visitor, device).json()["code"] == "authorization_pending"


def test_before_a_proof_nothing_is_written_in_anybodys_name(
    house: House,
    visitor: httpx2.Client,
    url: str,  # noqa: F811
):
    """Asking for the address, opening it, and an answer that is no proof: one entry, which is nobody's."""
    key = enrolled(house, visitor, url)
    before, errands = len(house.journal()), len(house.services.ledger.all(OneTimeLink))
    for person in (BOB, EVE):
        house.clock.forward(timedelta(seconds=3))
        _, handed = begun(visitor, person)
        question = asked(visitor.get(path(handed.json()["url"], url)))
        wrong = {"ticket": question["ticket"], "proof": key.prove({**question["prove"], "challenge": "AAAA"})}
        for _ in range(3):
            assert visitor.post(question["to"], json=wrong).status_code == 403

    [entry] = house.journal()[before:]
    assert (entry.kind, entry.actor, entry.details["claimed"]) == (EntryKind.PASSKEY_REFUSED, NOBODY, BOB)
    assert len(house.services.ledger.all(OneTimeLink)) == errands


def test_an_address_for_ending_things_is_good_once_and_only_for_its_login(
    house: House,
    visitor: httpx2.Client,
    url: str,  # noqa: F811
):
    """Not after it was used, nor for a login that was begun for more."""
    key = enrolled(house, visitor, url)
    _, handed = begun(visitor, BOB)
    question = asked(visitor.get(path(handed.json()["url"], url)))
    answer = {"ticket": question["ticket"], "proof": key.prove(question["prove"])}
    statuses = [visitor.post(question["to"], json=answer).status_code for _ in range(2)]

    device = visitor.post("/v1/login/device", json={"client": "a laptop"}).json()["device_code"]
    whole = visitor.get(f"/end/dpo_{digest(device)}{BOB}")
    assert (statuses, whole.status_code) == ([200, 410], 404)


def test_the_page_tells_a_stranger_nobodys_name_and_not_who_has_a_passkey(
    house: House,
    visitor: httpx2.Client,
    url: str,  # noqa: F811
):
    """For Bob, who has one, for Eve, who has none, and for an id of nobody it is the same page; nobody is looked up."""
    enrolled(house, visitor, url)
    for one in (BOB, EVE):
        house.directory.change(one, name=f"The name of {one}")
    house.directory.looked_up.clear()
    pages = []
    for person in (BOB, EVE, NO_ONE):
        house.clock.forward(timedelta(seconds=3))
        _, handed = begun(visitor, person)
        page = visitor.get(path(handed.json()["url"], url))
        question = asked(page)
        assert question["prove"].pop("allowCredentials") == []
        question["prove"].pop("challenge")
        assert "The name of" not in page.text
        pages.append(question["prove"])

    assert pages[0] == pages[1] == pages[2]
    assert house.directory.looked_up == []


def test_the_code_of_a_whole_login_is_not_confirmed_by_a_passkey(visitor: httpx2.Client, url: str):  # noqa: F811
    """A login is confirmed in Slack alone."""
    device = visitor.post("/v1/login/device", json={"client": "a laptop"}).json()
    refused = visitor.post("/v1/end-session/passkey", json={"person": BOB, "user_code": device["user_code"]})

    assert refused.status_code == 422
    assert "--only-end" in refused.json()["detail"]


def test_a_break_glass_code_opens_a_session_that_only_ends_things_once(house: House, visitor: httpx2.Client):
    """The code is spent, and the journal has both."""
    sealed = seal(ANN, count=1, days=30, judge=house.judge, now=house.clock())
    house.directory.away = True

    token = visitor.post("/v1/end-session", json={"code": sealed.codes[0]})
    session = {"Authorization": f"Bearer {token.json()['access_token']}"}
    assert visitor.get("/v1/mine", headers=session).status_code == 403
    assert visitor.post("/v1/panic", json={"person": ANN}, headers=session).json()["freeze"]["about"] == ANN
    house.clock.forward(timedelta(seconds=3))
    assert visitor.post("/v1/end-session", json={"code": sealed.codes[0]}).status_code == 403
    kinds = [one.kind for one in house.journal()]
    assert kinds.count(EntryKind.CODE_SPENT) == 1


@pytest.mark.parametrize("code", ["", "nonsense", "aaaaa-bbbbb-ccccc-ddddd-eeeee"])
def test_what_is_no_code_opens_nothing(visitor: httpx2.Client, code: str):
    """With the one sentence for every code that does not count."""
    refused = visitor.post("/v1/end-session", json={"code": code})

    assert refused.status_code == 403
    assert "This code is not good" in refused.json()["detail"]


def test_nobody_keeps_another_from_ending_things_with_a_passkey(
    house: House,
    visitor: httpx2.Client,
    url: str,  # noqa: F811
):
    """Not by device codes, sealed codes or user codes made up, not even from the same network, in the same second."""
    enrolled(house, visitor, url)
    made_up = {"person": BOB, "user_code": "AAAA-AAAA"}
    wrong = []
    for _ in range(2):
        visitor.post("/v1/login/token", json={"device_code": "glass 127.0.0.1"})
        visitor.post("/v1/end-session", json={"code": "nonsense"})
        wrong.append(visitor.post("/v1/end-session/passkey", json=made_up).status_code)

        _, handed = begun(visitor, BOB)
        assert handed.status_code == 200, handed.text
    assert wrong == [404, 429]


def test_a_command_line_that_waits_is_not_held_up_by_codes_that_others_make_up(visitor: httpx2.Client):
    """A login that was confirmed is handed out, however often it was asked for; what there is none of has lapsed."""
    for _ in range(3):
        assert collected(visitor, "glass 127.0.0.1").json()["code"] == "expired_token"
    device = visitor.post("/v1/login/device", json={"client": "a laptop"}).json()["device_code"]
    assert [collected(visitor, device).json()["code"] for _ in "ab"] == ["authorization_pending", "slow_down"]
