"""What is refused names the rule that fits in level and resource, and what to type instead."""

from dataclasses import replace
from datetime import timedelta

import pytest

from daypass.model.decision import Denied
from daypass.rules.decide.decision import decide
from daypass.rules.explain.suggestable import told
from tests.rules.worlds import HOUR, ask, written

BOOK = written(
    """
  - {id: inbox, who: anyone, may: [list, write], on: [acme-uploads/inbox/], for: {default: 1h, max: 8h},
     approve: at-once}
  - {id: inbox-delete, who: anyone, may: [delete], on: [acme-uploads/inbox/], for: {default: 30m, max: 2h},
     approve: at-once}
  - {id: other-people, who: {people: [U0EVE]}, may: [read], on: [acme-uploads/secret/, acme-payroll/],
     for: {default: 30m, max: 2h}, approve: at-once}
"""
)


def said(place: str, may: str, hours: int = 1) -> str:
    """What Ann reads."""
    question = ask(place, may, length=hours * HOUR)
    decision = decide(BOOK, question)
    return told(decision, BOOK, question) if isinstance(decision, Denied) else ""


def test_the_nearest_rule_fits_in_level_and_resource() -> None:
    """A rule that lends something else there comes first in the document, and is no answer."""
    assert said("acme-uploads/inbox/", "delete", 3) == (
        "Denied: at most 2h for delete on acme-uploads/inbox/ (rule inbox-delete). Try --for 2h."
    )


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("acme-upload/inbox/", "acme-uploads/inbox/"),
        ("acme-uplaods/inbox/a.txt", "acme-uploads/inbox/a.txt"),
        ("acme-uploads/inbox", "acme-uploads/inbox/"),
        ("acme-uploads/inboxx/", "acme-uploads/inbox/"),
    ],
)
def test_a_place_that_is_spelt_nearly_right_is_offered(typed: str, meant: str) -> None:
    """A bucket, a prefix, a slash that is missing."""
    assert said(typed, "write") == f"Denied: no rule covers write on {typed} for you. Did you mean {meant}?"


@pytest.mark.parametrize("typed", ["acme-uploads/secrets/", "acme-payrol", "acme-elsewhere"])
def test_nobody_is_offered_what_only_other_peoples_rules_name(typed: str) -> None:
    """A typing error teaches nobody what there is."""
    assert (
        said(typed, "read") == f"Denied: no rule covers read on {typed} for you. `offers` lists what you can request."
    )


def test_what_is_left_of_a_length_is_still_left_when_it_is_typed() -> None:
    """More time may be asked for by the second; what is offered is a round length that fits for minutes."""
    question = replace(ask("acme-uploads/inbox/", "write", length=8 * HOUR), already=timedelta(minutes=2, seconds=6))
    decision = decide(BOOK, question)
    assert isinstance(decision, Denied)
    assert decision.sentence.endswith("of which 2m6s is used (rule inbox). Try --for 7h50m.")

    typed = replace(question, length=timedelta(hours=7, minutes=50))
    assert not isinstance(decide(BOOK, typed), Denied)
    assert not isinstance(decide(BOOK, replace(typed, already=timedelta(minutes=9))), Denied)
