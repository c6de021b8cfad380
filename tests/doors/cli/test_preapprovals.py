"""Asking for others, in advance and once more, on the command line and so over the API."""

import re

import pytest

from tests.doors.house import House
from tests.makers import ANN, EVE

ASK = ("s3", "read", "acme-reports/2026/")


def test_grant_asks_for_somebody_else(house: House, eve, bob, ann):
    """Eve asks for Ann; neither of them can approve it, Bob can."""
    ran = eve("grant", *ASK, "--to", ANN, "--for", "1h", "--reason", "INC-42", "--json")

    assert ran.code == 0, ran.err
    assert (ran.json["requestor"], ran.json["beneficiary"]) == (EVE, ANN)
    assert "own" in ann("approve", ran.json["id"]).err
    assert house.services.ledger.grants() == []
    assert bob("approve", ran.json["id"]).code == 0


@pytest.mark.parametrize(
    "words",
    [
        ("grant", *ASK, "--for", "1h"),
        ("grant", *ASK, "--to", "ann", "--for", "1h"),
        ("grant", *ASK, "--to", "U0NOBODY", "--for", "1h", "--reason", "x"),
        ("allow", *ASK, "--to", "U0ANN", "--for", "1h"),
        ("allow", "s3", "read", "--to", "U0ANN", "--for", "1h", "--window", "1d"),
        ("request", *ASK, "--every", "sometimes", "--for", "2w"),
        ("away", "--until", "yesterday"),
        ("withdraw", "nonsense"),
        ("again",),
        ("back",),
    ],
)
def test_what_cannot_be_done_gets_a_sentence(eve, words):
    """One line, no traceback, and a code that is not 0."""
    ran = eve(*words)

    assert ran.code in {1, 2}
    assert len(ran.err.strip().splitlines()) == 1, ran.err
    assert ran.out == ""


def test_what_was_allowed_in_advance_needs_no_click(house: House, bob, ann):
    """Bob allows it for a week; Ann asks and has it; taken back she waits again."""
    allowed = bob("allow", *ASK, "--to", ANN, "--for", "2h", "--window", "7d", "--json")
    assert allowed.code == 0, allowed.err
    assert ann("request", *ASK, "--for", "1h", "--reason", "x", "--json").json["state"] == "approved"

    listed = re.compile(rf"{allowed.json['id']} +U0Bob +U0Ann +read acme-reports/2026/ +2 hours")
    assert listed.search(bob("ls").out)
    assert listed.search(ann("ls").out)
    typed = bob(_DAYPASS_COMPLETE="bash_complete", COMP_WORDS="daypass withdraw ", COMP_CWORD="2")
    assert allowed.json["id"] in typed.out
    assert bob("withdraw", allowed.json["id"]).code == 0
    assert not listed.search(bob("ls").out)
    assert ann("request", *ASK, "--for", "1h", "--reason", "y", "--json").json["state"] == "pending"
    assert house.services.ledger.grants()[0].principal == ANN


def test_who_may_not_decide_allows_nothing(eve, ann):
    """Eve's permit is kept, and counts for nothing when it is used, as she is told at once."""
    allowed = eve("allow", *ASK, "--to", ANN, "--for", "2h", "--window", "7d")
    assert (allowed.code, "you are not among those who decide" in allowed.out) == (0, True)
    assert ann("request", *ASK, "--for", "1h", "--reason", "x", "--json").json["state"] == "pending"


def test_again_with_dry_run_files_nothing(ann):
    """It says what would be decided and written, in words and as JSON."""
    ann("request", *ASK, "--for", "3h", "--reason", "INC-42")
    ran, shown = ann("again", "--dry-run"), ann("again", "--dry-run", "--json").json

    assert ("id" in shown, shown["request"]["resource"]) == (False, "acme-reports/2026/")
    assert ran.code == 0
    assert len(ann("ls", "--json").json["requests"]) == 1


