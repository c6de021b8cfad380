"""Patterns are anchored, and are compared with what is asked as languages, not as strings."""

import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daypass.model.errors import BadInput
from daypass.resources.registry import parse_resource
from daypass.rules.match.patterns import parse_pattern
from tests.examples import examples

ALPHABET = "ab/c"
CONTINUATIONS = ["".join(signs) for length in range(7) for signs in itertools.product(ALPHABET, repeat=length)]

tails = st.lists(st.sampled_from(["a", "b", "/", "*", "**"]), max_size=4).map("".join)
patterns = tails.filter(lambda tail: "***" not in tail and "//" not in tail and not tail.startswith("/")).map(
    lambda tail: f"aaa/{tail}"
)
starts = st.text(alphabet="ab/", max_size=4).map(lambda key: f"aaa/{key}")


def oracle(pattern: str) -> re.Pattern[str]:
    """Say the same as a regular expression, the slow way."""
    whole = f"{pattern}**" if pattern.endswith("/") else pattern
    parts = ({"**": ".*", "*": "[^/]*"}.get(part, re.escape(part)) for part in re.split(r"(\*\*|\*)", whole))
    return re.compile("".join(parts), re.DOTALL)


@examples(150)
@given(patterns, starts)
def test_containment_agrees_with_every_short_string(text: str, start: str) -> None:
    """A prefix is contained exactly when no continuation of it can be found that does not match."""
    expected = oracle(text)

    everything = all(expected.fullmatch(start + rest) for rest in CONTINUATIONS)

    assert parse_pattern(text).contains_all_under(start) is everything


@examples(150)
@given(patterns, starts)
def test_overlap_agrees_with_every_short_string(text: str, start: str) -> None:
    """A prefix overlaps exactly when some continuation of it matches."""
    expected = oracle(text)

    something = any(expected.fullmatch(start + rest) for rest in CONTINUATIONS)

    assert parse_pattern(text).overlaps_under(start) is something


@given(patterns, starts)
def test_one_name_matches_as_the_regular_expression_says(text: str, name: str) -> None:
    """The automaton and the regular expression agree on whole names."""
    assert parse_pattern(text).matches(name) is bool(oracle(text).fullmatch(name))


@pytest.mark.parametrize(
    ("pattern", "place"),
    [
        ("acme-reports", "acme-reports"),
        ("acme-reports", "acme-reports/2026/"),
        ("acme-reports/**", "acme-reports"),
        ("acme-reports/", "acme-reports/q1.csv"),
        ("acme-reports/2026/", "acme-reports/2026/"),
        ("acme-reports/2026/**", "acme-reports/2026/03/"),
        ("acme-reports/**/*", "acme-reports/2026/"),
        ("acme-reports/q1.csv", "acme-reports/q1.csv"),
        ("acme-*/public/**", "acme-web/public/img/"),
        ("acme-*", "acme-web"),
        ("*/public/**", "acme-web/public/"),
        ("acme-reports/*/q1.csv", "acme-reports/2026/q1.csv"),
    ],
)
def test_what_is_inside_a_pattern_is_contained(pattern: str, place: str) -> None:
    """Everything that is asked for lies inside."""
    assert parse_pattern(pattern).contains(parse_resource(place))


@pytest.mark.parametrize(
    ("pattern", "place"),
    [
        ("acme-reports/2026/**", "acme-reports"),
        ("acme-reports/2026/**", "acme-reports/202/"),
        ("acme-reports/2026/**", "acme-reports/2026"),
        ("acme-reports/*", "acme-reports/2026/"),
        ("acme-reports/*", "acme-reports"),
        ("acme-reports/*.csv", "acme-reports"),
        ("acme-reports/**.csv", "acme-reports/2026/"),
        ("acme-reports", "acme-reports-old"),
        ("acme-reports", "my-acme-reports"),
        ("acme-reports/q1.csv", "acme-reports/q1.csv.bak"),
        ("acme-reports/q1.csv", "acme-reports/q1.csv/"),
        ("acme-*/public/**", "acme-web/private/public/"),
        ("acme.reports", "acme-reports"),
    ],
)
def test_what_reaches_outside_a_pattern_is_not_contained(pattern: str, place: str) -> None:
    """An ask that is wider than the pattern, or beside it, is no match: patterns are anchored at both ends."""
    assert not parse_pattern(pattern).contains(parse_resource(place))


