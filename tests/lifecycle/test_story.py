"""What the journal has of a request, said in words."""

from datetime import UTC, datetime, timedelta

import pytest

from daypass.lifecycle.story import happened_at, in_order, words
from daypass.model.event import Detail, EntryKind, Event
from tests.makers import ANN

AT = datetime(2026, 5, 4, 10, tzinfo=UTC)
ELSEWHERE = {
    EntryKind.LOGIN_CONFIRMED,
    EntryKind.LOGIN_ISSUED,
    EntryKind.LOGIN_REVOKED,
    EntryKind.LOGIN_REJECTED,
    EntryKind.RULES_CHANGED,
    EntryKind.RULES_PROPOSED,
    EntryKind.RULES_DENIED,
    EntryKind.RULES_WITHDRAWN,
    EntryKind.RULES_REFUSED,
    EntryKind.PERMIT_GIVEN,
    EntryKind.PERMIT_WITHDRAWN,
    EntryKind.PERMIT_LAPSED,
    EntryKind.ABSENCE_SAID,
    EntryKind.CODES_SEALED,
    EntryKind.CODE_REFUSED,
    EntryKind.PASSKEY_ADDED,
    EntryKind.PASSKEY_REMOVED,
    EntryKind.ROBOT_ADDED,
    EntryKind.ROBOT_CHANGED,
    EntryKind.ROBOT_REMOVED,
    EntryKind.JOURNAL_ACCEPTED,
    EntryKind.ABSENCE_ENDED,
    EntryKind.CODE_SPENT,
    EntryKind.ROBOT_TOKEN_ENDED,
    EntryKind.PANIC_DONE,
    EntryKind.FREEZE_SET,
    EntryKind.FREEZE_LIFT_AGREED,
    EntryKind.FREEZE_LIFTED,
    EntryKind.GROUP_REMEMBERED,
    EntryKind.WORKSPACE_REMEMBERED,
    EntryKind.OWNERS_REMEMBERED,
    EntryKind.LEAVER_NOTICED,
    EntryKind.LEAVER_ENDED,
    EntryKind.LEAVER_CLOSED,
    EntryKind.LEAVER_CONFIRMED,
    EntryKind.LEAVER_DISMISSED,
    EntryKind.LEAVERS_HELD,
    EntryKind.LEAVERS_WATCHED,
    EntryKind.RULES_FILE_IGNORED,
    EntryKind.LEDGER_ALTERED,
    EntryKind.UNKNOWN_FOUND,
    EntryKind.LEDGER_RESTORED,
    EntryKind.JOURNAL_DAMAGED,
    EntryKind.JOURNAL_MENDED,
}
"""Happen to a person, a robot, the rules or the ledger, and are told elsewhere."""


def happened(kind: EntryKind, **details: Detail) -> Event:
    """Something that Ann did."""
    return Event(kind=kind, at=AT, actor=ANN, details=details)


@pytest.mark.parametrize("kind", [kind for kind in EntryKind if kind not in ELSEWHERE])
def test_whatever_happens_to_a_request_has_words(kind: EntryKind):
    """Also with no detail at all; nobody reads `request.filed`."""
    said = words(happened(kind))
    assert said
    assert kind.value not in said
    assert "None" not in said


