"""The file of schedules: what stands behind each name, and every fault with its line."""

import json
from datetime import UTC, datetime

import pytest

from daypass.facts.on_call.schedules_file import parse_schedules
from daypass.model.decision import ScheduleName
from daypass.model.errors import Misconfigured
from tests.facts.on_call.host import hosting

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
SECRETS = {"TOKEN": "token-of-this-test", "CALENDAR": "https://calendar.example.com/secret.ics", "BAD": "a\nb"}
ALL_DAY = b"""BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20260101T000000Z\r
DTSTART;VALUE=DATE:20260504\r\nDTEND;VALUE=DATE:20260505\r\nSUMMARY:anna@example.com\r\nEND:VEVENT\r\nEND:VCALENDAR\r
"""


def secret(name):
    """Give a variable of the environment."""
    if name not in SECRETS:
        raise Misconfigured(f"The environment variable {name} is not set.")
    return SECRETS[name]


def parsed(text):
    """Read a file."""
    return parse_schedules(text, name="schedules.yaml", secret=secret)


def test_a_calendar_is_read_in_its_zone():
    """An all-day event begins at midnight of the zone that the file gives."""
    with hosting(lambda _path: (200, {}, ALL_DAY)) as host:
        found = parsed(f"payments:\n  ical: {host.url}/c.ics\n  zone: Pacific/Auckland\n")[ScheduleName("payments")]

        assert found.on_call(datetime(2026, 5, 3, 13, tzinfo=UTC)) == {"anna@example.com"}
        assert found.on_call(datetime(2026, 5, 4, 12, 30, tzinfo=UTC)) == frozenset()


@pytest.mark.parametrize(
    ("kind", "answer"),
    [
        ("pagerduty", {"oncalls": []}),
        ("opsgenie", {"data": {"onCallRecipients": []}}),
        ("incident_io", {"schedule_entries": {"final": []}}),
    ],
)
def test_a_service_is_asked_with_the_token_of_the_environment(kind, answer):
    """The file names the variable; the token goes to the service alone."""
    with hosting(lambda _path: (200, {}, json.dumps(answer).encode())) as host:
        text = f"storage:\n  {kind}: {{schedule: S1, token_env: TOKEN, api: '{host.url}'}}"

        assert parsed(text)[ScheduleName("storage")].on_call(NOON) == frozenset()
    assert SECRETS["TOKEN"] in host.headers[0]["authorization"]
    assert "S1" in host.paths[0]


def test_every_service_has_a_well_known_address():
    """Nothing but an id and a token is needed."""
    text = "a:\n  pagerduty: &x\n    schedule: S1\n".replace("&x", "")
    text += "    token_env: TOKEN\nb:\n  opsgenie: {schedule: S1, token_env: TOKEN}\n"
    text += "c:\n  incident_io: {schedule: S1, token_env: TOKEN}\nd: {ical_env: CALENDAR}\n"

    assert list(parsed(text)) == ["a", "b", "c", "d"]


def test_an_empty_file_has_no_schedules():
    """And that is no fault."""
    assert parsed("# none yet\n") == {}


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("- payments", 1, "no file of schedules"),
        ("\na b: {ical_env: CALENDAR}", 2, "cannot be a schedule's name"),
        ("a: https://x.example", 1, "where the schedule a is kept"),
        ("a: {}", 1, "where the schedule a is kept"),
        ("a:\n  ical: https://x.example\n  opsgenie: {}", 1, "where the schedule a is kept"),
        ("a:\n  ical: https://x.example\n  token_env: TOKEN", 3, "no “token_env” here"),
        ("a:\n  opsgenie: S1", 2, "token_env: VARIABLE"),
        ("a:\n  opsgenie:\n    schedule: S1", 2, "“token_env” is lacking"),
        ("a:\n  opsgenie:\n    token_env: TOKEN", 2, "“schedule” is lacking"),
        ("a:\n  opsgenie:\n    schedule: 12\n    token_env: TOKEN", 3, "“schedule” is lacking, or is not text"),
        ("a:\n  opsgenie:\n    schedule: S1\n    token: x", 4, "no “token” here"),
        ("a:\n  opsgenie: {schedule: S1, token_env: NOWHERE}", 1, "NOWHERE is not set"),
        ("a:\n  pagerduty: {schedule: S1, token_env: BAD}", 1, "no token has"),
        ("a:\n  pagerduty: {schedule: ../x, token_env: TOKEN}", 1, "not the id of a PagerDuty schedule"),
        ("a:\n  pagerduty: {schedule: S1, token_env: TOKEN, api: http://x.example}", 1, "must begin with https"),
        ("a:\n  ical: http://x.example/secret.ics", 1, "must begin with https"),
        ("a:\n  ical: https://x.example\n  zone: Mars/Olympus", 3, "Nobody knows the time zone"),
        ("a: 'x", 1, "This is not YAML"),
    ],
)
def test_a_fault_has_its_line(text, line, words):
    """The operator is told where and what."""
    with pytest.raises(Misconfigured) as refused:
        parsed(text)

    assert refused.value.sentence.startswith(f"The file of schedules cannot be read:\nschedules.yaml:{line}: ")
    assert words in refused.value.sentence


def test_every_fault_is_told_at_once():
    """Not only the first."""
    with pytest.raises(Misconfigured) as refused:
        parsed("a: {}\nb: {ical_env: CALENDAR}\nc: {opsgenie: S1}")

    assert [line.split(":")[1] for line in refused.value.sentence.splitlines()[1:]] == ["1", "3"]


def test_a_token_that_was_put_into_the_file_is_not_repeated():
    """Who writes the token in place of a variable's name is told so, without the token."""
    with pytest.raises(Misconfigured) as refused:
        parsed("a:\n  pagerduty: {schedule: S1, token_env: u+hunter2_key}")

    assert "name of an environment variable" in refused.value.sentence
    assert "hunter2" not in refused.value.sentence
