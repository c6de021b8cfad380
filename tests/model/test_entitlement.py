"""Places and levels, as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daypass.model.entitlement import Entitlement, Level, Reach, S3Place, parse_levels, parse_place
from daypass.model.errors import BadInput


@pytest.mark.parametrize(
    ("text", "bucket", "key", "reach"),
    [
        ("acme-reports", "acme-reports", "", Reach.BUCKET),
        ("acme-reports/", "acme-reports", "", Reach.BUCKET),
        ("acme-reports/*", "acme-reports", "", Reach.BUCKET),
        ("acme-reports/2026/", "acme-reports", "2026/", Reach.PREFIX),
        ("acme-reports/2026/*", "acme-reports", "2026/", Reach.PREFIX),
        ("acme-reports/2026", "acme-reports", "2026", Reach.OBJECT),
        ("s3://acme-reports/2026/", "acme-reports", "2026/", Reach.PREFIX),
        ("s3://acme-reports", "acme-reports", "", Reach.BUCKET),
        ("arn:aws:s3:::acme-reports/2026/*", "acme-reports", "2026/", Reach.PREFIX),
        ("arn:aws-us-gov:s3:::acme-reports", "acme-reports", "", Reach.BUCKET),
        (" acme-reports/2026/q1.csv ", "acme-reports", "2026/q1.csv", Reach.OBJECT),
        ("acme-reports/Äpfel & Birnen/", "acme-reports", "Äpfel & Birnen/", Reach.PREFIX),
    ],
)
def test_a_place_is_read_as_it_was_meant(text: str, bucket: str, key: str, reach: Reach):
    """Bare, as a URL and as an ARN; the trailing star is a trailing slash."""
    place = parse_place(text)

    assert (place.bucket, place.key, place.reach) == (bucket, key, reach)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "s3://",
        "*",
        "acme-*/x",
        "acme?/x",
        "ACME",
        "ab",
        "a" * 64,
        "acme..reports",
        "192.168.0.1",
        "xn--acme",
        "acme-reports/../payroll/",
        "acme-reports/./x",
        "acme-reports//x",
        "acme-reports/2026/*.csv",
        "acme-reports/20*/x",
        "acme-reports/${aws:username}/",
        "acme-reports/a\nb",
        "acme-reports/" + "k" * 1025,
        "arn:aws:ec2:::instance/i-1",
        "arn:aws:s3:::",
        "https://acme-reports.s3.amazonaws.com/x",
    ],
)
def test_a_place_that_could_not_be_meant_is_refused(text: str):
    """Each with a sentence beside the field it concerns."""
    with pytest.raises(BadInput) as caught:
        parse_place(text)

    assert caught.value.field == "resource"
    assert caught.value.sentence.endswith(".")


@given(st.text())
def test_any_text_is_a_place_or_a_sentence(text: str):
    """Nothing a person can type does anything else; what is a place reads back as itself."""
    try:
        place = parse_place(text)
    except BadInput:
        return

    assert parse_place(str(place)) == place


@given(st.text(alphabet="ab/", max_size=6), st.text(alphabet="ab/", max_size=8))
def test_a_place_holds_what_lies_under_it(key: str, other: str):
    """A prefix holds what begins with it, an object itself, a bucket everything."""
    try:
        place = S3Place(bucket="acme-reports", key=key)
    except BadInput:
        return

    assert place.holds(other) == (other.startswith(key) if key in {"", other} or key.endswith("/") else other == key)


def test_levels_are_what_was_asked_for_and_no_more():
    """Write is not delete."""
    assert parse_levels("read,write") == {Level.READ, Level.WRITE}
    with pytest.raises(BadInput, match="list, read, write or delete"):
        parse_levels("full")
    with pytest.raises(BadInput):
        Entitlement(place=S3Place(bucket="acme-reports"), levels=frozenset())
