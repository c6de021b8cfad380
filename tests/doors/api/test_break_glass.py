"""Break glass over the API: with a login or a code, with the directory away; and the reviews."""

import threading
from collections.abc import Iterator
from datetime import timedelta

import httpx2
import pytest

from daypass.lifecycle.bots.narrow import narrow
from daypass.model.login import LoginScope
from daypass.model.principal import SlackGroupId
from tests.doors.glass_rules import GLASS
from tests.doors.house import House
from tests.makers import ANN, BOB

URGENT = {"level": "read", "resource": "acme-reports/2026/", "for": "2h", "reason": "INC-42", "urgent": True}
ASKED = {name: word for name, word in URGENT.items() if name != "urgent"}
PAUSE = timedelta(seconds=3)


@pytest.fixture(autouse=True)
def _rules(house: House) -> None:
    house.rules.write_text(GLASS)


@pytest.fixture
def codes(ann: httpx2.Client) -> list[str]:
    """Ann's codes."""
    sealed: list[str] = ann.post("/v1/glass/codes", json={"count": 3, "days": 30}).json()["codes"]
    return sealed


def broken(ann: httpx2.Client, house: House) -> str:
    """Ann broke the glass, and has it; gives the id."""
    answer = ann.post("/v1/requests", json=URGENT)
    assert answer.status_code == 201, answer.text
    house.work()
    return str(answer.json()["id"])


def bearer(house: House, token: str) -> httpx2.Client:
    """A client with a token."""
    return httpx2.Client(base_url=house.url, headers={"Authorization": f"Bearer {token}"})


def sentence(answer: httpx2.Response) -> str:
    """Why not."""
    return str(answer.json()["detail"])


def test_a_reviewer_sees_what_was_done_and_closes_it(house: House, ann: httpx2.Client, bob: httpx2.Client):
    """The list, the dossier, the note; and then the list is empty."""
    broke = broken(ann, house)
    ann.post(f"/v1/grants/{broke}/credentials")

    (waiting,) = bob.get("/v1/glass/reviews").json()["waiting"]
    read = bob.get(f"/v1/glass/{broke}").json()
    early = bob.post(f"/v1/glass/{broke}/close", json={"note": "It was needed."})
    assert (early.status_code, "has not ended" in sentence(early)) == (422, True)
    ann.post(f"/v1/grants/{broke}/done")
    house.work()
    closed = bob.post(f"/v1/glass/{broke}/close", json={"note": "It was needed."}).json()

    assert (waiting["id"], waiting["principal"], waiting["overdue"]) == (broke, ANN, False)
    assert read["handed_out"] == 1
    assert any("was handed AWS credentials" in line["words"] for line in read["lines"])
    assert "CloudTrail" in read["note"]
    assert (closed["state"], closed["closed_by"], closed["note"]) == ("closed", BOB, "It was needed.")
    assert bob.get("/v1/glass/reviews").json()["waiting"] == []
    again = bob.post(f"/v1/glass/{broke}/close", json={"note": "Twice."})
    assert (again.status_code, again.json()["code"]) == (410, "too_late")


def test_who_broke_it_sees_it_and_does_not_close_it(house: House, ann: httpx2.Client):
    """It stands among what they did."""
    broke = broken(ann, house)

    assert [one["id"] for one in ann.get("/v1/glass/reviews").json()["mine"]] == [broke]
    assert ann.get(f"/v1/glass/{broke}").status_code == 200
    assert ann.post(f"/v1/glass/{broke}/close", json={"note": "Fine."}).status_code == 403


def test_to_everybody_else_there_is_no_such_thing(house: House, ann: httpx2.Client, eve: httpx2.Client):
    """As for an id that nobody drew."""
    broke = broken(ann, house)

    assert eve.get("/v1/glass/reviews").json() == {"waiting": [], "mine": [], "names": {}}
    assert eve.get(f"/v1/glass/{broke}").status_code == eve.get("/v1/glass/abcdefgh2345").status_code == 404
    assert eve.post(f"/v1/glass/{broke}/close", json={"note": "x"}).status_code == 404


def test_an_empty_note_is_refused_with_its_field(house: House, ann: httpx2.Client, bob: httpx2.Client):
    """A review without a word is none."""
    answer = bob.post(f"/v1/glass/{broken(ann, house)}/close", json={"note": " "})

    assert (answer.status_code, answer.json()["field"]) == (422, "reason")


def test_codes_are_shown_once_and_counted(ann: httpx2.Client, codes: list[str]):
    """Nobody can read them again."""
    left = ann.get("/v1/glass/codes").json()

    assert left["left"] == 3
    assert all(code not in str(left) for code in codes)


