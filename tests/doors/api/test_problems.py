"""Refusals as programs read them (RFC 9457), and the methods and content types that an address takes."""

import asyncio
import json
import threading

import pytest
from starlette.types import Message

from daypass.doors.api.openapi import DescribedApi
from tests.doors.api.test_refusals import refused

A_REQUEST = "/v1/requests/abcdefgh2345"


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("GET", "/nowhere", None, 404, "not_found"),
        ("DELETE", "/v1/requests", None, 405, "bad_method"),
        ("POST", "/v1/requests", {"text": "s3 fly x"}, 422, "bad_input"),
        ("GET", A_REQUEST, None, 404, "not_found"),
        ("POST", "/v1/glass", {"code": "x", "level": "read", "resource": "acme-reports/"}, 403, "not_yours"),
        ("POST", "/approve", {"ticket": 1}, 422, "bad_input"),
        ("GET", "/slack/nothing", None, 404, "not_found"),
    ],
)
def test_every_refusal_is_a_problem(ann, method, path, body, status, code):
    """Whoever refuses: a verb, the framework, a page's script."""
    answer = ann.request(method, path, json=body)

    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert refused(answer)


def test_a_problem_is_of_a_kind_that_can_be_looked_up_and_happened_once(ann):
    """`type` opens in a browser, and `instance` is another one each time."""
    first, second = (ann.get(A_REQUEST).json() for _ in range(2))

    assert ann.get(first["type"]).text.startswith("There is no such thing that you may see.")
    assert first["instance"] != second["instance"]
    assert {**first, "instance": ""} == {**second, "instance": ""}


def test_a_kind_of_problem_that_there_is_not_is_not_found(ann):
    """And says no word of ours."""
    assert ann.get("/problems/nothing").status_code == 404


@pytest.mark.parametrize(
    ("path", "allow"),
    [
        ("/v1/requests", "OPTIONS, POST"),
        ("/v1/robots", "GET, HEAD, OPTIONS, POST"),
        ("/v1/rules/changes", "GET, HEAD, OPTIONS, POST"),
        ("/v1/me", "GET, HEAD, OPTIONS"),
        ("/passkeys/new", "GET, HEAD, OPTIONS, POST"),
    ],
)
def test_every_method_of_an_address_is_named(nobody, path, allow):
    """To whoever takes another, and to whoever asks for them (RFC 9110, sections 9.3.7 and 15.5.6)."""
    wrong, asked = nobody.delete(path), nobody.options(path)

    assert (wrong.status_code, wrong.headers["allow"]) == (405, allow)
    assert (asked.status_code, asked.headers["allow"], asked.content) == (204, allow, b"")


def test_head_answers_as_get_does_without_the_body(ann, nobody):
    """With its length, and refused where GET is; nothing is where nothing is."""
    got, head = ann.get("/v1/me"), ann.head("/v1/me")

    assert (head.status_code, head.headers["content-length"], head.content) == (200, str(len(got.content)), b"")
    assert [nobody.head(path).status_code for path in ("/v1/me", "/v1/nothing", "/v1/requests")] == [401, 404, 405]


def test_an_address_with_a_slash_too_many_sends_nobody_elsewhere(nobody):
    """Not to where a forged Host says."""
    answer = nobody.get("/v1/me/", headers={"Host": "evil.localhost"})

    assert (answer.status_code, answer.headers.get("location")) == (404, None)


@pytest.mark.parametrize(
    ("path", "content_type"), [("/v1/requests", "text/plain"), ("/v1/requests", ""), ("/v1/token", "application/json")]
)
def test_a_body_of_another_type_is_refused_as_that(ann, path, content_type):
    """Which one is wanted stands in the sentence."""
    answer = ann.post(path, content=b'{"text": "s3 read x"}', headers={"Content-Type": content_type})

    assert (answer.status_code, refused(answer)) == (415, True)
    assert ("form" if path == "/v1/token" else "application/json") in answer.json()["detail"]


BROKEN = [b"{", b"[]", b'{"nonsense": 1}', b"\xff", b"", b"[" * 200]


def test_a_stranger_learns_nothing_but_that_they_are_not_logged_in(house, nobody):
    """At every address that wants a login: with a bad path, query, header or body, or all of them at once."""
    told = nobody.get("/v1/openapi.json").json()["paths"]
    behind = [
        (method, path) for path, each in told.items() for method, operation in each.items() if "security" in operation
    ]

    assert len(behind) > 55
    for method, path in behind:
        filled = path.replace("{index}", "x").replace("{number}", "-1").replace("{", "%00").replace("}", "")
        for token in (None, "Bearer nonsense", "Bearer dpb_x_y", "Bearer dpa_x", "Basic YTpi"):
            headers = {"Content-Type": "application/json", "Idempotency-Key": "x" * 500}
            answer = nobody.request(
                method,
                f"{filled}?all=perhaps&dry_run=perhaps&first=x&skip=-1&most=x",
                headers=headers | ({"Authorization": token} if token else {}),
                content=BROKEN[len(path) % len(BROKEN)] if method == "post" else None,
            )

            assert (answer.status_code, answer.json()["code"]) == (401, "not_logged_in"), (method, path, answer.text)


