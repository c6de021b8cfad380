"""What S3 says of a bucket besides its objects: its tags, and whether it is our own account's."""

from collections.abc import Mapping

from botocore.exceptions import ClientError

from daypass.aws.buckets import AwsCatalogue
from daypass.aws.clients import Clients
from daypass.aws.refusals import asking, code_of

_UNTAGGED = frozenset({"NoSuchTagSet", "NoSuchTagSetError"})
"""The second is Ceph's."""


class ResourceTags:
    """Tags and account of buckets, asked anew each time. Safe to share between threads."""

    def __init__(self, *, clients: Clients, buckets: AwsCatalogue) -> None:
        """Take the clients, and the buckets that know their region."""
        self._clients = clients
        self._buckets = buckets
        self._own: str | None = None

    def tags(self, bucket: str) -> Mapping[str, str]:
        """Read the tags; none is an empty mapping. Raises NotFound, AwsForbids without s3:GetBucketTagging."""
        client = self._clients.s3(self._buckets.facts(bucket).region)
        with asking("s3:GetBucketTagging", of=bucket):
            try:
                given = client.get_bucket_tagging(Bucket=bucket)["TagSet"]
            except ClientError as error:
                if code_of(error.response) in _UNTAGGED:
                    return {}
                raise
        return {tag["Key"]: tag["Value"] for tag in given}

    def account(self, bucket: str) -> str | None:
        """
        Read whose it is: our own account's, when it is in the list of our buckets; None for any other.

        S3 tells nobody the account of another's bucket, only the canonical id of its owner.
        """
        if bucket not in self._buckets.buckets():
            return None
        if self._own is None:
            with asking("sts:GetCallerIdentity"):
                self._own = self._clients.sts.get_caller_identity()["Account"]
        return self._own