def test_a_code_breaks_the_glass_without_a_login(house: House, nobody: httpx2.Client, codes: list[str]):
    """And its token is handed credentials, while it neither asks nor decides nor seals."""
    answer = nobody.post("/v1/glass", json={"code": codes[0], **ASKED})
    house.work()

    assert answer.status_code == 201
    assert answer.headers["cache-control"] == "no-store"
    made = answer.json()
    assert (made["principal"], made["request"]["urgent"], made["expires_in"]) == (ANN, True, 3600)
    with bearer(house, made["access_token"]) as ann:
        assert ann.post(f"/v1/grants/{made['request']['id']}/credentials").status_code == 200
        for path, body in (
            ("/requests", ASKED),
            ("/glass/codes", {}),
            (f"/glass/{made['request']['id']}/close", {"note": "x"}),
            (f"/requests/{made['request']['id']}/approve", {}),
        ):
            assert ann.post(f"/v1{path}", json=body).status_code == 403


def test_a_replayed_code_and_a_guess_get_one_sentence(house: House, nobody: httpx2.Client, codes: list[str]):
    """And one status."""
    nobody.post("/v1/glass", json={"code": codes[0], **ASKED})
    said = set()
    for code in (codes[0], "7K2MQ-00000-00000-00000-00000", "guess"):
        house.clock.forward(PAUSE)
        answer = nobody.post("/v1/glass", json={"code": code, **ASKED})
        said.add((answer.status_code, sentence(answer)))

    assert len(said) == 1
    assert all(code not in str(said) for code in codes)


def test_b04_wrong_codes_come_slowly_and_keep_no_good_one_waiting(
    house: House, nobody: httpx2.Client, codes: list[str]
):
    """One is looked at every two seconds, however many come in between; the good one at once, from the same address."""
    answers = []
    for _ in range(16):
        answers.append(nobody.post("/v1/glass", json={"code": "guess", **ASKED}))
        house.clock.forward(PAUSE / 5)

    assert [one.status_code for one in answers] == [403, 429, 429, 429] * 4
    assert {one.json()["code"] for one in answers[1:4]} == {"slow_down"}
    assert nobody.post("/v1/glass", json={"code": codes[0], **ASKED}).status_code == 201
    assert nobody.post("/v1/end-session", json={"code": codes[1]}).status_code == 201


