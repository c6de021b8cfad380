"""The rules over HTTP: read by everybody, changed by two owners, refused in sentences."""

from concurrent.futures import ThreadPoolExecutor

import httpx2
import pytest

from tests.doors.house import RULES, House
from tests.makers import ANN, BOB, HOUR

OWNED = RULES.replace("version: 1\n", "version: 1\nowners: {people: [U0ANN, U0BOB]}\n")
LONGER = OWNED.replace("max: 8h", "max: 12h")
SHORTER = OWNED.replace("max: 8h", "max: 2h")
CHANGES = "/v1/rules/changes"


@pytest.fixture(autouse=True)
def owned(house: House) -> None:
    """Ann and Bob own the rules."""
    house.rules.write_text(OWNED)


def _propose(client: httpx2.Client, text: str = LONGER, base: int = 1, **more: object) -> httpx2.Response:
    return client.post(CHANGES, json={"text": text, "base": base, **more})


def _refused(answer: httpx2.Response) -> tuple[int, str, str]:
    error = answer.json()
    return answer.status_code, error["code"], error["detail"]


def test_everybody_reads_the_rules_in_force(eve: httpx2.Client):
    """As text, in words, and by whom they may be changed."""
    rules = eve.get("/v1/rules").json()

    assert (rules["number"], rules["text"], rules["author"]) == (1, OWNED, "daypass")
    assert rules["owners"] == [ANN, BOB]
    assert [rule["id"] for rule in rules["words"]] == ["reports", "drafts"]
    assert rules["names"][BOB] == "U0Bob"


def test_a_change_is_proposed_by_one_owner_and_put_in_force_by_another(ann: httpx2.Client, bob: httpx2.Client):
    """From then on it is what everybody reads."""
    change = _propose(ann, note="longer nights").json()
    assert (change["state"], change["base"], change["note"]) == ("pending", 1, "longer nights")
    assert "+    for: {default: 1h, max: 12h}" in change["diff"]

    applied = bob.post(f"{CHANGES}/{change['id']}/approve", json={"note": "right"}).json()

    assert (applied["state"], applied["version"], applied["approval"]["by"]) == ("applied", 2, BOB)
    assert applied["approval"]["note"] == "right"
    assert ann.get("/v1/rules").json()["text"] == LONGER
    assert [(one["number"], one["author"]) for one in ann.get("/v1/rules/versions").json()["versions"]] == [
        (2, ANN),
        (1, "daypass"),
    ]


def test_every_version_can_be_read_again(ann: httpx2.Client, bob: httpx2.Client):
    """Also the one that came from the file; one that never was is not there."""
    bob.post(f"{CHANGES}/{_propose(ann).json()['id']}/approve", json={})

    assert ann.get("/v1/rules/versions/1").json()["text"] == OWNED
    assert ann.get("/v1/rules/versions/2").json()["text"] == LONGER
    assert _refused(ann.get("/v1/rules/versions/3"))[:2] == (404, "not_found")
    assert ann.get("/v1/rules/versions/0").status_code == 422
    assert ann.get("/v1/rules/versions/9999999999999").status_code == 422


def test_who_proposes_is_shown_whom_it_would_concern(ann: httpx2.Client):
    """Before anybody agrees to it: people, waiting requests, rules."""
    ann.post("/v1/requests", json={"text": "s3 read acme-reports/2026/ --for 4h --reason INC-1"})

    effect = _propose(ann, SHORTER).json()["effect"]

    assert [(one["people"], one["count"]) for one in effect["people"] if one["loses"]] == [([ANN, BOB], 2)]
    assert (effect["gain"], effect["lose"], effect["lacking"]) == (0, 2, [])
    assert len(effect["pending"]) == 1
    assert "1 pending request would be decided differently" in effect["sentence"]


def test_a_dry_run_files_nothing(ann: httpx2.Client):
    """It says what it would do, and what is wrong with it."""
    answer = ann.post(f"{CHANGES}?dry_run=true", json={"text": LONGER, "base": 1})

    assert answer.status_code == 200
    assert answer.json()["effect"]["rules"]
    assert ann.get(f"{CHANGES}?all=true").json()["changes"] == []
    assert ann.post(f"{CHANGES}?dry_run=true", json={"text": "no", "base": 1}).status_code == 422


