"""Places and levels, as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daypass.model.entitlement import Entitlement
from daypass.model.errors import BadInput
from daypass.resources.registry import parse_levels, parse_resource
from daypass.resources.s3 import S3, in_bucket
from daypass.resources.s3_statements import Level


@pytest.mark.parametrize(
    ("text", "bucket", "key", "noun"),
    [
        ("acme-reports", "acme-reports", "", "bucket"),
        ("acme-reports/", "acme-reports", "", "bucket"),
        ("acme-reports/*", "acme-reports", "", "bucket"),
        ("acme-reports/2026/", "acme-reports", "2026/", "prefix"),
        ("acme-reports/2026/*", "acme-reports", "2026/", "prefix"),
        ("acme-reports/2026", "acme-reports", "2026", "object"),
        ("s3://acme-reports/2026/", "acme-reports", "2026/", "prefix"),
        ("s3://acme-reports", "acme-reports", "", "bucket"),
        ("arn:aws:s3:::acme-reports/2026/*", "acme-reports", "2026/", "prefix"),
        ("arn:aws-us-gov:s3:::acme-reports", "acme-reports", "", "bucket"),
        (" acme-reports/2026/q1.csv ", "acme-reports", "2026/q1.csv", "object"),
        ("acme-reports/Äpfel & Birnen/", "acme-reports", "Äpfel & Birnen/", "prefix"),
    ],
)
def test_a_place_is_read_as_it_was_meant(text: str, bucket: str, key: str, noun: str):
    """Bare, as a URL and as an ARN; the trailing star is a trailing slash."""
    place = parse_resource(text)

    assert (place.root, place.inner, S3().noun(place)) == (bucket, key, noun)


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
        "https://acme-reports.example.com/x",
        "https://sqs.eu-central-1.amazonaws.com/123456789012/jobs",
        "https://console.aws.amazon.com/iam/home",
        "https://s3.console.aws.amazon.com/s3/buckets",
        "https://s3.amazonaws.com/",
        "gs://acme-reports/x",
        "https://[/x",
    ],
)
def test_a_place_that_could_not_be_meant_is_refused(text: str):
    """Each with a sentence beside the field it concerns."""
    with pytest.raises(BadInput) as caught:
        parse_resource(text)

    assert caught.value.field == "resource"
    assert caught.value.sentence.endswith(".")


EU = "eu-central-1"
ADDRESSES = {
    f"https://acme-reports.s3.{EU}.amazonaws.com/2026/q1.csv": "2026/q1.csv",
    f"http://ACME-reports.s3.{EU}.amazonaws.com/2026/".lower(): "2026/",
    "https://acme-reports.s3.amazonaws.com/2026/q1.csv?X-Amz-Signature=abc&X-Amz-Date=1": "2026/q1.csv",
    "https://acme-reports.s3.amazonaws.com": "",
    "https://acme-reports.s3-eu-west-1.amazonaws.com/2026/": "2026/",
    f"https://acme-reports.s3.dualstack.{EU}.amazonaws.com/2026/": "2026/",
    "https://acme-reports.s3-accelerate.amazonaws.com/2026/": "2026/",
    "https://acme-reports.s3-accelerate.dualstack.amazonaws.com/2026/": "2026/",
    "https://acme-reports.s3-fips.us-gov-west-1.amazonaws.com/2026/": "2026/",
    "https://acme-reports.s3.cn-north-1.amazonaws.com.cn/2026/": "2026/",
    "http://acme-reports.s3-website-us-east-1.amazonaws.com/2026/": "2026/",
    f"http://acme-reports.s3-website.{EU}.amazonaws.com/2026/": "2026/",
    "https://s3.amazonaws.com/acme-reports/2026/q1.csv": "2026/q1.csv",
    f"https://s3.{EU}.amazonaws.com/acme-reports/a%20b/%C3%84.csv": "a b/Ä.csv",
    "https://s3-eu-west-1.amazonaws.com/acme-reports": "",
    "acme-reports.s3.amazonaws.com/2026/": "2026/",
    "S3://acme-reports/2026/": "2026/",
    "s3a://acme-reports/2026/": "2026/",
    "s3n://acme-reports/2026/*": "2026/",
    "https://s3.console.aws.amazon.com/s3/buckets/acme-reports?region=eu-central-1&tab=objects": "",
    f"https://{EU}.console.aws.amazon.com/s3/buckets/acme-reports?region={EU}&prefix=2026/&showversions=false": "2026/",
    f"https://{EU}.console.aws.amazon.com/s3/object/acme-reports?region={EU}&prefix=2026/q%201.csv": "2026/q 1.csv",
    f"https://1234-abc.{EU}.console.aws.amazon.com/s3/buckets/acme-reports?prefix=2026%2F": "2026/",
    "https://console.aws.amazon.com/s3/buckets/acme-reports/2026/?region=us-east-1": "2026/",
    "https://console.amazonaws-us-gov.com/s3/buckets/acme-reports?prefix=2026/": "2026/",
    "https://console.amazonaws.cn/s3/buckets/acme-reports?prefix=2026/": "2026/",
}


@pytest.mark.parametrize("text", ADDRESSES)
def test_a_pasted_address_is_the_place_that_it_shows(text: str):
    """Of the console, of S3 in every style, of a program; whatever else it carries, a signature say, is left aside."""
    assert parse_resource(text) == in_bucket("acme-reports", ADDRESSES[text])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x--use1-az4--x-s3/2026/", "is a directory bucket (S3 Express One Zone), another kind of resource"),
        ("reports-abcdefgh-s3alias", "is the alias of an S3 access point, another kind"),
        ("reports-abcdefgh--ol-s3", "is the alias of an S3 Object Lambda access point, another kind"),
        ("mfzwi23gnjvgw.mrap", "is a Multi-Region Access Point, another kind"),
        ("reports--table-s3", "is a table bucket (S3 Tables), another kind"),
        ("xn--acme", "AWS reserves names that begin with xn--"),
        ("sthree-acme", "AWS reserves names that begin with sthree-"),
        ("s3://amzn-s3-demo-bucket/x", "AWS reserves names that begin with amzn-s3-demo-"),
        ("https://x--use1-az4--x-s3.s3.amazonaws.com/a", "is a directory bucket"),
        ("arn:aws:s3:us-east-1:123456789012:accesspoint/reports", "the ARN of an S3 access point"),
        ("arn:aws:s3express:us-east-1:123456789012:bucket/x--use1-az4--x-s3", "the ARN of a directory bucket"),
        (
            "arn:aws:s3-object-lambda:us-east-1:123456789012:accesspoint/x",
            "the ARN of an S3 Object Lambda access point",
        ),
        ("arn:aws:s3tables:us-east-1:123456789012:bucket/x", "the ARN of a table bucket"),
        ("arn:aws:sqs:us-east-1:123456789012:jobs", "the ARN of something that is not S3"),
    ],
)
def test_a_resource_of_another_kind_is_refused_with_the_reason(text: str, said: str):
    """AWS takes such names for something else, and a policy that names them as a bucket would never work."""
    with pytest.raises(BadInput) as caught:
        parse_resource(text)

    assert said in caught.value.sentence


@given(st.text() | st.sampled_from(sorted(ADDRESSES)).map(lambda text: text.replace("acme-reports", "a.amazonaws.com")))
def test_any_text_is_a_place_or_a_sentence(text: str):
    """Nothing a person can type does anything else; what is a place reads back as itself."""
    try:
        place = parse_resource(text)
    except BadInput:
        return

    assert parse_resource(str(place)) == place


@given(st.text(alphabet="ab/", max_size=6), st.text(alphabet="ab/", max_size=8))
def test_a_place_holds_what_lies_under_it(key: str, other: str):
    """A prefix holds what begins with it, an object itself, a bucket everything."""
    try:
        place = in_bucket("acme-reports", key)
    except BadInput:
        return

    assert place.reaches(other) == (other.startswith(key) if key in {"", other} or key.endswith("/") else other == key)


@pytest.mark.parametrize("sign", ["\x1b", "\x85", "\x9b", "\xad", "\u061c", "\u200b", "\u200d", "\u202e", "\u2028"])
def test_a_key_has_nothing_in_it_that_nobody_sees(sign: str):
    """Two keys that look the same are the same, and none moves a terminal."""
    with pytest.raises(BadInput, match=r"nobody sees \(U\+|a control character") as refused:
        parse_resource(f"acme-reports/q1{sign}.csv")

    assert sign not in refused.value.sentence


def test_levels_are_what_was_asked_for_and_no_more():
    """Write is not delete."""
    assert parse_levels("read,write") == {Level.READ, Level.WRITE}
    with pytest.raises(BadInput, match="list, read, write or delete"):
        parse_levels("full")
    with pytest.raises(BadInput):
        Entitlement(resource=in_bucket("acme-reports"), levels=frozenset())
