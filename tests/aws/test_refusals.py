"""What AWS says becomes our errors, each with a sentence that says what to do."""

from typing import Any

import pytest
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    NoRegionError,
    ReadTimeoutError,
)
from botocore.parsers import ResponseParserError

from daypass.aws.refusals import CLOCK, AlreadyThere, CallNotOffered, OverQuota, asking
from daypass.model.errors import AwsForbids, BadInput, DaypassError, Misconfigured, NotFound, Throttled, Unavailable


def said(code: str, message: str = "", status: int = 400) -> DaypassError:
    """What becomes of an error code."""
    answer: Any = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return became(ClientError(answer, "PutUserPolicy"))


def became(error: Exception) -> DaypassError:
    """What becomes of an error of the SDK."""
    with pytest.raises(DaypassError) as caught, asking("iam:PutUserPolicy", of="user ann"):
        raise error
    return caught.value


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("Throttling", Throttled),
        ("SlowDown", Throttled),
        ("RequestLimitExceeded", Throttled),
        ("ConcurrentModification", Unavailable),
        ("DeleteConflict", Unavailable),
        ("NoSuchEntity", NotFound),
        ("NoSuchBucket", NotFound),
        ("LimitExceeded", OverQuota),
        ("PackedPolicyTooLarge", OverQuota),
        ("EntityAlreadyExists", AlreadyThere),
        ("MalformedPolicyDocument", BadInput),
        ("UnmodifiableEntity", BadInput),
        ("MethodNotAllowed", CallNotOffered),
        ("SomethingNew", Misconfigured),
    ],
)
def test_each_code_becomes_its_kind(code: str, kind: type[DaypassError]):
    """Exactly that class: a throttle is not just any trouble, a full quota is nobody's typing error."""
    assert type(said(code)) is kind


@pytest.mark.parametrize("status", [500, 502, 503, 0])
def test_a_server_error_is_tried_again(status: int):
    """Whatever its code is: it says nothing about our request."""
    assert type(said("InternalFailure", status=status)) is Unavailable


@pytest.mark.parametrize("code", ["AccessDenied", "AccessDeniedException", "403"])
def test_a_missing_permission_is_named(code: str):
    """The operator reads which action to add, on whom, and AWS's own words."""
    error = said(code, "no identity-based policy allows it", 403)

    assert isinstance(error, AwsForbids)
    assert error.action == "iam:PutUserPolicy"
    assert "lack iam:PutUserPolicy on user ann" in error.sentence
    assert "no identity-based policy allows it" in error.sentence


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("RequestTimeTooSkewed", ""),
        ("SignatureDoesNotMatch", "Signature expired: 20261123T100000Z is now earlier than 20261123T105500Z"),
        ("SignatureDoesNotMatch", "Signature not yet current: 20261123T130000Z is still later than ..."),
        ("RequestExpired", ""),
    ],
)
def test_a_wrong_clock_is_said_to_be_one(code: str, message: str):
    """Not “signature does not match”, which sends people to look for their keys."""
    assert said(code, message, 403).sentence == CLOCK


@pytest.mark.parametrize(
    "code", ["InvalidClientTokenId", "ExpiredToken", "InvalidAccessKeyId", "SignatureDoesNotMatch"]
)
def test_bad_keys_are_said_to_be_bad(code: str):
    """Which they are, and where valid ones are put."""
    error = said(code, status=403)

    assert type(error) is Misconfigured
    assert "AWS_ACCESS_KEY_ID" in error.sentence
    assert code in error.sentence


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (EndpointConnectionError(endpoint_url="http://x"), Unavailable),
        (ConnectTimeoutError(endpoint_url="http://x"), Unavailable),
        (ReadTimeoutError(endpoint_url="http://x"), Unavailable),
        (NoCredentialsError(), Misconfigured),
        (NoRegionError(), Misconfigured),
        (BotoCoreError(), Unavailable),
        (ResponseParserError("<html>"), Unavailable),
    ],
)
def test_no_answer_is_told_from_no_credentials(error: Exception, kind: type[DaypassError]):
    """The one is tried again, the other is somebody's to mend."""
    assert type(became(error)) is kind


def test_cephs_codes_are_found_where_ceph_puts_them():
    """Beside `Error`, or in the second of two XML documents."""
    beside: Any = {"Error": {}, "Code": "NoSuchEntity", "ResponseMetadata": {"HTTPStatusCode": 404}}
    doubled = "Unable to parse response: b'<A></A><?xml?><Error><Code>NoSuchEntity</Code></Error>'"

    assert type(became(ClientError(beside, "GetRolePolicy"))) is NotFound
    assert type(became(ResponseParserError(doubled))) is NotFound


def test_what_is_no_error_of_aws_passes_unchanged():
    """A fault of our own is not dressed up as AWS's."""
    with pytest.raises(ZeroDivisionError), asking("iam:PutUserPolicy"):
        raise ZeroDivisionError
