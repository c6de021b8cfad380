"""Our quick signature against the SDK's own: the same URL for any key, and the server takes it."""

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import botocore.auth
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from daypass.aws.clients import AwsCredentials, Clients
from daypass.aws.presign import Presigner
from daypass.resources.s3 import in_bucket

NOW = datetime(2026, 11, 23, 12, 34, 56, tzinfo=UTC)
HOUR = timedelta(hours=1)
KEYS = AwsCredentials(access_key_id="ASIAEXAMPLE", secret_access_key="s3cret/+", session_token="token/+==" * 40)
_NAMES = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=40).filter(
    lambda name: not name.startswith("/")
)


@pytest.fixture(scope="module", autouse=True)
def _at_a_moment() -> Iterator[None]:
    """Let the SDK sign at one moment."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(botocore.auth, "get_current_datetime", lambda **_: NOW.replace(tzinfo=None))
        yield


def presigner(region: str, bucket: str = "acme-reports", endpoint: str | None = None) -> Presigner:
    """A presigner that never calls anybody."""
    return Presigner(clients=Clients(region=region, endpoint=endpoint), keys=KEYS, bucket=bucket, region=region)


EVERYWHERE = [
    presigner("us-east-1"),
    presigner("eu-west-1"),
    presigner("eu-central-1", "acme.dotted.reports"),
    presigner("cn-north-1"),
    presigner("us-east-1", endpoint="http://127.0.0.1:4566"),
]


@given(st.sampled_from(EVERYWHERE), _NAMES)
@example(EVERYWHERE[0], "a//b/")
@example(EVERYWHERE[0], "~/.x")
@example(EVERYWHERE[0], "./../x")
@example(EVERYWHERE[4], "k?q=1#f%25&=+ ü日")
def test_our_urls_are_the_sdks_own(signs: Presigner, key: str):
    """Scheme, host, path, every parameter and the signature itself, wherever the bucket is."""
    [(_, ours)] = signs.many(iter([key]), NOW, HOUR)
    theirs = urlsplit(signs.get(key, HOUR))

    assert urlsplit(ours)[:3] == theirs[:3]
    assert parse_qs(urlsplit(ours).query, strict_parsing=True) == parse_qs(theirs.query, strict_parsing=True)


@pytest.mark.heavy
@pytest.mark.parametrize("region", ["us-east-1", "eu-west-1", "eu-central-1", "us-gov-west-1"])
def test_every_url_is_of_signature_4_on_the_regional_host(region: str):
    """In the old regions too, where the SDK by itself still signs with Signature 2 on the global host."""
    for url in (presigner(region).get("k", HOUR), presigner(region).put("k", HOUR)):
        assert urlsplit(url).netloc == f"acme-reports.s3.{region}.amazonaws.com"
        assert parse_qs(urlsplit(url).query)["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"]
        assert parse_qs(urlsplit(url).query)["X-Amz-Expires"] == ["3600"]


def test_a_form_binds_size_and_prefix():
    """The signed conditions say both; a form for one object binds the whole key."""
    conditions = []
    for key in ("2026/", "2026/q1.csv"):
        place = in_bucket("acme-reports", key)
        _, fields = presigner("eu-central-1").post(place, HOUR, least=1, most=9)
        conditions.append(json.loads(base64.b64decode(fields["policy"]))["conditions"])

    assert all(["content-length-range", 1, 9] in one for one in conditions)
    assert ["starts-with", "$key", "2026/"] in conditions[0]
    assert {"key": "2026/q1.csv"} in conditions[1]
