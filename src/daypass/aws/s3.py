"""S3 as AWS knows it: buckets with their Region and keys, and the console's pages of them."""

from urllib.parse import quote

from daypass.aws.buckets import AwsCatalogue
from daypass.model.resource import Resource
from daypass.resources.s3_statements import BucketFacts


class S3InAws:
    """Answers to KindInAws."""

    def __init__(self, buckets: AwsCatalogue) -> None:
        """Take the buckets."""
        self._buckets = buckets

    def check(self, resource: Resource) -> None:
        """Raise BadInput (field `resource`) when there is no such bucket, or it is somebody else's."""
        self._buckets.check(resource)

    def facts(self, resource: Resource) -> BucketFacts:
        """Read where its bucket is and how it encrypts. Raises NotFound, AwsForbids."""
        return self._buckets.facts(resource.root)

    def guarded(self, resource: Resource) -> str:  # noqa: ARG002 - one of AWS's kinds
        """No bucket is: the ceiling says which may be granted at all."""
        return ""

    def page(self, resource: Resource, region: str) -> str:
        """The page of a place: without the right to list buckets one must be taken straight there."""
        what = "buckets" if resource.whole else "object"
        return f"/s3/{what}/{resource.root}?region={region}&prefix={quote(resource.inner, safe='')}"