def test_two_who_use_a_code_at_once_over_http(house: House, codes: list[str]):
    """From two addresses, so that the pace does not decide it: one grant."""
    statuses: list[int] = []
    gate = threading.Barrier(2)

    def use(address: str) -> None:
        with house.client() as client:
            gate.wait()
            headers = {"X-Forwarded-For": address}
            statuses.append(client.post("/v1/glass", json={"code": codes[0], **ASKED}, headers=headers).status_code)

    threads = [threading.Thread(target=use, args=(f"192.0.2.{number}",)) for number in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert statuses.count(201) == 1
    assert len(house.services.ledger.grants()) == 1


@pytest.fixture
def slackless(house: House, ann: httpx2.Client, bob: httpx2.Client) -> Iterator[House]:
    """A house whose directory does not answer, after it knew Ann and Bob."""
    assert ann.get("/v1/me").status_code == bob.get("/v1/me").status_code == 200
    house.directory.away = True
    yield house
    house.directory.away = False


def test_with_the_directory_away_glass_is_broken_and_used(slackless: House, ann: httpx2.Client):
    """Who was known a moment ago asks urgently, and is handed what that gave."""
    broke = broken(ann, slackless)

    assert ann.post(f"/v1/grants/{broke}/credentials").status_code == 200
    assert ann.post(f"/v1/grants/{broke}/console").status_code == 200


def test_with_the_directory_away_nothing_else_is_lent(slackless: House, ann: httpx2.Client, bob: httpx2.Client):
    """Neither an ordinary ask, nor closing a review, nor new codes. Looking and ending need nobody to answer."""
    broke = broken(ann, slackless)
    ordinary = {name: word for name, word in URGENT.items() if name != "urgent"}

    refused = [
        ann.post("/v1/requests", json=ordinary),
        ann.post("/v1/requests?dry_run=true", json=ordinary),
        ann.post("/v1/glass/codes", json={}),
        bob.post(f"/v1/glass/{broke}/close", json={"note": "x"}),
    ]

    assert [answer.status_code for answer in refused] == [503] * len(refused)
    assert [one["id"] for one in ann.get("/v1/mine").json()["grants"]] == [broke]
    assert bob.post(f"/v1/grants/{broke}/revoke", json={"reason": "x"}).json()["state"] == "ending"


def test_with_the_directory_away_an_ordinary_grant_hands_out_nothing(house: House, ann: httpx2.Client):
    """By heart is good enough for an emergency alone."""
    asked = ann.post("/v1/requests", json={"level": "read", "resource": "acme-drafts/", "for": "1h"}).json()
    house.work()
    assert ann.post(f"/v1/grants/{asked['id']}/credentials").status_code == 200
    house.directory.away = True

    assert ann.post(f"/v1/grants/{asked['id']}/credentials").status_code == 503


def test_with_the_directory_away_nobody_is_handed_what_somebody_else_broke(
    slackless: House, ann: httpx2.Client, bob: httpx2.Client
):
    """Bob is known by heart as well, and it is not his."""
    broke = broken(ann, slackless)

    assert bob.post(f"/v1/grants/{broke}/credentials").status_code == 503


def test_who_was_last_known_to_have_left_breaks_nothing(slackless: House, ann: httpx2.Client):
    """The last word of the directory was that Ann is deactivated."""
    slackless.directory.away = False
    slackless.directory.change(ANN, active=False)
    assert ann.get("/v1/me").status_code == 403
    slackless.directory.away = True

    assert ann.post("/v1/requests", json=URGENT).status_code == 403


def test_who_is_not_known_by_heart_breaks_nothing_without_a_code(slackless: House, ann: httpx2.Client):
    """As after a start of the service while Slack is away."""
    slackless.directory.forget()

    assert ann.post("/v1/requests", json=URGENT).status_code == 503


def test_with_the_directory_away_a_code_is_enough(house: House, nobody: httpx2.Client, codes: list[str]):
    """Nobody is known by heart; the code says who it is, also when the access is used."""
    house.directory.away = True
    house.directory.forget()
    made = nobody.post("/v1/glass", json={"code": codes[0], **ASKED}).json()
    house.work()

    with bearer(house, made["access_token"]) as ann:
        assert ann.post(f"/v1/grants/{made['request']['id']}/credentials").status_code == 200
        assert ann.post(f"/v1/grants/{made['request']['id']}/done").json()["state"] == "ending"


def test_a_group_counts_as_it_was_last_known(slackless: House, ann: httpx2.Client):
    """A rule for a Slack group names those who were in it, and not those who were not."""
    slackless.rules.write_text(GLASS.replace("who: {people: [U0ANN]}\n    may: [list, read]", GROUP))
    assert ann.post("/v1/requests", json=URGENT).status_code == 403
    slackless.directory.away = False
    slackless.directory.change(ANN, slack_groups=frozenset({SlackGroupId("S0OPS")}))
    ann.get("/v1/me")
    slackless.directory.away = True

    assert ann.post("/v1/requests", json=URGENT).status_code == 201


GROUP = "who: {slack_groups: [S0OPS]}\n    may: [list, read]"


def test_an_agent_breaks_no_glass(house: House, ann: httpx2.Client):
    """Though it may ask in its person's name."""
    whole = ann.headers["Authorization"].removeprefix("Bearer ")
    services, scopes = house.services, {LoginScope.READ, LoginScope.ASK, LoginScope.USE}
    token = narrow(whole, scopes=scopes, logins=services.logins, ledger=services.ledger, now=house.clock()).text

    with bearer(house, token) as agent:
        refused = agent.post("/v1/requests", json=URGENT)
        assert (refused.status_code, "agent" in sentence(refused)) == (403, True)
        assert agent.post("/v1/requests", json={**URGENT, "urgent": False}).status_code == 201
        assert agent.post("/v1/glass/codes", json={}).status_code == 403


def test_glass_is_broken_for_nobody_else(ann: httpx2.Client):
    """Neither with a login nor with a code."""
    assert ann.post("/v1/requests", json={**URGENT, "to": BOB}).status_code == 422
    assert ann.post("/v1/glass", json={**ASKED, "code": "x", "to": BOB}).status_code == 422


def test_whom_no_rule_names_has_nothing_of_a_code(nobody: httpx2.Client, bob: httpx2.Client, house: House):
    """Bob may seal codes, and they let him do what he may."""
    code = bob.post("/v1/glass/codes", json={"count": 1}).json()["codes"][0]

    answer = nobody.post("/v1/glass", json={"code": code, **ASKED})

    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
    assert house.services.ledger.grants() == []
