"""Who Opsgenie says is on call, from a real server that answers as its documentation says."""

import json
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from daypass.facts.on_call import OpsgenieSchedule
from daypass.model.errors import Misconfigured, Throttled, Unavailable
from tests.facts.on_call.host import hosting

NOON = datetime(2026, 5, 4, 12, 0, 30, 250, tzinfo=UTC)
TOKEN = "key-of-this-test"
ID = "d875e654-9b4e-4219-a803-0c26936d18de"


def naming(*names):
    """Answer with user names."""
    data = {"_parent": {"id": ID, "name": "payments", "enabled": True}, "onCallRecipients": list(names)}
    return 200, {}, json.dumps({"data": data, "took": 0.1, "requestId": "x"}).encode()


def asked(reply):
    """Ask an Opsgenie that answers so."""
    with hosting(lambda _path: reply) as host:
        return OpsgenieSchedule(ID, TOKEN, api=host.url, patience_s=20.0).on_call(NOON)


def test_the_question_is_the_one_opsgenie_documents():
    """The schedule stands in the path; the moment, with its zone, in the query."""
    with hosting(lambda _path: naming("Anna@Example.com", "bert@example.com")) as host:
        found = OpsgenieSchedule(ID, TOKEN, api=host.url + "/").on_call(NOON)
    parts = urlsplit(host.paths[0])

    assert found == {"anna@example.com", "bert@example.com"}
    assert parts.path == f"/v2/schedules/{ID}/on-calls"
    assert parse_qs(parts.query) == {
        "scheduleIdentifierType": ["id"],
        "flat": ["true"],
        "date": ["2026-05-04T12:00:30+00:00"],
    }
    assert host.headers[0]["authorization"] == f"GenieKey {TOKEN}"


def test_nobody_on_call_is_an_empty_set():
    """An empty answer is an answer."""
    assert asked(naming()) == frozenset()


@pytest.mark.parametrize(
    ("status", "kind"),
    [(401, Misconfigured), (403, Misconfigured), (404, Misconfigured), (429, Throttled), (502, Unavailable)],
)
def test_a_refusal_is_told_without_the_key(status, kind):
    """Each status is one of our errors, and the key is in none."""
    with pytest.raises(kind) as raised:
        asked((status, {}, TOKEN.encode()))

    assert type(raised.value) is kind
    assert TOKEN not in raised.value.report + repr(raised.value)


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b'{"data": {}}', b'{"data": {"onCallRecipients": null}}', b'{"data": {"onCallRecipients": "a@b.c"}}'],
)
def test_an_answer_that_is_none_is_unavailable(body):
    """What cannot be understood is never an empty set."""
    with pytest.raises(Unavailable, match="cannot be understood"):
        asked((200, {}, body))


def test_somebody_on_call_without_an_address_is_an_error():
    """A person we cannot name is not left out in silence."""
    with pytest.raises(Misconfigured, match="not an e-mail address"):
        asked(naming("anna@example.com", "team payments"))


@pytest.mark.parametrize(("schedule", "token"), [("", TOKEN), ("../x", TOKEN), (ID, ""), (ID, "a\nb")])
def test_a_schedule_or_key_that_cannot_be_one_is_refused_at_once(schedule, token):
    """Neither a header nor a path can be smuggled in."""
    with pytest.raises(Misconfigured, match="Opsgenie"):
        OpsgenieSchedule(schedule, token)


def test_the_key_is_not_shown():
    """A schedule printed in a log tells its id only."""
    assert repr(OpsgenieSchedule("x1", TOKEN)) == "OpsgenieSchedule('x1')"