def test_where_an_id_goes_next_is_said_by_links_that_lead_there(ann, bob):
    """What was asked can be shown, approved, ended; what is no request leads elsewhere."""
    paths = ann.get("/v1/openapi.json").json()["paths"]
    at = {how["operationId"]: (verb, path) for path, verbs in paths.items() for verb, how in verbs.items()}
    links = paths["/v1/requests"]["post"]["responses"]["201"]["links"]
    asked = ann.post("/v1/requests", json={"text": "s3 read acme-reports/2026/ --for 1h --reason x"}).json()
    told = {at[one["operationId"]]: one["parameters"] for one in links.values()}
    status = {path: ann.get(path.format(request_id=asked["id"])).status_code for verb, path in told if verb == "get"}

    assert all(given == {"request_id": "$response.body#/id"} for given in told.values())
    assert {("post", "/v1/requests/{request_id}/approve"), ("post", "/v1/grants/{request_id}/done")} <= told.keys()
    assert status == {"/v1/requests/{request_id}": 200, "/v1/requests/{request_id}/explain": 200}


def test_every_refusal_that_can_be_waited_out_is_documented_with_how_long(nobody):
    """429 where tries are counted, 503 everywhere; each names Retry-After."""
    paths = nobody.get("/v1/openapi.json").json()["paths"]
    found = {
        (path, status): list(answer.get("headers", {}))
        for path, verbs in paths.items()
        for how in verbs.values()
        for status, answer in how["responses"].items()
        if status in {"429", "503"}
    }

    assert {path for path, status in found if status == "503"} == paths.keys()
    assert {path for path, status in found if status == "429"} == {
        "/v1/glass",
        "/v1/end-session",
        "/v1/end-session/passkey",
        "/v1/login/device",
    }
    assert set(map(tuple, found.values())) == {("Retry-After",)}


@pytest.mark.parametrize("query", ["?dryrun=true", "?dry_run=yes", "?dry-run=true"])
def test_a_misspelt_dry_run_asks_for_nothing(ann, query):
    """It would have been the real thing."""
    answer = ann.post(f"/v1/requests{query}", json={"text": "s3 read acme-reports/2026/ --for 1h --reason x"})

    assert (answer.status_code, refused(answer)) == (422, True)
    assert ann.get("/v1/mine").json()["requests"] == []


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/absence", {"until": "tomorrow 09:00", "to": ""}),
        ("/v1/requests/again", {"id": ""}),
        (
            "/v1/permits",
            {"to": "U0BOB", "level": "read", "resource": "acme-reports/", "for": "1h", "window": "1d", "start": ""},
        ),
    ],
)
def test_an_empty_word_is_not_taken_for_none(ann, path, body):
    """An empty delegate, id or start is a mistake: what was meant by it would be a guess."""
    answer = ann.post(path, json=body)

    assert (answer.status_code, refused(answer)) == (422, True)


EXCHANGE = {
    "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
    "subject_token": "x",
    "subject_token_type": "urn:ietf:params:oauth:token-type:access_token",
}
IN_PARTS = "".join(
    f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in EXCHANGE.items()
).encode()
IN_PARTS += b"--b--"
"""What /v1/token would take, were it a form."""


@pytest.mark.parametrize(
    ("path", "content_type", "body", "status"),
    [
        ("/passkeys/new?" + "&".join("a" * 1_000), "", b"", 414),
        ("/login?" + "&" * 64, "", b"", 414),
        ("/l/" + "a" * 3_000, "", b"", 414),
        ("/v1/login/device", "application/json", json.dumps(dict.fromkeys(map(str, range(4_500)), 1)).encode(), 413),
        ("/v1/token", "application/x-www-form-urlencoded", b"&" * 60_000, 413),
        ("/v1/token", "multipart/form-data; boundary=b", IN_PARTS, 415),
    ],
)
def test_what_would_be_costly_to_read_is_refused_unread(nobody, path: str, content_type: str, body: bytes, status: int):
    """A stranger with a few of these a second kept everybody else waiting for seconds."""
    answer = nobody.request("POST" if body else "GET", path, headers={"Content-Type": content_type}, content=body)

    assert (answer.status_code, answer.json()["status"]) == (status, status)


def test_whoever_may_not_send_rules_sends_no_more_than_anybody(house, ann):
    """Two megabytes are for a login that may decide; an agent's may not, and a robot's neither."""
    mine = ann.headers["Authorization"].removeprefix("Bearer ")
    agent = ann.post("/v1/token", data=EXCHANGE | {"subject_token": mine}).json()["access_token"]
    large = json.dumps({"text": "x" * 100_000}).encode()
    sent = {"Content-Type": "application/json"}
    by_agent = ann.post("/v1/rules/lint", content=large, headers=sent | {"Authorization": f"Bearer {agent}"})

    assert (by_agent.status_code, ann.post("/v1/rules/lint", content=large, headers=sent).status_code) == (413, 422)


def test_the_description_is_worked_out_once_and_in_a_thread():
    """On the event loop it held everybody up for a second, and each who asked for it ten milliseconds more."""
    worked_out: list[int] = []

    class Counting(DescribedApi):
        def openapi(self) -> dict[str, str]:
            worked_out.append(threading.get_ident())
            return {"openapi": "3.1.0"}

    async def asked(app: DescribedApi) -> list[Message]:
        sent: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Message) -> None:
            sent.append(message)

        scope = {"type": "http", "path": "/openapi.json", "method": "GET", "headers": [], "query_string": b""}
        await app(scope, receive, send)
        return sent

    async def twice() -> list[bytes]:
        app = Counting()
        return [(await asked(app))[1]["body"] for _ in range(2)]

    assert asyncio.run(twice()) == [b'{"openapi":"3.1.0"}'] * 2
    assert len(worked_out) == 1
    assert worked_out[0] != threading.get_ident()
