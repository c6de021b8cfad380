"""Attacks by a stranger with single requests: whom they have looked up, what they are told, and whom they hold up."""

import json
import socket
from typing import Any

import httpx2
import pytest

from tests.attacks.passkeys import asked_by, enrol, page_for_a_new_one, path_of
from tests.attacks.site import ALICE, BOB, CAROL, NAMES, Site

NOBODY = "U0NOBODY"
_MADE_UP = "U0Y"
_MENTIONS = "".join(f"<@{_MADE_UP}{number:03}>" for number in range(390))
_COLLEAGUES = "".join(f"<@{one}>" for one in NAMES)
_GLASS = {"code": "7K2MQ-00000-00000-00000-00000", "level": "read", "resource": "acme-reports/2026/"}
_PROOF = {
    "id": "AAAA",
    "rawId": "AAAA",
    "type": "public-key",
    "response": {"clientDataJSON": "AA", "authenticatorData": "AA", "signature": "AA"},
}


def test_s01_a_strangers_words_have_nobody_looked_up(site: Site):
    """One anonymous request names 390 people: Slack is asked of none of them, so its allowance is left to people."""
    before = len(site.slack.calls)
    answer = site.http.post("/v1/glass", json=_GLASS | {"code": "x", "resource": _MENTIONS})
    looked_up = _looked_up(site, before, _MADE_UP)

    assert answer.status_code == httpx2.codes.UNPROCESSABLE_CONTENT
    assert looked_up == [], f"one request of a stranger made {len(looked_up)} calls of users.info"


def test_s01_a_members_words_have_nobody_looked_up(site: Site):
    """Nor do those of somebody with a login, whom one answer tells of ten people at most."""
    site.token(ALICE)
    before = len(site.slack.calls)
    site.call(ALICE, "/v1/requests", {"level": "read", "resource": _MENTIONS})
    looked_up = _looked_up(site, before, _MADE_UP)

    assert looked_up == [], f"one request of a member made {len(looked_up)} calls of users.info"


def test_s01_the_page_of_a_passkey_has_nobody_looked_up(fronted: Site):
    """A stranger asks for the address at which an invented person would prove who they are, and opens it ten times."""
    before, page = len(fronted.slack.calls), path_of(fronted, _address_for(fronted, NOBODY))
    for _ in range(10):
        fronted.http.get(page)
    looked_up = _looked_up(fronted, before, NOBODY)

    assert looked_up == [], f"ten looks at a page made {len(looked_up)} calls of users.info"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/glass", _GLASS | {"resource": _COLLEAGUES}),
        ("/v1/glass", _GLASS | {"for": f"<@{ALICE}>"}),
        ("/v1/glass", _GLASS | {"delivery": f"<@{ALICE}>"}),
        ("/v1/end-session/passkey", {"person": f"x{_COLLEAGUES}", "user_code": "x"}),
    ],
    ids=["resource", "for", "delivery", "person"],
)
def test_s02_a_stranger_is_told_nobodys_name(fronted: Site, path: str, body: dict[str, str]):
    """Whatever ids they write, and wherever: the answer has no name in it."""
    answer = fronted.http.post(path, json=body, headers=_from(f"198.51.100.{len(str(body))}"))
    told = [name for name in NAMES.values() if name in answer.text]

    assert answer.is_client_error, answer.text
    assert told == [], f"a stranger reads whose ids these are: {told}"


def test_s02_a_stranger_cannot_tell_who_has_a_passkey(fronted: Site):
    """Bob has one, Carol has none, and nobody is the third: their pages ask for the same, and name nobody."""
    assert enrol(fronted, page_for_a_new_one(fronted, BOB)) == httpx2.codes.OK
    comes = {who: _from(f"198.51.100.{number}") for number, who in enumerate((BOB, CAROL, NOBODY), start=2)}
    pages = {who: fronted.http.get(path_of(fronted, _address_for(fronted, who, **comes[who]))) for who in comes}
    wanted = {who: asked_by(page)["prove"].get("allowCredentials", []) for who, page in pages.items()}
    named = [NAMES[who] for who in (BOB, CAROL) if NAMES[who] in pages[who].text]

    assert wanted[BOB] == wanted[CAROL] == wanted[NOBODY], f"it is told who has a passkey, and which: {wanted}"
    assert named == [], f"the page names whom it is for: {named}"


@pytest.mark.parametrize(
    ("path", "body", "attacker", "victim"),
    [
        ("/v1/login/token", {"device_code": "glass 203.0.113.9"}, "192.0.2.66", "203.0.113.9"),
        ("/v1/login/token", {"device_code": "glass 2001:db8:9::/64"}, "192.0.2.66", "2001:db8:9::9"),
        ("/v1/end-session", {"code": "nonsense"}, "203.0.113.10", "203.0.113.10"),
    ],
    ids=["from elsewhere", "from elsewhere, by IPv6", "a neighbour"],
)
def test_s04_nobody_holds_another_from_ending_things(
    fronted: Site, path: str, body: dict[str, str], attacker: str, victim: str
):
    """A stranger tries, and tries again; somebody whose code is good is let through to their passkey at once."""
    waits = _begun(fronted, victim)
    for _ in range(5):
        fronted.http.post(path, json=body, headers=_from(attacker))
    wish = {"person": BOB, "user_code": waits["user_code"]}
    answer = fronted.http.post("/v1/end-session/passkey", json=wish, headers=_from(victim))

    assert answer.status_code == httpx2.codes.OK, f"a good code is answered {answer.status_code}: {answer.text[:200]}"


