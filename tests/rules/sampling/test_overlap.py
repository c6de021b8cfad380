"""Two patterns meet in a place that lies inside both, whenever there is one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daypass.resources.registry import parse_resource
from daypass.rules.match.patterns import Pattern, parse_pattern
from daypass.rules.sampling.overlap import meeting, samples
from tests.rules.worlds import PATTERNS, PLACES


@pytest.mark.parametrize(
    ("one", "other", "place"),
    [
        ("acme-reports/**", "acme-reports/2026/**", "acme-reports/2026/"),
        ("acme-reports", "acme-reports/2026/q1.csv", "acme-reports/2026/q1.csv"),
        ("acme-*/public/**", "acme-reports/**", "acme-reports/public/"),
        ("acme-reports/*/q1.csv", "acme-reports/2026/**", "acme-reports/2026/q1.csv"),
        ("acme-reports/**/q1.csv", "acme-*/2026/**", "acme-reports/2026/q1.csv"),
        ("*/public/**", "*/public/**", "jjj/public/"),
        ("acme-reports/raw**", "acme-reports/raw**", "acme-reports/rawj/"),
        ("acme-reports/**", "acme-people/**", None),
        ("acme-reports/*", "acme-reports/2026/**", None),
        ("aaa/x/*", "aaa/*/1", "aaa/x/1"),
    ],
)
def test_patterns_meet_in_the_widest_place_they_share(one: str, other: str, place: str | None):
    """A prefix where both are open at the end, an object elsewhere; and it does not matter which comes first."""
    found = {meeting(parse_pattern(a), parse_pattern(b)) for a, b in ((one, other), (other, one))}

    assert {str(each) if each else None for each in found} == {place}


@given(st.sampled_from(PATTERNS).map(parse_pattern), st.sampled_from(PATTERNS).map(parse_pattern))
def test_where_two_patterns_overlap_they_meet(one: Pattern, other: Pattern):
    """Whenever some place lies in both, one is found that does."""
    shared = [place for place in map(parse_resource, PLACES) if one.contains(place) and other.contains(place)]
    found = meeting(one, other)

    assert found is not None or not shared
    assert found is None or (one.contains(found) and other.contains(found))


@pytest.mark.parametrize("pattern", PATTERNS)
def test_every_pattern_has_a_sample(pattern: str):
    """A place that lies inside it."""
    place = next(samples(parse_pattern(pattern)), None)

    assert place is not None
    assert parse_pattern(pattern).contains(place)
