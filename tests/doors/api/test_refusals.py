"""Nothing that anybody sends is answered with a 500, and every refusal is a sentence."""

import json
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from daypass.model.errors import Misconfigured
from daypass.model.principal import SlackGroupId
from daypass.rules.rule.people import NamedPeople
from tests.doors.house import House
from tests.examples import examples
from tests.hands import HandDirectory
from tests.makers import EVE

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
TEXT = st.text() | st.sampled_from(
    ["2h", "read", "acme-reports/2026/", "until 18:00", "session", "s3 read x", "\ud800"]
)
REQUEST = st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(
        ("text", "level", "resource", "for", "until", "start", "reason", "delivery", "versions", "tags"), TEXT | JSON
    ),
)
PATHS = [
    ("POST", "/v1/requests"),
    ("POST", "/v1/requests?dry_run=true"),
    ("POST", "/v1/requests/abcdefgh2345/approve"),
    ("POST", "/v1/requests/abcdefgh2345/deny"),
    ("POST", "/v1/grants/abcdefgh2345/extend"),
    ("POST", "/v1/grants/abcdefgh2345/revoke"),
    ("POST", "/v1/grants/abcdefgh2345/link"),
    ("POST", "/v1/grants/abcdefgh2345/get-url"),
    ("POST", "/v1/grants/abcdefgh2345/post-form"),
    ("POST", "/v1/login/device"),
    ("POST", "/v1/login/token"),
]


def refused(answer) -> bool:
    """Whether an answer is a refusal in our one shape, RFC 9457's."""
    said = answer.json()
    members = {"type", "title", "status", "detail", "instance", "code", "field"}
    return (
        answer.headers["content-type"] == "application/problem+json"
        and set(said) == members
        and all(said[one] for one in members - {"field"})
        and said["status"] == answer.status_code
    )


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"\xff\xfe{}", 400),
        (b"[" * 30_000, 413),
        (b"[" * 150, 400),
        (b"9" * 5_000, 400),
        (b"[]", 422),
        (b'"read"', 422),
        (b"null", 422),
        (b'{"levle": "read"}', 422),
        (b'{"level": 1}', 422),
        (b'{"versions": "yes"}', 422),
        (b'{"reason": "a", "reason": "b"}', 400),
        (b'{"most": NaN}', 400),
        (b'{"level": "\\ud800"}', 422),
        (b'{"text": "s3 read x", "level": "read"}', 422),
        (b'{"text": "s3 read \\"x"}', 422),
        (b'{"reason": "' + b"x" * 70_000 + b'"}', 413),
        (b'{"reason": "' + b"x" * 5_000 + b'"}', 422),
        (b"", 422),
    ],
)
def test_a_body_that_cannot_be_meant_is_refused_in_a_sentence(ann, body, status):
    """Each with its own status, none with a 500."""
    answer = ann.post("/v1/requests", content=body, headers={"Content-Type": "application/json"})

    assert answer.status_code == status, answer.text
    assert refused(answer)


def test_a_misspelt_field_gets_a_suggestion(ann):
    """As a misspelt word of a command does."""
    answer = ann.post("/v1/requests", json={"resouce": "acme-reports/"})

    assert answer.json()["detail"] == "“resouce” is not a field here. Did you mean “resource”?"


def test_a_field_of_another_address_is_not_offered_for_itself(ann):
    """`text` is a field where something is asked for, and not here."""
    answer = ann.post("/v1/panic", json={"text": "x"})

    assert answer.json()["detail"] == "“text” is not a field here."


def test_a_body_sent_in_pieces_is_not_read_beyond_the_limit(ann):
    """Without a length told in advance the limit holds all the same."""
    answer = ann.post("/v1/requests", content=(b"x" * 1024 for _ in range(100)))

    assert (answer.status_code, refused(answer)) == (413, True)


@pytest.mark.parametrize(("path", "size", "status"), [("", 1_000_000, 403), ("", 2_100_000, 413), ("/x", 70_000, 413)])
def test_only_where_rules_are_proposed_a_body_may_be_as_long_as_rules(ann, path, size, status):
    """The sentence says how long one may be there."""
    answer = ann.post(f"/v1/rules/changes{path}", json={"text": "x" * size, "base": 1})

    assert (answer.status_code, refused(answer)) == (status, True)
    most = "64 KiB" if path else "2048 KiB"
    assert status != 413 or most in answer.json()["detail"]


