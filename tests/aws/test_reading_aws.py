"""Buckets, the clock and the clients, on real servers."""

import json
import time
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from daypass.aws.buckets import BELIEVED_S, AwsCatalogue
from daypass.aws.clients import AwsCredentials, Clients
from daypass.aws.clock import AwsTime
from daypass.model.errors import BadInput, Misconfigured, NotFound, Unavailable
from daypass.resources.s3 import in_bucket
from tests.servers.ceph import Ceph
from tests.servers.keys import REGION
from tests.servers.keys import Keys as Credential
from tests.servers.ministack import MiniStack

Aws = MiniStack | Ceph


def clients_of(aws: Aws, who: Credential | None = None) -> Clients:
    """Clients that speak with somebody's keys; root's when nobody is named."""
    who = who or aws.root()
    return Clients(
        region=REGION,
        endpoint=aws.endpoint,
        keys=AwsCredentials(access_key_id=who.access_key, secret_access_key=who.secret_key),
    )


@pytest.fixture
def bucket(aws: Aws) -> str:
    """Return a bucket with a few objects in it."""
    name = f"acme-{uuid4().hex[:8]}"
    s3 = aws.root().client("s3")
    s3.create_bucket(Bucket=name)
    for key in ("2026/q1.csv", "2026/q2.csv", "2026/deep/er.csv", "2025/q4.csv", "readme"):
        s3.put_object(Bucket=name, Key=key, Body=b"x")
    return name


def test_buckets_are_listed_by_name(aws: Aws, bucket: str):
    """What there is to ask for."""
    names = AwsCatalogue(clients=clients_of(aws)).buckets()

    assert bucket in names
    assert names == sorted(names)


def test_prefixes_are_shown_one_level_deep(aws: Aws, bucket: str):
    """For a form that completes what is typed."""
    buckets = AwsCatalogue(clients=clients_of(aws))

    assert buckets.prefixes(bucket, "") == ["2025/", "2026/", "readme"]
    assert buckets.prefixes(bucket, "2026/") == ["2026/deep/", "2026/q1.csv", "2026/q2.csv"]
    assert buckets.prefixes(bucket, "2026/q1") == ["2026/q1.csv"]


def test_a_bucket_that_is_not_there_is_said_so(aws: Aws):
    """In the form beside its field; and as missing where nobody typed it."""
    buckets = AwsCatalogue(clients=clients_of(aws))
    with pytest.raises(BadInput, match="no bucket “acme-nowhere”") as refused:
        buckets.check(in_bucket("acme-nowhere"))
    with pytest.raises(NotFound):
        buckets.prefixes("acme-nowhere", "")

    assert refused.value.field == "resource"


def test_a_bucket_that_is_there_passes_the_check(aws: Aws, bucket: str):
    """Whatever the prefix: objects may come later."""
    AwsCatalogue(clients=clients_of(aws)).check(in_bucket(bucket, "tomorrow/"))


def test_another_accounts_bucket_is_not_ours_to_lend(ministack: MiniStack):
    """Names are worldwide; one that is somebody else's is answered like one that does not exist."""
    theirs = f"theirs-{uuid4().hex[:8]}"
    ministack.root("999999999999").client("s3").create_bucket(Bucket=theirs)
    daypass = ministack.create_user(f"daypass-{uuid4().hex[:8]}")
    allowed = {"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"}
    ministack.root().client("iam").put_user_policy(
        UserName=daypass.user_name,
        PolicyName="own",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [allowed]}),
    )

    with pytest.raises(BadInput, match="no bucket"):
        AwsCatalogue(clients=clients_of(ministack, daypass)).check(in_bucket(theirs))


@pytest.mark.parametrize(
    ("named", "key", "alias"),
    [
        ("arn:aws:kms:us-east-1:123456789012:key/12-34", "arn:aws:kms:us-east-1:123456789012:key/12-34", ""),
        ("12-34", "arn:aws:kms:us-east-1:*:key/12-34", ""),
        ("alias/acme", "arn:aws:kms:us-east-1:*:key/*", "alias/acme"),
        ("arn:aws:kms:us-east-1:123456789012:alias/acme", "arn:aws:kms:us-east-1:*:key/*", "alias/acme"),
        ("alias/aws/s3", "", ""),
        (None, "", ""),
    ],
)
def test_the_key_of_a_bucket_is_read_however_it_is_named(ministack: MiniStack, named: str | None, key: str, alias: str):
    """By ARN, by id, by alias, or S3's own, for which a policy needs nothing."""
    name = f"acme-{uuid4().hex[:8]}"
    s3 = ministack.root().client("s3")
    s3.create_bucket(Bucket=name)
    default = {"SSEAlgorithm": "aws:kms" if named else "AES256", **({"KMSMasterKeyID": named} if named else {})}
    rules = {"Rules": [{"ApplyServerSideEncryptionByDefault": default, "BucketKeyEnabled": True}]}
    s3.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration=rules)
    facts = AwsCatalogue(clients=clients_of(ministack)).facts(name)

    assert (facts.partition, facts.region, facts.kms_key, facts.kms_alias) == ("aws", "us-east-1", key, alias)