@pytest.mark.parametrize(
    ("body", "status", "field", "said"),
    [
        ({"text": "rules: [", "base": 1}, 422, "text", "proposed:1: This is not YAML"),
        ({"text": "", "base": 1}, 422, "text", "empty"),
        ({"text": "a\x00b: \x07", "base": 1}, 422, "text", "not YAML"),
        ({"text": OWNED, "base": 1}, 422, "text", "word for word"),
        ({"text": LONGER, "base": 2}, 422, "base", "There is no version 2"),
        ({"text": LONGER, "base": "1"}, 422, "base", "“base” must be a whole number"),
        ({"text": LONGER, "base": 10**30}, 422, "base", "There is no version"),
        ({"text": LONGER}, 422, "base", "“base” is missing"),
        ({"text": LONGER, "base": 1, "shadow_for": "soon"}, 422, None, "soon"),
        ({"text": LONGER, "base": 1, "shadow_for": "400d"}, 422, None, ""),
        ({"text": LONGER, "base": 1, "note": "n" * 1001}, 422, "note", "1001"),
        ({"text": LONGER, "base": 1, "sahdow": "7d"}, 422, "sahdow", "is not a field here"),
    ],
)
def test_what_is_wrong_with_a_proposal_is_said(
    ann: httpx2.Client, body: dict[str, object], status: int, field: str | None, said: str
):
    """In a sentence, with the word that is wrong; never a 500."""
    answer = ann.post(CHANGES, json=body)

    assert answer.status_code == status
    assert said in answer.json()["detail"]
    assert field is None or answer.json()["field"] == field


def test_who_is_no_owner_is_refused_and_sees_no_change(ann: httpx2.Client, eve: httpx2.Client):
    """Nor its differences; a change of the rules names people and places that may come to nothing."""
    change = _propose(ann).json()["id"]

    assert _refused(_propose(eve))[:2] == (403, "not_yours")
    assert _refused(eve.post(f"{CHANGES}/{change}/approve", json={}))[:2] == (403, "not_yours")
    for path in (CHANGES, f"{CHANGES}/{change}", f"{CHANGES}/{change}/differences"):
        assert _refused(eve.get(path))[:2] == (403, "not_yours")


def test_a_version_that_came_meanwhile_is_a_conflict(ann: httpx2.Client, bob: httpx2.Client):
    """Told by whom it is, with their name."""
    bob.post(f"{CHANGES}/{_propose(ann).json()['id']}/approve", json={})

    status, code, sentence = _refused(_propose(bob, SHORTER))

    assert (status, code) == (409, "conflict")
    assert sentence == "Version 2 came meanwhile, by U0Ann; pull it and make your change anew from that."


def test_the_author_is_told_to_find_another_owner(ann: httpx2.Client):
    """Nobody changes the rules alone."""
    change = _propose(ann).json()["id"]

    assert "another owner" in _refused(ann.post(f"{CHANGES}/{change}/approve", json={}))[2]


def test_a_click_again_is_too_late(ann: httpx2.Client, bob: httpx2.Client):
    """Whatever it is that is tried."""
    change = _propose(ann).json()["id"]
    assert bob.post(f"{CHANGES}/{change}/deny", json={"reason": "no"}).json()["state"] == "denied"

    for client, act in ((bob, "approve"), (bob, "deny"), (ann, "withdraw")):
        assert _refused(client.post(f"{CHANGES}/{change}/{act}", json={}))[:2] == (410, "too_late")


def test_a_withdrawn_change_is_listed_only_when_all_are(ann: httpx2.Client, bob: httpx2.Client):
    """What waits is what is to be looked at."""
    kept, gone = _propose(ann).json()["id"], _propose(ann, SHORTER).json()["id"]
    ann.post(f"{CHANGES}/{gone}/withdraw", json={})

    assert [one["id"] for one in bob.get(CHANGES).json()["changes"]] == [kept]
    assert {one["id"] for one in bob.get(f"{CHANGES}?all=true").json()["changes"]} == {kept, gone}
    assert bob.get(f"{CHANGES}/{gone}").json()["effect"] is None