def test_again_asks_the_same(ann):
    """With every word of the last."""
    first = ann("request", *ASK, "--for", "3h", "--reason", "INC-42", "--json").json
    again = ann("again", "--json").json

    assert again["id"] != first["id"]
    assert [again[name] for name in ("resource", "levels", "term", "reason")] == [
        first[name] for name in ("resource", "levels", "term", "reason")
    ]


def test_offers_say_what_there_is_to_ask_for(ann, eve):
    """Ann is offered both, with names instead of ids; Eve nothing."""
    said = ann("offers").out
    assert "reports" in said
    assert "acme-drafts/**" in said
    assert "U0Ann and U0Bob may" in said
    assert "U0ANN" not in said
    assert "No rule lends you anything" in eve("offers").out
    assert [one["rule"] for one in ann("offers", "--json").json["offers"]] == ["reports", "drafts"]


def test_a_recurring_request_says_its_days(ann):
    """And its windows are shown to programs."""
    ran = ann("request", *ASK, "--every", "weekdays 09:00-10:00", "--for", "2w", "--reason", "x", "--json")
    assert ran.code == 0, ran.err
    assert ran.json["recurs"]["days"] == [1, 2, 3, 4, 5]
    assert ran.json["recurs"]["tz"] == "Europe/Berlin"


def test_who_is_away_says_so(bob):
    """And says when they are back."""
    ran = bob("away", "--until", "tomorrow 09:00", "--to", EVE)
    assert ran.code == 0, ran.err
    assert "You are away until" in ran.out
    assert "U0Eve decides meanwhile." in ran.out
    assert "Welcome back" in bob("back").out
    assert bob("back").code == 1


def test_what_recurs_is_said_with_its_days_and_hours(ann, bob):
    """To her who asks, and to him who decides; cancelled when it was approved, no more windows open."""
    asked = ann("request", *ASK, "--every", "weekdays 09:00-10:00", "--for", "2w", "--reason", "INC-42")
    request = asked.out.partition(":")[0]

    assert "every weekday 09:00-10:00 (Europe/Berlin) until 20" in asked.out
    assert "every weekday 09:00-10:00" in bob("ls").out
    assert "every weekday 09:00-10:00" in bob("show", request).out
    assert bob("approve", request).code == 0
    assert "approved it every weekday 09:00-10:00 (Europe/Berlin) until 20" in ann("show", request).out
    assert "More of it to come" in ann("ls").out
    assert "no more of its windows" in ann("cancel", request).out
    assert "More of it to come" not in ann("ls").out


def test_whom_it_is_for_stands_beside_who_asks(house: House, eve, bob, ann):
    """He who decides sees that it is for Ann, in the list and in the story."""
    asked = eve("grant", *ASK, "--to", ANN, "--for", "1h", "--reason", "INC-42")
    request = asked.out.partition(":")[0]

    assert "for U0Ann, as a session" in asked.out
    assert "U0Eve for U0Ann" in bob("ls").out
    assert "who       U0Eve for U0Ann" in bob("show", request).out
    assert bob("approve", request).code == 0
    assert "`done`" in eve("cancel", request).err


def test_an_approval_in_advance_is_not_called_the_rules(ann, bob):
    """It was Bob who approved it."""
    assert "U0Ann may read" in bob("allow", *ASK, "--to", ANN, "--for", "2h", "--window", "7d").out
    said = ann("request", *ASK, "--for", "1h", "--reason", "x").out

    assert "U0Bob approved it in advance" in said
    assert "at once" not in said


def test_what_somebody_wrote_is_no_line_of_ours(ann, bob):
    """A reason with line breaks stays on the line of the reason."""
    asked = ann("request", *ASK, "--for", "1h", "--reason", "INC-42\n  request   approved by Bob")
    said = bob("show", asked.out.partition(":")[0]).out.splitlines()

    assert "  why       INC-42 request approved by Bob" in said
    assert "  request   pending" in said
    assert not [line for line in said if line.startswith("  request   approved")]