@pytest.mark.parametrize(
    ("pattern", "place", "overlaps"),
    [
        ("acme-reports/2026/secret/**", "acme-reports", True),
        ("acme-reports/2026/secret/**", "acme-reports/2026/", True),
        ("acme-reports/2026/secret/**", "acme-reports/2026/secret/x", True),
        ("acme-reports/*/secret/**", "acme-reports/2026/", True),
        ("acme-reports/**.key", "acme-reports/2026/", True),
        ("acme-reports/2026/secret/**", "acme-reports/2025/", False),
        ("acme-reports/2026/secret/**", "acme-reports/2026/q1.csv", False),
        ("acme-reports/*/secret", "acme-reports/2026/open/", False),
        ("acme-reports", "acme-report", False),
    ],
)
def test_overlap_is_having_something_in_common(pattern: str, place: str, overlaps: bool) -> None:
    """A denial strikes an ask that holds so much as one thing it names, and only such an ask."""
    assert parse_pattern(pattern).overlaps(parse_resource(place)) is overlaps


@pytest.mark.parametrize("start", ["", "a", "acme-rep", "acme-reports", "acme-reports/", "acme-reports/20"])
def test_a_beginning_of_a_name_overlaps_before_it_is_whole(start: str) -> None:
    """Half a bucket or half a prefix, as it is being typed, already counts."""
    assert parse_pattern("acme-reports/2026/**").overlaps_under(start)


def test_a_pattern_of_many_wildcards_is_judged_in_linear_time() -> None:
    """What makes a backtracking matcher explode costs the automaton one step a character."""
    pattern = parse_pattern("acme-reports/" + "**a" * 300)

    assert not pattern.contains_all_under("acme-reports/" + "a" * 900 + "b/")
    assert pattern.matches("acme-reports/" + "a" * 900)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "An empty pattern matches nothing"),
        ("**", "not anchored at a bucket"),
        ("**/payroll/**", "not anchored at a bucket"),
        ("^acme-reports/.*$", "reads like a regular expression"),
        ("acme-reports/.*", "reads like a regular expression"),
        ("acme-reports/x\\.csv", "reads like a regular expression"),
        ("s3://acme-reports/", "is an address"),
        ("arn:aws:s3:::acme-reports/*", "is an address"),
        ("acme-reports/***", "more than two * in a row"),
        ("acme-reports/q?.csv", "has a ?"),
        ("Acme", "cannot name a bucket"),
        ("ab", "cannot be the name of a bucket"),
        ("/acme", "cannot name a bucket"),
        ("acme-reports//x", "empty part"),
        ("acme-reports/../x", ".. part"),
        ("acme-reports/${aws:username}/", "take for a variable"),
        ("acme-reports/\x00", "control character"),
        ("acme-reports/" + "x" * 2000, "longer than any S3 key"),
    ],
)
def test_a_pattern_that_could_not_be_meant_is_refused_with_a_sentence(text: str, words: str) -> None:
    """Broken and unanchored patterns are told apart and named."""
    with pytest.raises(BadInput, match=re.escape(words)) as refused:
        parse_pattern(text)

    assert refused.value.field == "resource"


@pytest.mark.parametrize(
    "bucket", ["x--use1-az4--x-s3", "*-s3alias", "a--ol-s3", "*.mrap", "xn--*", "sthree-a", "amzn-s3-demo-*"]
)
def test_a_rule_names_no_resource_of_another_kind(bucket: str) -> None:
    """What no request can name, no rule does: it would lend nothing and look as if it did."""
    with pytest.raises(BadInput, match=r"another kind of resource|AWS reserves"):
        parse_pattern(f"{bucket}/2026/")
