"""
Handing out what a live grant entitles to: credentials, a console address, presigned URLs and forms.

Nothing here changes AWS, and nothing that is handed out is kept. Every end that is told is the true one: the soonest of
the wish, the grant, the session that signs and the 7 days that AWS allows a URL.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from daypass.aws.federation import sign_in_address
from daypass.aws.partitions import console, sign_in
from daypass.aws.presign import LONGEST
from daypass.deliveries.broker import Broker
from daypass.deliveries.link_sessions import Signing, SigningSessions
from daypass.model.entitlement import READ, WRITE
from daypass.model.errors import BadInput, TooLate
from daypass.model.grant import Delivery, Grant
from daypass.ports import Credentials, PostForm, SignedUrl

_LARGEST = 5 * 1024**3
"""Bytes that S3 takes in one upload (AmazonS3/latest/userguide/upload-objects)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """Where people are sent on their way to the AWS console."""

    issuer: str
    """Our own, to which AWS sends people whose console session is over."""
    sign_in: str = ""
    """AWS's own in the bucket's region where none is given; and so the console's."""
    console: str = ""


class Vending:
    """Answers to the Vendor port."""

    def __init__(
        self,
        *,
        broker: Broker,
        signing: SigningSessions,
        addresses: Addresses,
        clock: Callable[[], datetime] | None = None,
    ) -> None:
        """
        Take who opens and who signs.

        `clock` is read again when a session is open, which may take a while: what is signed then lives from then on.
        """
        self._broker = broker
        self._signing = signing
        self._addresses = addresses
        self._clock = clock

    def credentials(self, grant: Grant, now: datetime) -> Credentials:
        """Open a session of this grant. Raises TooLate, or BadInput when the grant is no session."""
        _must_be_usable(grant, now)
        if grant.delivery is not Delivery.SESSION:
            raise BadInput(f"This grant is delivered as a {grant.delivery}; it has no credentials.", field="delivery")
        return self._broker.open(grant, now)

    def console(self, grant: Grant, now: datetime) -> str:
        """Make a console sign-in address; good for 15 minutes, a secret."""
        credentials = self.credentials(grant, now)
        region = credentials.region
        path = self._broker.kinds.of(grant.entitlement.resource).page(grant.entitlement.resource, region)
        page = (self._addresses.console or console(region)).rstrip("/") + path
        endpoint = self._addresses.sign_in or sign_in(region)
        return sign_in_address(credentials, destination=page, issuer=self._addresses.issuer, endpoint=endpoint)

    def get(self, grant: Grant, key: str, now: datetime, *, lives: timedelta | None = None) -> SignedUrl:
        """Presign a GET. Raises BadInput for a key outside the grant or a grant that is not for reading."""
        signing, now = self._signer(grant, READ, now, key)
        length = _length(signing, now, lives)
        return SignedUrl(key=key, url=signing.presigner.get(key, length), expires_at=now + length)

    def put(self, grant: Grant, key: str, now: datetime, *, lives: timedelta | None = None) -> SignedUrl:
        """Presign a PUT. Raises BadInput for a key outside the grant or a grant that is not for writing."""
        signing, now = self._signer(grant, WRITE, now, key)
        length = _length(signing, now, lives)
        return SignedUrl(key=key, url=signing.presigner.put(key, length), expires_at=now + length)

    def post(self, grant: Grant, now: datetime, *, least: int, most: int) -> PostForm:
        """Presign a POST form for files of `least` to `most` bytes. Raises BadInput for sizes that mean nothing."""
        if not 0 <= least <= most <= _LARGEST:
            raise BadInput(f"The sizes must be 0 <= least <= most <= {_LARGEST} bytes (5 GiB).", field="command")
        signing, now = self._signer(grant, WRITE, now)
        length = _length(signing, now, None)
        url, fields = signing.presigner.post(grant.entitlement.resource, length, least=least, most=most)
        return PostForm(url=url, fields=tuple(fields.items()), expires_at=now + length)

    def manifest(self, grant: Grant, now: datetime) -> Iterator[SignedUrl]:
        """Presign a GET for every object of the grant. Refuses before the first, not at it."""
        signing, now = self._signer(grant, READ, now)
        length = _length(signing, now, None)
        keys = signing.presigner.keys_in(grant.entitlement.resource)
        signed = signing.presigner.many(keys, now, length)
        return (SignedUrl(key=key, url=url, expires_at=now + length) for key, url in signed)

    def _signer(self, grant: Grant, level: str, now: datetime, key: str | None = None) -> tuple[Signing, datetime]:
        if grant.delivery is Delivery.POLICY:
            raise BadInput("This grant is a policy on your own identity; sign with your own keys.", field="delivery")
        if level not in grant.entitlement.levels:
            raise BadInput(f"This grant is not for {level}, so no such link can be made.", field="level")
        if key is not None and not (key and grant.entitlement.resource.reaches(key)):
            raise BadInput(f"“{key}” is not within {grant.entitlement.resource}.", field="resource")
        signing = self._signing.of(grant, now)
        return signing, max(now, self._clock()) if self._clock else now


def _must_be_usable(grant: Grant, now: datetime) -> None:
    if not grant.usable(now):
        raise TooLate("This grant is not active, so nothing is handed out.")


def _length(signing: Signing, now: datetime, wish: timedelta | None) -> timedelta:
    """How long a URL made now lives, in whole seconds. Raises TooLate when less than one is left."""
    left = min(signing.ends - now, LONGEST, wish or LONGEST)
    if left < timedelta(seconds=1):
        raise TooLate("This grant ends at this very moment.")
    return timedelta(seconds=int(left.total_seconds()))