@pytest.mark.parametrize(
    ("event", "said"),
    [
        (
            happened(EntryKind.REQUEST_FILED, entitlement="read acme/", delivery="session", reason="INC-42"),
            "asked for read acme/ as a session: INC-42",
        ),
        (
            happened(EntryKind.REQUEST_FILED, entitlement="read acme/", delivery="session", extends="abcdefgh2345"),
            "asked for more time for read acme/ as a session",
        ),
        (
            happened(EntryKind.SERIES_MOVED, starts="2026-05-04T10:00:00+00:00", because="Ann has left."),
            "did not open the window of 2026-05-04 10:00:00 UTC: Ann has left.",
        ),
        (
            happened(EntryKind.REQUEST_APPROVED, rule="reports", length_s=7200),
            "approved it for 2 hours by the rule “reports”",
        ),
        (
            happened(EntryKind.REQUEST_APPROVED, rule="reports", until="2026-05-04T18:00:00+02:00"),
            "approved it until 2026-05-04 16:00:00 UTC by the rule “reports”",
        ),
        (
            happened(
                EntryKind.REQUEST_APPROVED,
                rule="reports",
                until="2026-12-01T09:00:00+00:00",
                starts="2026-12-01T08:00:00+00:00",
                recurs="every weekday 09:00-10:00 (Europe/Berlin) until 2026-12-14",
            ),
            "approved it every weekday 09:00-10:00 (Europe/Berlin) until 2026-12-14 by the rule “reports”",
        ),
        (
            happened(EntryKind.REQUEST_APPROVED, rule="reports", length_s=7200, starts="2026-05-05T10:00:00+00:00"),
            "approved it for 2 hours from 2026-05-05 10:00:00 UTC by the rule “reports”",
        ),
        (happened(EntryKind.REQUEST_DENIED, reason="not today"), "denied it: not today"),
        (happened(EntryKind.REQUEST_DENIED, reason=""), "denied it"),
        (happened(EntryKind.GRANT_ENDING, why="done", note=""), "ended it (they were done)"),
        (
            happened(EntryKind.GRANT_ACTIVATED, ends="2026-05-04T12:00:00+00:00"),
            "saw it live in AWS, until 2026-05-04 12:00:00 UTC",
        ),
        (
            happened(EntryKind.REQUEST_HANDED_OVER, stage="team", after_s=3600, people=("U0BOB",)),
            "let more people decide in the stage team, as nobody had",
        ),
        (
            happened(
                EntryKind.REQUEST_HANDED_OVER, stage="team", after_s=None, people=("U0BOB",), slack_groups=("S0A",)
            ),
            "asked U0BOB, S0A in the stage team, who came to decide meanwhile",
        ),
        (
            happened(EntryKind.REQUEST_STALLED, sentence="Rule reports needs 1 person.", field="person"),
            "told the requestor how it stands: Rule reports needs 1 person.",
        ),
        (happened(EntryKind.THREAD_SAID, how="edited", text="only q4"), "edited into: only q4"),
        (happened(EntryKind.THREAD_SAID, how="deleted", text=""), "deleted"),
    ],
)
def test_it_is_said_as_one_would_tell_it(event: Event, said: str):
    """Lengths and moments for readers, not for programs."""
    assert words(event) == said


def test_what_people_wrote_is_quoted_and_moments_are_as_the_reader_has_them():
    """A door decides how."""
    event = happened(EntryKind.REQUEST_FILED, entitlement="read acme/", delivery="link", reason="now")
    assert words(event, quote=lambda text: f"<{text}>") == "asked for <read acme/> as a link: <now>"
    live = happened(EntryKind.GRANT_ACTIVATED, ends="2026-05-04T12:00:00+00:00")
    assert words(live, when=lambda at: f"{at:%H:%M}") == "saw it live in AWS, until 12:00"


def spoken(ts: str, text: str, heard_s: int) -> Event:
    """Something said in Slack at `ts`, heard so many seconds after noon."""
    details: dict[str, Detail] = {"how": "said", "ts": ts, "text": text}
    return Event(kind=EntryKind.THREAD_SAID, at=AT + timedelta(seconds=heard_s), actor=ANN, details=details)


def test_a_discussion_is_told_in_the_order_in_which_it_was_said():
    """Slack delivers out of order; an answer never stands before its question."""
    said = AT.timestamp()
    question, answer = spoken(f"{said + 1:.6f}", "which quarter?", 5), spoken(f"{said + 3:.6f}", "the last", 4)

    assert [event.details["text"] for event in in_order([answer, question])] == ["which quarter?", "the last"]
    assert happened_at(question) == AT + timedelta(seconds=1)


@pytest.mark.parametrize("ts", ["", "soon", "9" * 400, "99999999999.0", "nan", "-1e300"])
def test_a_moment_that_slack_cannot_mean_is_when_we_heard_of_it(ts: str):
    """Nothing breaks, and nothing was said after we heard it."""
    assert happened_at(spoken(ts, "x", 7)) == AT + timedelta(seconds=7)
