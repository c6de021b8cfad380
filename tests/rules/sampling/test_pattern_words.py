"""Words are made up that a pattern finds, or none at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daypass.model.errors import BadInput
from daypass.rules.match.reason_words import parse_wording
from daypass.rules.sampling.scenarios import made_up


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("INC-[0-9]+", "INC-0"),
        ("[A-Z][A-Z0-9]+-[0-9]+", "AA-0"),
        (r"OPS-\d{3,5}", "OPS-000"),
        ("(?:CHANGE|INCIDENT) #[0-9]{2}", "CHANGE #00"),
        (r"\b(?i:audit)\b", "audit"),
        ("(?P<kind>audit|test)-x?", "audit-x"),
        (r"[^\d]\.[\w]", "x.a"),
        ("a|b", "a"),
    ],
)
def test_words_fit_what_patterns_are_usually_made_of(pattern: str, words: str):
    """Classes, counts, ways, groups."""
    assert made_up(parse_wording(pattern)) in {words, words.removesuffix("x")}


def test_where_nothing_comes_to_mind_nothing_is_said():
    """Better than words that do not fit."""
    assert made_up(parse_wording("[[:digit:]]{3}")) == ""


@given(st.text(alphabet="aA1-[]()|+*?{}\\d^$.,", max_size=12))
def test_words_fit_or_are_none_whatever_the_pattern(pattern: str):
    """Nothing that can be written makes it fail, and what it says is found."""
    try:
        wording = parse_wording(pattern)
    except BadInput:
        return
    found = made_up(wording)

    assert not found or wording.within(found)
