"""
The head of the journal in an object of S3: ports.HeadPlace.

Each write names the version of the object that it replaces (If-Match, or If-None-Match for the first one), so that of
two processes that share an object neither overwrites what the other has written and it has not read. A call is tried
once, as it is made while a signature waits for it; after one that failed nothing is sent for some seconds. What became
of a write without an answer is found out by reading it again.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from botocore.exceptions import ClientError

from daypass.aws.clients import Clients
from daypass.aws.refusals import asking, code_of
from daypass.model.errors import Conflict, Misconfigured, NotFound, Unavailable
from daypass.ports.fence import Free, writing_under

_PAUSE_S = 5.0
_LARGEST = 1 << 20
"""Bytes of an object that are read; a head has some thousands."""
_TAKEN = frozenset({"PreconditionFailed", "412", "ConditionalRequestConflict", "NoSuchKey"})
"""How S3 says that what was to be replaced is not there any more."""
_FENCE = Free("what the head is written over is named with the write")


class HeadObject:
    """A head in an object of a bucket that keeps old versions."""

    def __init__(
        self, *, clients: Clients, bucket: str, key: str, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        """Take clients that try once, and where the object is."""
        self._clients = clients
        self._bucket, self._key = bucket, key
        self._monotonic = monotonic
        self._seen: tuple[str, str] | None = None
        """The text and ETag of the object, as it was read or written last."""
        self._resumes = 0.0

    def read(self) -> str | None:
        """Read it; None when there is none. Raises Unavailable while S3 does not answer."""
        with self._trying(), asking("s3:GetObject", of=str(self)):
            try:
                found = self._clients.s3().get_object(Bucket=self._bucket, Key=self._key)
            except ClientError as error:
                if code_of(error.response) != "NoSuchKey":
                    raise
                self._seen = None
                return None
            text = found["Body"].read(_LARGEST).decode("utf-8", errors="replace")
            self._seen = (text, found["ETag"])
        return text

    def replace(self, old: str | None, new: str) -> None:
        """Write `new` where `old` stands. Raises Conflict when something else stands there by now."""
        seen = self._seen
        if (None if seen is None else seen[0]) != old:
            raise Conflict("This process has read another head meanwhile.")
        with self._trying(), writing_under(_FENCE), asking("s3:PutObject", of=str(self)):
            s3, body = self._clients.s3(), new.encode()
            try:
                if seen is None:
                    put = s3.put_object(Bucket=self._bucket, Key=self._key, Body=body, IfNoneMatch="*")
                else:
                    put = s3.put_object(Bucket=self._bucket, Key=self._key, Body=body, IfMatch=seen[1])
            except ClientError as error:
                if code_of(error.response) in _TAKEN:
                    raise Conflict("Another process has changed the journal's head meanwhile.") from error
                raise
        self._seen = (new, put["ETag"])

    def must_keep_versions(self) -> None:
        """Raise Misconfigured for a bucket in which a head that was overwritten is gone."""
        with self._there(), asking("s3:GetBucketVersioning", of=self._bucket):
            status = self._clients.s3().get_bucket_versioning(Bucket=self._bucket).get("Status")
        if status != "Enabled":
            raise Misconfigured(
                f"The bucket {self._bucket} of DAYPASS_JOURNAL_HEAD does not keep old versions, so a head that was "
                "overwritten is gone. Turn its versioning on."
            )

    def __str__(self) -> str:
        return f"s3://{self._bucket}/{self._key}"

    @contextmanager
    def _trying(self) -> Iterator[None]:
        if self._monotonic() < self._resumes:
            raise Unavailable(
                f"S3 did not answer a moment ago for the journal's head {self}; Daypass tries again soon."
            )
        try:
            with self._there():
                yield
        except Unavailable:
            self._resumes = self._monotonic() + _PAUSE_S
            raise

    @contextmanager
    def _there(self) -> Iterator[None]:
        try:
            yield
        except NotFound:
            raise Misconfigured(f"There is no bucket {self._bucket}. See DAYPASS_JOURNAL_HEAD.") from None
