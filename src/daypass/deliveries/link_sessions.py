"""
The sessions that sign links, kept in memory alone and for minutes only.

A Daypass link opens a presigned URL at each click; without this every click would cost a call to STS. A session is kept
for five minutes and dropped as soon as its grant is asked for and is not usable any more.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from daypass.aws.clients import Clients
from daypass.aws.presign import Presigner
from daypass.aws.role_sessions import keys_of
from daypass.deliveries.broker import Broker
from daypass.model.errors import TooLate
from daypass.model.grant import Grant, GrantId

KEPT = timedelta(minutes=5)
"""How long a session signs. A fresh one would live at most so much longer."""
_MOST = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Signing:
    """A session that signs, and when it ends."""

    presigner: Presigner
    opened_at: datetime
    ends: datetime

    def serves(self, now: datetime) -> bool:
        """Whether it is young enough to sign once more."""
        return self.opened_at <= now < self.opened_at + KEPT


class SigningSessions:
    """One signing session for each grant. Safe to share between threads."""

    def __init__(self, *, broker: Broker, clients: Clients) -> None:
        """Take who opens sessions, and what is needed to sign with them."""
        self._broker = broker
        self._clients = clients
        self._kept: dict[GrantId, Signing] = {}
        self._lock = Lock()

    def of(self, grant: Grant, now: datetime) -> Signing:
        """The session that signs for this grant now. Raises TooLate when the grant is not usable."""
        if not grant.usable(now):
            with self._lock:
                self._kept.pop(grant.id, None)
            raise TooLate("This grant is not active, so nothing is handed out.")
        with self._lock:
            kept = self._kept.get(grant.id)
        return kept if kept and kept.serves(now) else self._opened(grant, now)

    def _opened(self, grant: Grant, now: datetime) -> Signing:
        credentials = self._broker.open(grant, now)
        bucket, region = grant.entitlement.resource.root, credentials.region
        presigner = Presigner(clients=self._clients, keys=keys_of(credentials), bucket=bucket, region=region)
        fresh = Signing(presigner=presigner, opened_at=now, ends=credentials.expires_at)
        with self._lock:
            self._kept = (
                {id_: one for id_, one in self._kept.items() if one.serves(now)} if self._full() else self._kept
            )
            self._kept[grant.id] = fresh
        return fresh

    def _full(self) -> bool:
        return len(self._kept) >= _MOST
