"""What somebody has in hand, and what AWS lets them do with it at this second."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Protocol
from urllib.parse import quote, urlsplit

import urllib3

from daypass.resources.s3_statements import Level
from tests.deliveries.world import levels_of, reads
from tests.servers.keys import Keys

_pool = urllib3.PoolManager(retries=False)


class Hold(Protocol):
    """Keys, a session's credentials, or a presigned URL."""

    def levels(self, bucket: str, key: str) -> set[Level]:
        """What it is good for at this second, of one object and the prefix that the object lies under."""
        ...

    def reads(self, bucket: str, key: str) -> bool:
        """Whether it reads one object at this second."""
        ...


@dataclass(frozen=True, slots=True)
class Credentials:
    """Somebody's own keys, or a session's."""

    keys: Keys

    def levels(self, bucket: str, key: str) -> set[Level]:
        """Try all four."""
        return levels_of(self.keys, bucket, key)

    def reads(self, bucket: str, key: str) -> bool:
        """Try to read."""
        return reads(self.keys, bucket, key)


@dataclass(frozen=True, slots=True)
class Url:
    """A presigned URL; whoever has it can also rewrite it, and try."""

    address: str

    def levels(self, bucket: str, key: str) -> set[Level]:
        """Try the four with the same signature."""
        tries = {
            Level.LIST: ("GET", ""),
            Level.READ: ("GET", key),
            Level.WRITE: ("PUT", key),
            Level.DELETE: ("DELETE", key),
        }
        return {level for level, (method, path) in tries.items() if self._does(method, bucket, path)}

    def reads(self, bucket: str, key: str) -> bool:
        """Follow it."""
        return self._does("GET", bucket, key)

    def _does(self, method: str, bucket: str, key: str) -> bool:
        rewritten = urlsplit(self.address)._replace(path=f"/{bucket}/{quote(key)}").geturl()
        status = _pool.request(method, rewritten, body=b"new" if method == "PUT" else None).status
        assert status < HTTPStatus.MULTIPLE_CHOICES or status in {HTTPStatus.BAD_REQUEST, HTTPStatus.FORBIDDEN}, status
        return status < HTTPStatus.MULTIPLE_CHOICES
