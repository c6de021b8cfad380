"""
Looking from outside, with a grantee's own keys, whether AWS lets them read at this moment.

A probe signs by itself (botocore's signer, no client), because a client costs more than the answer.
"""

import threading
import time
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Self
from urllib.parse import quote

import urllib3
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from tests.servers.keys import REGION, Keys

EVERY_S = 0.2
_HANDS = 3


@dataclass
class Watched:
    """One thing in somebody's hand, and what AWS said of it: from when to when it read, in Unix seconds."""

    keys: Keys
    bucket: str
    key: str
    first: float = 0.0
    last: float = 0.0
    """When the newest probe that AWS allowed was sent."""
    refused: float = 0.0
    """When the first probe after `last` was sent that AWS refused; 0 while it reads."""
    returns: list[tuple[float, float]] = field(default_factory=list)
    """From when to when it was refused, after it had read and before it read again."""
    over: bool = False

    def note(self, allowed: bool, sent: float) -> None:
        """Take in what one probe saw."""
        if allowed:
            if self.refused:
                self.returns.append((self.refused, sent))
            self.first, self.last, self.refused = self.first or sent, sent, 0.0
        elif self.last and not self.refused:
            self.refused = sent


class Probes:
    """A few threads that try everything that is watched, again and again. Use it as a context manager."""

    def __init__(self) -> None:
        self._watched: list[Watched] = []
        self._lock, self._stop = threading.Lock(), threading.Event()
        self._pool = urllib3.PoolManager(maxsize=_HANDS, retries=False, timeout=10)
        self.count = 0
        self._threads = [threading.Thread(target=self._look, args=(number,)) for number in range(_HANDS)]

    def __enter__(self) -> Self:
        """Begin."""
        for one in self._threads:
            one.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop looking."""
        self._stop.set()
        for one in self._threads:
            one.join()
        self._pool.clear()

    def watch(self, watched: Watched) -> Watched:
        """Look at this too, until it is over."""
        with self._lock:
            self._watched.append(watched)
        return watched

    def _look(self, number: int) -> None:
        while not self._stop.wait(EVERY_S):
            with self._lock:
                self._watched = [one for one in self._watched if not one.over]
                mine = self._watched[number::_HANDS]
            for one in mine:
                sent = time.time()
                one.note(self._reads(one), sent)
                self.count += 1

    def _reads(self, watched: Watched) -> bool:
        url = f"{watched.keys.endpoint}/{watched.bucket}/{quote(watched.key)}"
        request = AWSRequest(method="GET", url=url)
        keys = Credentials(watched.keys.access_key, watched.keys.secret_key, watched.keys.token)
        S3SigV4Auth(keys, "s3", REGION).add_auth(request)
        return self._pool.request("GET", url, headers=dict(request.headers.items())).status == HTTPStatus.OK
