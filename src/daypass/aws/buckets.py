"""
Buckets: which there are, what lies in them, and what a policy must know of them.

Answers to the Catalogue port. What AWS said of a bucket is believed for a minute, because forms ask at every key that
is pressed and every rehearsal asks for the bucket's region and key.
"""

import time
from collections.abc import Callable
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar

from botocore.exceptions import ClientError

from daypass.aws.clients import Clients
from daypass.aws.partitions import suffix
from daypass.aws.refusals import CallNotOffered, asking, code_of
from daypass.model.errors import AwsForbids, BadInput, NotFound
from daypass.model.resource import Resource
from daypass.resources.s3_statements import BucketFacts

if TYPE_CHECKING:
    from types_boto3_s3.type_defs import ServerSideEncryptionByDefaultTypeDef

BELIEVED_S = 60.0
"""Seconds for which an answer is believed."""
_SHOWN = 100

Answer = TypeVar("Answer")


class AwsCatalogue:
    """The buckets as Daypass's own credentials see them. Safe to share between threads."""

    def __init__(self, *, clients: Clients, monotonic: Callable[[], float] = time.monotonic) -> None:
        """Take the clients, and the seconds that run evenly by which answers grow old."""
        self.clients = clients
        self._monotonic = monotonic
        self._told: dict[object, tuple[float, Any]] = {}
        self._lock = Lock()

    def buckets(self) -> list[str]:
        """Names of the buckets there are, sorted. Raises AwsForbids without s3:ListAllMyBuckets."""
        return list(self._believed("*", self._list))

    def prefixes(self, bucket: str, start: str) -> list[str]:
        """Prefixes and objects of a bucket that begin with `start`, one level deep, at most 100. Raises NotFound."""
        region = self.facts(bucket).region
        with asking("s3:ListBucket", of=bucket):
            found = self.clients.s3(region).list_objects_v2(Bucket=bucket, Prefix=start, Delimiter="/", MaxKeys=_SHOWN)
        names = [one["Prefix"] for one in found.get("CommonPrefixes", ())]
        return sorted([*names, *(one["Key"] for one in found.get("Contents", ()))])[:_SHOWN]

    def check(self, place: Resource) -> None:
        """Raise BadInput (field `resource`) when there is no such bucket, or it is somebody else's."""
        try:
            self.facts(place.root)
        except NotFound:
            raise _unknown(place.root) from None
        except AwsForbids as refused:
            if place.root in self.buckets():
                raise _left_out(place.root, refused) from refused
            raise _unknown(place.root) from None  # bucket names are worldwide: it is another account's

    def facts(self, bucket: str) -> BucketFacts:
        """Read where a bucket is and how it encrypts. Raises NotFound, AwsForbids."""
        facts: BucketFacts = self._believed(bucket, lambda: self._facts(bucket))
        return facts

    def _list(self) -> list[str]:
        with asking("s3:ListAllMyBuckets"):
            return sorted(one["Name"] for one in self.clients.s3().list_buckets()["Buckets"])

    def _facts(self, bucket: str) -> BucketFacts:
        with asking("s3:ListBucket", of=bucket):
            region = self.clients.s3().head_bucket(Bucket=bucket).get("BucketRegion") or self.clients.region
        partition = self.clients.partition(region)
        key, alias = _key(self._encryption(bucket, region), partition, region)
        return BucketFacts(
            partition=partition, region=region, dns_suffix=suffix(partition), kms_key=key, kms_alias=alias
        )

    def _encryption(self, bucket: str, region: str) -> "ServerSideEncryptionByDefaultTypeDef | None":
        """The default encryption of a bucket; None when it has none, which only servers other than AWS still say."""
        try:
            with asking("s3:GetEncryptionConfiguration", of=bucket):
                found = _unless_unset(lambda: self.clients.s3(region).get_bucket_encryption(Bucket=bucket))
        except CallNotOffered:
            return None
        rules = found.get("ServerSideEncryptionConfiguration", {}).get("Rules") if found else None
        return rules[0].get("ApplyServerSideEncryptionByDefault") if rules else None

    def _believed(self, about: object, ask: Callable[[], Answer]) -> Answer:
        with self._lock:
            said_at, answer = self._told.get(about, (float("-inf"), None))
        if self._monotonic() - said_at < BELIEVED_S:
            believed: Answer = answer
            return believed
        fresh = ask()
        with self._lock:
            self._told[about] = (self._monotonic(), fresh)
        return fresh


def _unless_unset(ask: Callable[[], Answer]) -> Answer | None:
    try:
        return ask()
    except ClientError as error:
        if code_of(error.response) == "ServerSideEncryptionConfigurationNotFoundError":
            return None
        raise


def _key(encryption: "ServerSideEncryptionByDefaultTypeDef | None", partition: str, region: str) -> tuple[str, str]:
    """The key's ARN and, when the bucket names it by alias, that alias; both empty for S3's own keys."""
    named = encryption.get("KMSMasterKeyID", "") if encryption and "kms" in encryption["SSEAlgorithm"] else ""
    _, _, alias = named.rpartition(":")
    if not named or alias == "alias/aws/s3":
        return "", ""
    if alias.startswith("alias/"):
        return f"arn:{partition}:kms:{region}:*:key/*", alias
    return (named if named.startswith("arn:") else f"arn:{partition}:kms:{region}:*:key/{named}"), ""


def _unknown(bucket: str) -> BadInput:
    return BadInput(f"There is no bucket “{bucket}” here. Check its name, or ask for it to be made.", field="resource")


def _left_out(bucket: str, refused: AwsForbids) -> AwsForbids:
    """Our own account's, and AWS does not let Daypass look: an operator's to mend, or meant so."""
    return AwsForbids(
        f"AWS does not let Daypass look into “{bucket}”. Either it is not among the buckets that Daypass was set up "
        f"for (BucketArns, bucket_arns), or the bucket's own policy refuses it. {refused.sentence}",
        action=refused.action,
    )
