"""What the command line says of requests and grants, by itself."""

import pytest

from daypass.doors.cli import output, preapprovals

BERLIN = output.Zone("Europe/Berlin")
GRANT = {
    "id": "k3m9xw2p7qrs",
    "state": "approved",
    "approved_at": "2026-11-30T20:06:00Z",
    "starts": None,
    "ends": None,
    "ending": None,
    "ended_at": None,
}
ENDED = {
    "state": "ended",
    "starts": "2026-11-30T19:47:53Z",
    "ends": "2026-11-30T20:47:53Z",
    "ended_at": "2026-11-30T19:48:05.25Z",
    "ending": {"why": "done", "by": "U0ANN", "at": "2026-11-30T19:48:04Z", "note": ""},
}


@pytest.mark.parametrize(
    ("grant", "said"),
    [
        ({}, "approved; active in a few seconds."),
        ({"starts": "2026-11-30T20:00:00Z"}, "approved; active in a few seconds."),  # a window that is open
        ({"starts": "2026-12-01T08:00:00Z"}, "approved; it begins Tue 01 Dec 09:00:00 CET."),
        ({"state": "pending"}, "your approval is noted; others must approve it too."),
        ({"state": "active", "ends": "2026-11-30T20:47:53Z"}, "approved; active until Mon 30 Nov 21:47:53 CET."),
        (ENDED, "approved; it has ended since: done."),
    ],
)
def test_an_approval_says_when_the_access_begins(grant, said: str):
    """A schedule's or a later start's is not live in a few seconds, and an old one said again is what it is now."""
    assert output.given(GRANT | grant, BERLIN) == said


@pytest.mark.parametrize(
    ("grant", "until"),
    [
        (ENDED, "2026-11-30T19:48:05.25Z"),
        (
            ENDED | {"ended_at": "2026-11-30T20:47:59Z"},
            "2026-11-30T20:47:53Z",
        ),  # its date ended it; AWS was tidied later
        ({"state": "active", "ends": "2026-11-30T20:47:53Z"}, "2026-11-30T20:47:53Z"),
        ({}, None),
    ],
)
def test_what_has_ended_is_shown_until_it_ended(grant, until: str | None):
    """Not until the date that it was once given for."""
    assert output.until(GRANT | grant) == until


@pytest.mark.parametrize(
    ("owners", "whom"),
    [
        (
            {"people": ["U0BOB"], "slack_groups": ["S0LEADS"], "directory_groups": ["file:leads"]},
            "ask the owners of the rules: Bob, @leads, file:leads.",
        ),
        ({"people": [], "slack_groups": [], "directory_groups": []}, "ask whoever runs Daypass."),
    ],
)
def test_whoever_is_offered_nothing_reads_whom_to_ask(owners, whom: str):
    """By name."""
    names = {"U0BOB": "Bob", "S0LEADS": "@leads"}

    assert preapprovals.offered({"offers": [], "denials": [], "owners": owners, "names": names}).endswith(whom)
