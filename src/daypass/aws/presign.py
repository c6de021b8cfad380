"""
Presigned URLs and forms: a bearer may do one thing, for a while, with the signer's permissions.

Always Signature V4, on the regional host of the bucket, and signed for at most 7 days; what the signer may no longer
do, nor what its session has outlived, the URL cannot do either (AmazonS3/latest/userguide/using-presigned-url).
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from daypass.aws.clients import AwsCredentials, Clients
from daypass.aws.refusals import asking
from daypass.aws.signature import signer
from daypass.model.resource import Resource

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

LONGEST = timedelta(days=7)
"""X-Amz-Expires takes no more."""

_PROBE = "k"


class Presigner:
    """Signs for one bucket with one session's keys."""

    def __init__(self, *, clients: Clients, keys: AwsCredentials, bucket: str, region: str) -> None:
        """Take the signer's keys and the bucket with its region."""
        self._s3: S3Client = clients.s3_as(keys, region)
        self._keys = keys
        self._bucket = bucket
        self._region = region

    def get(self, key: str, lives: timedelta) -> str:
        """Presign a GET of one object."""
        return self._url("get_object", key, lives)

    def put(self, key: str, lives: timedelta) -> str:
        """Presign a PUT of one object. It binds neither size nor type; a form does."""
        return self._url("put_object", key, lives)

    def post(self, place: Resource, lives: timedelta, *, least: int, most: int) -> tuple[str, dict[str, str]]:
        """
        Presign a form that uploads one file of `least` to `most` bytes into the place.

        Under a prefix the file keeps its own name (`${filename}`, which S3 fills in), and the SDK binds the
        key to begin with it.
        """
        one = not place.whole
        with asking("s3:PutObject", of=str(place)):
            form = self._s3.generate_presigned_post(
                Bucket=self._bucket,
                Key=place.inner if one else f"{place.inner}${{filename}}",
                Conditions=[["content-length-range", least, most]],
                ExpiresIn=int(lives.total_seconds()),
            )
        return form["url"], form["fields"]

    def many(self, keys: Iterator[str], now: datetime, lives: timedelta) -> Iterator[tuple[str, str]]:
        """Presign a GET of every key, many thousands a second; yields each key with its URL."""
        probe = self._url("get_object", _PROBE, lives)
        start = probe.partition("?")[0].removesuffix(f"/{_PROBE}")
        sign = signer(start=start, keys=self._keys, region=self._region, now=now, lives=lives)
        for key in keys:
            yield key, sign(key)

    def keys_in(self, place: Resource) -> Iterator[str]:
        """List the objects of a place, with the signer's own permission to list it. The place's own key for one."""
        if not place.whole:
            yield place.inner
            return
        pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=place.inner)
        with asking("s3:ListBucket", of=str(place)):
            for page in pages:
                for found in page.get("Contents", ()):
                    yield found["Key"]

    def _url(self, method: str, key: str, lives: timedelta) -> str:
        with asking("s3:GetObject", of=f"{self._bucket}/{key}"):
            return self._s3.generate_presigned_url(
                method, Params={"Bucket": self._bucket, "Key": key}, ExpiresIn=int(lives.total_seconds())
            )
