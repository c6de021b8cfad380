"""Who incident.io says is on call, from a real server that answers in its shapes."""

import json
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from daypass.facts.on_call import IncidentIoSchedule
from daypass.model.errors import Misconfigured, Throttled, Unavailable
from tests.facts.on_call.host import hosting

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
TOKEN = "key-of-this-test"
ID = "01FCNDV6P870EA6S7TK1DSYDG0"


def shift(email, *, starts="2026-05-04T09:00:00Z", ends="2026-05-04T17:00:00Z"):
    """Write one entry; None for a shift that nobody has."""
    user = {"id": "01U", "name": "Anna", "email": email, "slack_user_id": "U0ANNA", "role": "responder"}
    return {"entry_id": "e", "start_at": starts, "end_at": ends, **({"user": user} if email is not None else {})}


def listing(*final, scheduled=()):
    """Write an answer."""
    entries = {"final": list(final), "scheduled": list(scheduled), "overrides": []}
    return 200, {}, json.dumps({"schedule_entries": entries, "pagination_meta": {"after": "later"}}).encode()


def asked(reply):
    """Ask an incident.io that answers so."""
    with hosting(lambda _path: reply) as host:
        return IncidentIoSchedule(ID, TOKEN, api=host.url, patience_s=20.0).on_call(NOON)


def test_the_question_names_the_schedule_and_a_minute():
    """The key is a bearer token."""
    with hosting(lambda _path: listing(shift("Anna@Example.com"))) as host:
        found = IncidentIoSchedule(ID, TOKEN, api=host.url).on_call(NOON)
    parts = urlsplit(host.paths[0])

    assert found == {"anna@example.com"}
    assert parts.path == "/v2/schedule_entries"
    assert parse_qs(parts.query) == {
        "schedule_id": [ID],
        "entry_window_start": ["2026-05-04T12:00:00Z"],
        "entry_window_end": ["2026-05-04T12:01:00Z"],
    }
    assert host.headers[0]["authorization"] == f"Bearer {TOKEN}"


def test_overrides_count_and_what_they_cover_does_not():
    """Only the final entries say who has the shift."""
    assert asked(listing(shift("bert@example.com"), scheduled=[shift("anna@example.com")])) == {"bert@example.com"}


@pytest.mark.parametrize(
    ("starts", "ends", "is_on"),
    [
        ("2026-05-04T12:00:00Z", "2026-05-04T17:00:00Z", True),
        ("2026-05-04T12:00:30Z", "2026-05-04T17:00:00Z", False),
        ("2026-05-04T09:00:00Z", "2026-05-04T12:00:00Z", False),
        ("2026-05-04T13:00:00+02:00", "2026-05-04T15:00:00+02:00", True),
    ],
)
def test_a_shift_covers_its_start_and_not_its_end(starts, ends, is_on):
    """The answer is about a whole minute; a shift that begins within it is not on yet."""
    assert bool(asked(listing(shift("anna@example.com", starts=starts, ends=ends)))) is is_on


def test_a_shift_that_nobody_has_is_nobody():
    """An empty set is an answer."""
    assert asked(listing(shift(None))) == asked(listing()) == frozenset()


def test_somebody_on_call_without_an_address_is_an_error():
    """A person we cannot name is not left out in silence."""
    with pytest.raises(Misconfigured, match="e-mail address"):
        asked(listing(shift("")))


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
    [b"", b"[]", b"{}", b'{"schedule_entries": {}}', b'{"schedule_entries": {"final": null}}'],
)
def test_an_answer_that_is_none_is_unavailable(body):
    """What cannot be understood is never an empty set."""
    with pytest.raises(Unavailable, match="cannot be understood"):
        asked((200, {}, body))


@pytest.mark.parametrize(("schedule", "token"), [("", TOKEN), ("../x", TOKEN), (ID, ""), (ID, "a\nb")])
def test_a_schedule_or_key_that_cannot_be_one_is_refused_at_once(schedule, token):
    """Neither a header nor a query can be smuggled in."""
    with pytest.raises(Misconfigured, match=r"incident\.io"):
        IncidentIoSchedule(schedule, token)
