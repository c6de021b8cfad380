"""Who PagerDuty says is on call, from a real server that answers as its documentation says."""

import json
import time
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from daypass.facts.on_call.pagerduty import PagerDutySchedule
from daypass.model.errors import Misconfigured, Throttled, Unavailable
from tests.facts.on_call.host import hosting

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
TOKEN = "token-of-this-test"


def turn(email, *, starts="2026-05-04T09:00:00Z", ends="2026-05-04T17:00:00+00:00", schedule="PSCHED1"):
    """Write one entry of an answer."""
    user = {"id": "PUSER1", "type": "user", "name": "Anna"} | ({"email": email} if email else {})
    return {"user": user, "schedule": {"id": schedule}, "escalation_level": 1, "start": starts, "end": ends}


def page(*turns, more=False):
    """Write one page of an answer."""
    return 200, {}, json.dumps({"oncalls": turns, "limit": 100, "offset": 0, "more": more}).encode()


def asked(reply):
    """Ask a PagerDuty that answers so."""
    with hosting(lambda _path: reply) as host:
        return PagerDutySchedule("PSCHED1", TOKEN, api=host.url, patience_s=20.0).on_call(NOON)


def test_the_question_is_the_one_pagerduty_documents():
    """The schedule, the users, the moment and the token are sent as the API wants them."""
    with hosting(lambda _path: page(turn("Anna@Example.com"))) as host:
        found = PagerDutySchedule("PSCHED1", TOKEN, api=host.url + "/").on_call(NOON)
        parts = urlsplit(host.paths[0])

    assert found == {"anna@example.com"}
    assert parts.path == "/oncalls"
    assert parse_qs(parts.query) == {
        "schedule_ids[]": ["PSCHED1"],
        "include[]": ["users"],
        "earliest": ["true"],
        "since": ["2026-05-04T12:00:00Z"],
        "until": ["2026-05-04T12:00:01Z"],
        "limit": ["100"],
        "offset": ["0"],
    }
    assert host.headers[0]["authorization"] == f"Token token={TOKEN}"
    assert host.headers[0]["accept"] == "application/vnd.pagerduty+json;version=2"


@pytest.mark.parametrize(
    ("starts", "ends", "is_on"),
    [
        ("2026-05-04T12:00:00Z", "2026-05-04T17:00:00Z", True),
        ("2026-05-04T12:00:01Z", "2026-05-04T17:00:00Z", False),
        ("2026-05-04T09:00:00Z", "2026-05-04T12:00:00Z", False),
        ("2026-05-04T14:00:00+02:00", None, True),
        (None, None, True),
    ],
)
def test_a_turn_covers_its_start_and_not_its_end(starts, ends, is_on):
    """A turn is half-open; one without bounds lasts for ever."""
    assert bool(asked(page(turn("anna@example.com", starts=starts, ends=ends)))) is is_on


def test_nobody_on_call_is_an_empty_set():
    """An empty answer is an answer."""
    assert asked(page()) == frozenset()


def test_a_turn_of_another_schedule_does_not_count():
    """An answer about more than was asked does not widen who is on call."""
    beside = turn("carl@example.com") | {"schedule": None}

    assert asked(page(turn("bert@example.com", schedule="POTHER"), beside)) == frozenset()


def test_every_page_is_read():
    """A long answer comes in pages."""
    pages = iter([page(turn("anna@example.com"), more=True), page(turn("bert@example.com"))])
    with hosting(lambda _path: next(pages)) as host:
        found = PagerDutySchedule("PSCHED1", TOKEN, api=host.url).on_call(NOON)

    assert found == {"anna@example.com", "bert@example.com"}
    assert "offset=100" in host.paths[1]


def test_pages_come_to_an_end():
    """An answer that always has more is given up, not cut short."""
    with pytest.raises(Misconfigured, match="more people"):
        asked(page(turn("anna@example.com"), more=True))


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, Misconfigured),
        (401, Misconfigured),
        (403, Misconfigured),
        (404, Misconfigured),
        (429, Throttled),
        (500, Unavailable),
        (503, Unavailable),
        (302, Misconfigured),
    ],
)
def test_a_refusal_is_told_without_the_token(status, kind):
    """Each status is one of our errors, and the token is in none, though the other side repeats it."""
    with pytest.raises(kind) as raised:
        asked((status, {"Location": "/elsewhere"}, TOKEN.encode()))

    assert type(raised.value) is kind
    assert TOKEN not in raised.value.report + repr(raised.value)


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"{}", b'{"oncalls": 3}', b'{"oncalls": [{}]}', b"\xff"])
def test_an_answer_that_is_none_is_unavailable(body):
    """What cannot be understood is never an empty set."""
    with pytest.raises(Unavailable, match="cannot be understood"):
        asked((200, {}, body))


@pytest.mark.parametrize("email", [None, "", "anna", "anna@example.com\nx"])
def test_somebody_on_call_without_an_address_is_an_error(email):
    """A person we cannot name is not left out in silence."""
    with pytest.raises(Misconfigured, match="e-mail address"):
        asked(page(turn(email)))


def test_a_silent_pagerduty_is_unavailable():
    """No answer in time is Unavailable, and the token is not in it."""

    def late(_path):
        time.sleep(0.4)
        return page()

    with hosting(late) as host, pytest.raises(Unavailable, match="in time") as raised:
        PagerDutySchedule("PSCHED1", TOKEN, api=host.url, patience_s=0.1).on_call(NOON)

    assert TOKEN not in raised.value.report


@pytest.mark.parametrize(("schedule", "token"), [("", TOKEN), ("../x", TOKEN), ("PSCHED1", ""), ("PSCHED1", "a\nb")])
def test_a_schedule_or_token_that_cannot_be_one_is_refused_at_once(schedule, token):
    """A header cannot be smuggled in by a token, nor a path by an id."""
    with pytest.raises(Misconfigured, match="PagerDuty"):
        PagerDutySchedule(schedule, token)


def test_the_token_is_sent_in_the_clear_to_this_machine_only():
    """An API without HTTPS elsewhere is refused before any call."""
    with pytest.raises(Misconfigured, match="https://"):
        PagerDutySchedule("PSCHED1", TOKEN, api="http://api.example.com")


def test_the_token_is_not_shown():
    """A schedule printed in a log tells its id only."""
    assert repr(PagerDutySchedule("PSCHED1", TOKEN)) == "PagerDutySchedule('PSCHED1')"