@pytest.mark.parametrize("path", ["", "/differences"])
def test_a_change_that_never_was_is_not_found(ann: httpx2.Client, path: str):
    """And an id that is none is bad input."""
    assert ann.get(f"{CHANGES}/abcdefgh2345{path}").status_code == 404
    assert ann.get(f"{CHANGES}/nonsense{path}").status_code == 422


def test_a_change_in_the_shadow_lists_its_differences(ann: httpx2.Client, house: House):
    """None yet, and until when it watches."""
    change = _propose(ann, shadow_for="7d").json()

    assert change["shadow_until"] == (house.clock() + 24 * 7 * HOUR).isoformat().replace("+00:00", "Z")
    assert ann.get(f"{CHANGES}/{change['id']}/differences").json() == {"differences": []}


def test_a_request_is_explained_rule_by_rule(ann: httpx2.Client, bob: httpx2.Client, eve: httpx2.Client):
    """To those who may see it; to others it is not there."""
    asked = ann.post("/v1/requests", json={"text": "s3 read acme-reports/2026/ --for 4h --reason INC-1"}).json()

    found = bob.get(f"/v1/requests/{asked['id']}/explain").json()["rules"]

    assert [(one["rule"], one["applies"], one["decides"]) for one in found] == [
        ("reports", True, True),
        ("drafts", False, False),
    ]
    assert all(one["sentence"] for one in found)
    assert eve.get(f"/v1/requests/{asked['id']}/explain").status_code == 404


def test_rules_that_cannot_be_read_are_said_to_be(ann: httpx2.Client, house: House):
    """With every fault, and never as a 500."""
    house.rules.write_text("version: 1\nrules: 7\n")

    for path in ("/v1/rules", "/v1/rules/versions", "/v1/rules/versions/1", CHANGES):
        assert _refused(ann.get(path))[:2] == (503, "misconfigured")
    assert _refused(_propose(ann))[:2] == (503, "misconfigured")


def test_without_a_login_nothing_is_read(nobody: httpx2.Client):
    """The rules are the house's own."""
    assert nobody.get("/v1/rules").status_code == 401


def test_what_is_hardly_meant_is_pointed_out_with_those_who_are_named_looked_up(ann: httpx2.Client, house: House):
    """In the rules in force, or in a text; Bob has left."""
    house.directory.change(BOB, active=False)
    text = OWNED.replace("for: {default: 30m, max: 2h}", "for: {default: 30m, max: 2d}")

    told = ann.post("/v1/rules/lint", json={"text": text}).json()

    assert [(one["line"], one["rule"], one["kind"]) for one in told["findings"]] == [
        (1, "owners", "no-approver"),
        (5, "reports", "self-approval"),
        (5, "reports", "unreachable"),
        (5, "reports", "no-approver"),
        (5, "reports", "self-approval"),
        (12, "drafts", "too-wide"),
        (12, "drafts", "too-wide"),
    ]
    assert len(ann.post("/v1/rules/lint", json={}).json()["findings"]) == 6
    assert "proposed:1" in _refused(ann.post("/v1/rules/lint", json={"text": "version: 2"}))[2]


def test_who_is_named_is_looked_up_for_owners_and_deciders_alone(eve: httpx2.Client):
    """Others could learn from it who there is."""
    assert _refused(eve.post("/v1/rules/lint", json={"text": OWNED}))[0] == 403


def test_b05_many_texts_at_once_are_looked_through_one_at_a_time(house: House, ann: httpx2.Client):
    """Whoever comes meanwhile is told to try again, and everything else is answered."""
    place = "who: anyone, may: [read], on: [acme-reports/{n}/**], for: {{default: 1h, max: 1h}}"
    rule = f"  - {{{{id: r{{n}}, {place}, approve: at-once}}}}\n"
    text = OWNED + "".join(rule.format(n=n) for n in range(400))

    def lint(_: int) -> tuple[int, str]:
        with house.client(ANN) as client:
            answer = client.post("/v1/rules/lint", json={"text": text}, timeout=60)
        return answer.status_code, "" if answer.is_success else answer.json()["detail"]

    with ThreadPoolExecutor(8) as threads:
        asked = threads.map(lint, range(8))
        assert ann.get("/v1/me").status_code == 200
    assert set(asked) == {(200, ""), (503, "Somebody's rules are being looked through. Try again in a few seconds.")}
