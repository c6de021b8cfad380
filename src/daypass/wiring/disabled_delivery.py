"""What stands in for a delivery that the settings leave out: it says so, and lends nothing."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NoReturn

from daypass.model.errors import BadInput, Misconfigured
from daypass.model.grant import Grant, Presence
from daypass.model.resource import Resource
from daypass.ports import Credentials, DryRun, PostForm, SignedUrl

_NO_BROKER = "No broker role is set (DAYPASS_AWS_BROKER_ROLE), so there are no sessions and no links."


class DisabledDelivery:
    """A delivery that is not set up. Answers to the Provisioner port."""

    def __init__(self, sentence: str) -> None:
        """Take the sentence that says why."""
        self._sentence = sentence

    def promise(self, resource: Resource) -> str:  # noqa: ARG002 - the port's
        """Promise nothing."""
        return "This delivery is not set up."

    def rehearse(self, draft: Grant) -> DryRun:  # noqa: ARG002 - the port's
        """Refuse, before anybody is asked."""
        raise BadInput(self._sentence, field="delivery")

    def provision(self, grant: Grant) -> None:  # noqa: ARG002 - the port's
        """Refuse: the setting was taken away after the approval."""
        raise BadInput(self._sentence, field="delivery")

    def revoke(self, grant: Grant, now: datetime) -> Presence:
        """Wait for the date inside, which ends the session: without the broker role nothing can be denied on it."""
        if grant.lease is None or now >= grant.lease.ends:
            return Presence.ABSENT
        raise Misconfigured(self._sentence)

    def observe(self, grant: Grant, now: datetime) -> Presence:
        """Past its date nothing can be used; before it, what was vended still can."""
        return Presence.PRESENT if grant.lease is not None and now in grant.lease else Presence.ABSENT


class NoVendor:
    """Hands nothing out. Answers to the Vendor port."""

    def credentials(self, grant: Grant, now: datetime) -> Credentials:
        """Refuse."""
        self._refuse(grant, now)

    def console(self, grant: Grant, now: datetime) -> str:
        """Refuse."""
        self._refuse(grant, now)

    def get(self, grant: Grant, key: str, now: datetime, *, lives: timedelta | None = None) -> SignedUrl:
        """Refuse."""
        self._refuse(grant, key, now, lives)

    def put(self, grant: Grant, key: str, now: datetime, *, lives: timedelta | None = None) -> SignedUrl:
        """Refuse."""
        self._refuse(grant, key, now, lives)

    def post(self, grant: Grant, now: datetime, *, least: int, most: int) -> PostForm:
        """Refuse."""
        self._refuse(grant, now, least, most)

    def manifest(self, grant: Grant, now: datetime) -> Iterator[SignedUrl]:
        """Refuse."""
        self._refuse(grant, now)

    def _refuse(self, *_asked: object) -> NoReturn:
        raise Misconfigured(_NO_BROKER)
