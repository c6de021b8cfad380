"""Asking for others, in advance and once more, on the command line and so over the API."""

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
    assert house.desk.ledger.grants() == []
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

    assert bob("withdraw", allowed.json["id"]).code == 0
    assert ann("request", *ASK, "--for", "1h", "--reason", "y", "--json").json["state"] == "pending"
    assert house.desk.ledger.grants()[0].principal == ANN


def test_who_may_not_decide_allows_nothing(eve, ann):
    """Eve's permit is kept, and counts for nothing when it is used."""
    assert eve("allow", *ASK, "--to", ANN, "--for", "2h", "--window", "7d").code == 0
    assert ann("request", *ASK, "--for", "1h", "--reason", "x", "--json").json["state"] == "pending"


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
    assert "U0Bob" in said
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
    assert "Welcome back" in bob("back").out
    assert bob("back").code == 1