def test_s07_a_stranger_writes_next_to_nothing_and_in_nobodys_name(fronted: Site):
    """From forty networks: addresses for Bob's passkey, proofs that are none, codes that are none. A few entries."""
    ((last,),) = fronted.sql("select max(id) from journal")
    for number in range(40):
        headers = _from(f"2001:db8:7:{number:x}::1")
        ticket = _address_for(fronted, BOB if number % 2 else NOBODY, **headers).rpartition("/")[2]
        fronted.http.post("/end", json={"ticket": ticket, "proof": _PROOF}, headers=headers)
        fronted.http.post("/v1/glass", json=_GLASS | {"code": "x" if number % 2 else _GLASS["code"]}, headers=headers)
        fronted.http.post("/v1/end-session", json={"code": _GLASS["code"]}, headers=headers)
    entries: list[dict[str, Any]] = [
        json.loads(entry) for (entry,) in fronted.sql("select entry from journal where id > ?", last)
    ]
    forged = [f"{one['actor']} {one['kind']}" for one in entries if one["actor"] in {BOB, NOBODY}]

    assert forged == [], f"a stranger wrote {len(forged)} entries in somebody's name: {forged[:2]}"
    assert len(entries) <= 10, f"a stranger wrote {len(entries)} entries with 160 requests"


@pytest.mark.parametrize(
    "written",
    ["8.8.8.8", "8.8.8.8:4711", "[2606:4700::1]:443", "unknown", "8.8.8.8,x", ""],
    ids=["an address", "with a port", "IPv6 with a port", "a word", "a word behind it", "nothing"],
)
def test_s10_the_metrics_are_for_nobody_whom_the_proxy_does_not_name_near(fronted: Site, written: str):
    """A proxy that writes ports, words or nothing: whoever comes through it is never taken for the proxy."""
    answer = fronted.http.get("/metrics", headers={"X-Forwarded-For": written} if written else {"X-Real-IP": "8.8.8.8"})

    assert answer.status_code == httpx2.codes.NOT_FOUND, f"the metrics are shown to {written or 'X-Real-IP'!r}"


def test_s11_another_hosts_name_is_not_answered(fronted: Site):
    """A page in a browser inside, whose own name was turned to our address, reads nothing here (DNS rebinding)."""
    paths, other = ("/metrics", "/login", "/v1/openapi.json"), {"Host": "evil.example"}
    told = [path for path in paths if fronted.http.get(path, headers=other).status_code == httpx2.codes.OK]

    assert told == [], f"evil.example is shown {told}"


@pytest.mark.parametrize(
    "chunks",
    [
        b"fffffffffffffffff\r\n{}\r\n0\r\n\r\n",
        b"2;" + b"a" * 100_000 + b"\r\n{}\r\n0\r\n\r\n",
        b"0\r\n" + b"a: b\r\n" * 20_000 + b"\r\n",
    ],
    ids=["a size beyond all", "a long extension", "many trailers"],
)
def test_s11_a_body_in_chunks_that_are_none_is_the_senders_mistake(site: Site, chunks: bytes):
    """400, and never an error of ours."""
    with socket.create_connection(("127.0.0.1", site.port), timeout=30) as opened:
        opened.sendall(b"POST /v1/token HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks)
        answer = opened.recv(4096)

    assert answer.startswith(b"HTTP/1.1 400 "), answer[:200]


def _looked_up(site: Site, since: int, begins: str) -> list[str]:
    """Of whom Slack was asked since then, of those whose ids begin so."""
    calls = site.slack.calls[since:]
    asked = [str(one.arguments.get("user", "")) for one in calls if one.method == "users.info"]
    return [one for one in asked if one.startswith(begins)]


def _from(address: str) -> dict[str, str]:
    return {"X-Forwarded-For": address}


def _begun(site: Site, address: str) -> dict[str, str]:
    """A command line that waits to end things."""
    answer = site.http.post("/v1/login/device", json={"client": "laptop", "only_end": True}, headers=_from(address))
    assert answer.status_code == httpx2.codes.OK, answer.text
    begun: dict[str, str] = answer.json()
    return begun


def _address_for(site: Site, who: str, **headers: str) -> str:
    """The address at which somebody would prove that they are who a stranger says."""
    begun = _begun(site, headers.get("X-Forwarded-For", "198.51.100.1"))
    wish = {"person": who, "user_code": begun["user_code"]}
    answer = site.http.post("/v1/end-session/passkey", json=wish, headers=headers)
    assert answer.status_code == httpx2.codes.OK, answer.text
    return str(answer.json()["url"])
