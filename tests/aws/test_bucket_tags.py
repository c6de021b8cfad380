"""Tags and account of a bucket, on real servers."""

import json
from uuid import uuid4

import pytest

from daypass.aws.bucket_tags import ResourceTags
from daypass.aws.buckets import AwsCatalogue
from daypass.aws.clients import AwsCredentials, Clients
from daypass.model.errors import AwsForbids, NotFound
from tests.servers.ceph import Ceph
from tests.servers.keys import REGION
from tests.servers.keys import Keys as Credential
from tests.servers.ministack import MiniStack

Aws = MiniStack | Ceph


def tags_of(aws: Aws, who: Credential | None = None) -> ResourceTags:
    """Read with somebody's keys; root's when nobody is named."""
    who = who or aws.root()
    keys = AwsCredentials(access_key_id=who.access_key, secret_access_key=who.secret_key)
    clients = Clients(region=REGION, endpoint=aws.endpoint, keys=keys)
    return ResourceTags(clients=clients, buckets=AwsCatalogue(clients=clients))


@pytest.fixture
def bucket(aws: Aws) -> str:
    """Return a fresh bucket."""
    name = f"acme-{uuid4().hex[:8]}"
    aws.root().client("s3").create_bucket(Bucket=name)
    return name


def test_a_bucket_that_was_never_tagged_has_no_tags(aws: Aws, bucket: str):
    """S3 says so with an error, and it is none to us."""
    assert tags_of(aws).tags(bucket) == {}


def test_tags_are_read_as_they_are_now(aws: Aws, bucket: str):
    """Every one of them; and none any more once they are gone."""
    s3 = aws.root().client("s3")
    given = [{"Key": "team", "Value": "data"}, {"Key": "owner", "Value": "ann@acme.example"}]
    s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": given})
    tags = tags_of(aws)

    assert tags.tags(bucket) == {"team": "data", "owner": "ann@acme.example"}

    s3.delete_bucket_tagging(Bucket=bucket)
    assert tags.tags(bucket) == {}


def test_a_bucket_that_is_not_there_is_not_found(aws: Aws):
    """It is not taken for one without tags."""
    with pytest.raises(NotFound):
        tags_of(aws).tags("acme-nowhere")


def test_our_own_buckets_are_our_accounts(ministack: MiniStack):
    """A bucket in our list is of the account that we are in; of another's nothing is known."""
    ours, theirs = f"acme-{uuid4().hex[:8]}", f"theirs-{uuid4().hex[:8]}"
    ministack.root().client("s3").create_bucket(Bucket=ours)
    ministack.root("999999999999").client("s3").create_bucket(Bucket=theirs)
    account = ministack.root().client("sts").get_caller_identity()["Account"]
    tags = tags_of(ministack)

    assert (tags.account(ours), tags.account(theirs)) == (account, None)


def test_without_the_permission_the_missing_one_is_named(ministack: MiniStack):
    """The operator reads what to add; a bucket whose tags may not be read is not one without tags."""
    name = f"acme-{uuid4().hex[:8]}"
    ministack.root().client("s3").create_bucket(Bucket=name)
    daypass = ministack.create_user(f"daypass-{uuid4().hex[:8]}")
    actions = ["s3:ListBucket", "s3:GetEncryptionConfiguration"]
    ministack.root().client("iam").put_user_policy(
        UserName=daypass.user_name,
        PolicyName="own",
        PolicyDocument=json.dumps(
            {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": actions, "Resource": "*"}]}
        ),
    )

    with pytest.raises(AwsForbids) as refused:
        tags_of(ministack, daypass).tags(name)

    assert refused.value.action == "s3:GetBucketTagging"