def test_what_aws_said_is_believed_for_a_minute(ministack: MiniStack):
    """Within it no call is made; after it AWS is asked again."""
    elapsed = [0.0]
    name = f"acme-{uuid4().hex[:8]}"
    s3 = ministack.root().client("s3")
    s3.create_bucket(Bucket=name)
    buckets = AwsCatalogue(clients=clients_of(ministack), monotonic=lambda: elapsed[0])
    buckets.facts(name)
    s3.delete_bucket(Bucket=name)
    elapsed[0] = BELIEVED_S - 1
    buckets.facts(name)
    elapsed[0] = BELIEVED_S + 1

    with pytest.raises(NotFound):
        buckets.facts(name)


@pytest.mark.parametrize("hours", [0, 1, -1])
def test_the_clocks_difference_is_measured_even_when_aws_refuses_us_for_it(ministack: MiniStack, hours: int):
    """Our clock runs so far ahead of, or behind, the server's: within two seconds of it."""
    off, begun, started = timedelta(hours=hours), time.monotonic(), datetime.now(UTC)
    aws_time = AwsTime(clients_of(ministack), time.monotonic)
    aws_time.ask()
    assert aws_time.last is not None
    least, most = aws_time.last.ahead(lambda at: started + off + timedelta(seconds=at - begun))

    assert least <= off <= most
    assert most - least < timedelta(seconds=4)


def test_a_clock_that_is_off_by_an_hour_is_named_in_the_refusal(ministack: MiniStack):
    """The server's clock is moved, ours signs with the real time: the sentence speaks of the clock."""
    buckets = AwsCatalogue(clients=clients_of(ministack, ministack.create_user(f"ann-{uuid4().hex[:8]}")))
    ministack.clock._set(timedelta(hours=1))
    try:
        with pytest.raises(Misconfigured, match="clock"):
            buckets.buckets()
    finally:
        ministack.clock._set(timedelta())


@pytest.mark.heavy
def test_an_aws_that_is_down_is_unavailable():
    """Nothing listens there: to be tried again, not a fault of anybody's."""
    keys = AwsCredentials(access_key_id="a", secret_access_key="b")
    with pytest.raises(Unavailable):
        AwsCatalogue(clients=Clients(region=REGION, endpoint="http://127.0.0.1:9", keys=keys)).buckets()


def test_the_sdks_own_variable_says_where_aws_is(monkeypatch: pytest.MonkeyPatch):
    """AWS_ENDPOINT_URL is honoured, and buckets then stand in the path; without it they are host names."""
    keys = AwsCredentials(access_key_id="a", secret_access_key="b")
    address = {"ClientMethod": "get_object", "Params": {"Bucket": "acme", "Key": "k"}}
    without = Clients(region="eu-west-1", keys=keys).s3().generate_presigned_url(**address)  # type: ignore[arg-type]
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:4566")
    with_it = Clients(region="eu-west-1", keys=keys).s3().generate_presigned_url(**address)  # type: ignore[arg-type]

    assert without.startswith("https://acme.s3.eu-west-1.amazonaws.com/k?")
    assert with_it.startswith("http://127.0.0.1:4566/acme/k?")


def test_a_client_is_made_once_and_its_secrets_are_not_shown():
    """Threads share it; and a log line of the keys shows the id alone."""
    keys = AwsCredentials(access_key_id="AKIAX", secret_access_key="s3cret", session_token="t0ken")
    clients = Clients(region="eu-west-1", keys=keys)

    assert clients.iam is clients.iam
    assert clients.s3("eu-west-1") is not clients.s3("us-east-1")
    assert "AKIAX" in repr(keys)
    assert "s3cret" not in repr(keys)
    assert "t0ken" not in repr(keys)