@pytest.mark.parametrize("bad_id", ["x", "ABCDEFGH234O", "a" * 500, "%00", "..%2f..", "\u00fc" * 12, "abcdefgh2341"])
def test_an_id_that_nobody_drew_is_refused_before_the_database_is_asked(ann, bad_id):
    """Whatever is in it."""
    answer = ann.get(f"/v1/requests/{bad_id}")

    assert answer.status_code in {404, 422}
    assert refused(answer)


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/v1/nothing", 404), ("PUT", "/v1/requests", 405)])
def test_an_address_or_method_that_is_not_there_says_where_to_look(ann, method, path, status):
    """The API describes itself."""
    answer = ann.request(method, path)

    assert answer.status_code == status
    assert "/v1/openapi.json" in answer.json()["detail"]


@settings(examples(150), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(where=st.sampled_from(PATHS), body=REQUEST | JSON)
def test_no_json_makes_the_service_stumble(ann, where, body):
    """Any document to any address that takes one: an answer or a refusal, never a 500."""
    method, path = where
    content = json.dumps(body).encode()
    answer = ann.request(method, path, content=content, headers={"Content-Type": "application/json"})

    assert answer.status_code < 500, answer.text
    assert answer.is_success or refused(answer)


@settings(examples(100), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(where=st.sampled_from(PATHS), content=st.binary(min_size=1, max_size=200))
def test_no_bytes_make_the_service_stumble(ann, where, content):
    """Nor what is no document at all."""
    method, path = where
    answer = ann.request(method, path, content=content, headers={"Content-Type": "application/json"})

    assert answer.status_code < 500, answer.text
    assert answer.is_success or refused(answer)


def test_what_nobody_foresaw_leaks_nothing(house: House, ann, monkeypatch):
    """A 500 says that it is in the log, and not what is in it."""

    def stumble(_self, _principal_id):
        raise RuntimeError("postgresql://user:secret@db")

    monkeypatch.setattr(HandDirectory, "principal", stumble)
    answer = ann.get("/v1/me")

    assert answer.status_code == 500
    assert refused(answer)
    assert "secret" not in answer.text


def test_rules_that_cannot_be_read_refuse_everything_and_say_so(house: House, ann, monkeypatch):
    """Nothing is allowed that cannot be proved."""

    def unreadable():
        raise Misconfigured("The rules cannot be read.")

    house.under(unreadable)
    answer = ann.post("/v1/requests", json={"text": "s3 read acme-reports/ --reason x"})

    assert (answer.status_code, answer.json()["code"]) == (503, "misconfigured")


@pytest.mark.parametrize("path", ["/v1/leavers", "/v1/rules/changes"])
def test_an_owner_whose_group_slack_does_not_tell_now_is_asked_to_try_again(house: House, eve, path: str):
    """An outage is no refusal, also where something is only read; whoever owns nothing is refused."""
    leads = SlackGroupId("S0LEADS")
    owned = replace(house.services.rules(), owners=NamedPeople(slack_groups=frozenset({leads})))
    house.under(lambda: owned)
    refused_now = eve.get(path).status_code
    house.directory.change(EVE, unread=frozenset({leads}))

    assert (refused_now, eve.get(path).status_code) == (403, 503)


def test_every_answer_carries_the_headers_that_keep_it_private(ann, nobody):
    """Good ones, refusals, and those of addresses that are not there."""
    for answer in (ann.get("/v1/me"), nobody.get("/v1/me"), nobody.get("/nothing")):
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert "access-control-allow-origin" not in answer.headers


def test_the_description_names_every_refusal_and_aware_times(nobody):
    """OpenAPI is what a client is generated from."""
    described = nobody.get("/v1/openapi.json").json()
    asking = described["paths"]["/v1/requests"]["post"]

    assert asking["responses"]["422"]["content"]["application/problem+json"]["schema"]["$ref"].endswith("/Problem")
    assert described["components"]["schemas"]["RequestOut"]["properties"]["filed_at"]["format"] == "date-time"
    assert asking["security"] == [{"login": []}]
