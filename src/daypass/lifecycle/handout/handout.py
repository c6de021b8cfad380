"""
Hand a live grant's access to the one it was given to: credentials, a console address, presigned URLs.

What is handed over is never kept. The journal is told before the person is, with the access key's id and nothing that
opens anything. A refused hand-out is journalled too.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from daypass.lifecycle.end.end_early import by_whom, has_ended, how_it_ended
from daypass.lifecycle.freezes.gate import must_not_be_frozen, record_unless_frozen
from daypass.lifecycle.handout.first import about_to_hand_out
from daypass.lifecycle.idempotency import moment
from daypass.model.entitlement import READ
from daypass.model.errors import BadInput, NotYours, Refusal, TooLate
from daypass.model.event import Detail, EntryKind, Event
from daypass.model.fact import Fact
from daypass.model.freeze import Freezes
from daypass.model.grant import Delivery, Grant, GrantId, GrantState
from daypass.model.principal import PrincipalId
from daypass.model.resource import Resource
from daypass.model.text import text_of
from daypass.ports import Credentials, Ledger, PostForm, SignedUrl, Vendor

Clock = Callable[[], datetime]
"""Read anew for each moment: what is handed over may take a while to be made, and is dated when it was."""

_HOW = {
    Delivery.SESSION: "Use `daypass credentials`, `daypass exec` or the console button.",
    Delivery.POLICY: "It is on your own AWS identity: use your own keys.",
    Delivery.LINK: "Use `daypass link` or the link button.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Handout:
    """Hands out what a live grant entitles to."""

    vendor: Vendor
    ledger: Ledger
    clock: Clock

    def credentials(self, grant_id: GrantId, *, by: PrincipalId) -> Credentials:
        """Open a session. Raises NotYours, TooLate (ended, not active yet) or BadInput (another delivery)."""
        with self._refusals_journalled(grant_id, by):
            grant = self._opening(grant_id, Delivery.SESSION, by)
            vended = self.vendor.credentials(grant, self.clock())
        told: dict[str, Detail] = {
            "access_key_id": vended.access_key_id,
            "expires_at": vended.expires_at.isoformat(),
        }
        self._record(EntryKind.CREDENTIALS_VENDED, grant, told, by)
        return vended

    def console(self, grant_id: GrantId, *, by: PrincipalId) -> str:
        """Make a console sign-in address, good for 15 minutes. Raises as `credentials` does."""
        with self._refusals_journalled(grant_id, by):
            grant = self._opening(grant_id, Delivery.SESSION, by)
            address = self.vendor.console(grant, self.clock())
        self._record(EntryKind.CONSOLE_VENDED, grant, {}, by)
        return address

    def get_url(self, grant_id: GrantId, key: str, *, by: PrincipalId, lives: timedelta | None = None) -> SignedUrl:
        """Presign a GET of one object. Raises also BadInput when the key lies outside the grant."""
        return self._presigned("GET", partial(self.vendor.get, lives=lives), grant_id, key, by=by)

    def put_url(self, grant_id: GrantId, key: str, *, by: PrincipalId, lives: timedelta | None = None) -> SignedUrl:
        """Presign a PUT of one object. Raises also BadInput when the key lies outside the grant."""
        return self._presigned("PUT", partial(self.vendor.put, lives=lives), grant_id, key, by=by)

    def post_form(self, grant_id: GrantId, *, by: PrincipalId, least: int, most: int) -> PostForm:
        """Presign a POST form under the grant's prefix, for files of `least` to `most` bytes."""
        with self._refusals_journalled(grant_id, by):
            grant = self._opening(grant_id, Delivery.LINK, by)
            form = self.vendor.post(grant, self.clock(), least=least, most=most)
        told: dict[str, Detail] = {
            "method": "POST",
            "least": least,
            "most": most,
            "expires_at": form.expires_at.isoformat(),
        }
        self._record(EntryKind.LINK_MADE, grant, told, by)
        return form

    def manifest(self, grant_id: GrantId, *, by: PrincipalId) -> Iterator[SignedUrl]:
        """Presign a GET for every object of the grant; the journal has one entry for the whole."""
        with self._refusals_journalled(grant_id, by):
            grant = self._opening(grant_id, Delivery.LINK, by, must=_must_read)
        told: dict[str, Detail] = {"method": "GET", "manifest": str(grant.entitlement.resource)}
        self._record(EntryKind.LINK_MADE, grant, told, by)
        return self.vendor.manifest(grant, self.clock())

    def _opening(
        self,
        grant_id: GrantId,
        delivery: Delivery,
        by: PrincipalId,
        *,
        must: Callable[[Grant], object] = lambda _: None,
    ) -> Grant:
        """The grant, as one of which something is about to be handed out."""

        def found() -> Grant:
            grant = usable(grant_id, by, delivery, self.ledger, self.clock())
            must(grant)
            return grant

        return about_to_hand_out(found, by=by, ledger=self.ledger, now=self.clock())

    def _presigned(
        self,
        method: str,
        sign: Callable[[Grant, str, datetime], SignedUrl],
        grant_id: GrantId,
        key: str,
        *,
        by: PrincipalId,
    ) -> SignedUrl:
        with self._refusals_journalled(grant_id, by):
            grant = self._opening(grant_id, Delivery.LINK, by, must=lambda one: key_within(one, key))
            signed = sign(grant, key_within(grant, key), self.clock())
        told: dict[str, Detail] = {"method": method, "key": signed.key, "expires_at": signed.expires_at.isoformat()}
        self._record(EntryKind.LINK_MADE, grant, told, by)
        return signed

    def _record(self, kind: EntryKind, grant: Grant, told: dict[str, Detail], by: PrincipalId) -> None:
        """
        Tell the journal, after a last look at the grant: one that was ended meanwhile hands nothing over.

        What was opened in that moment is shut by the deny that ending a session early writes: see first_hand_out.
        """
        now = self.clock()
        if not self.ledger.grant(grant.id).usable(now):
            raise TooLate("This grant has just been ended.")
        event = Event(kind=kind, at=now, actor=by, subject=grant.id, details=told)

        def handed_out(freezes: Freezes) -> Fact:
            return Fact(event=event, stands=(freezes,), told=False)

        record_unless_frozen(handed_out, (grant.principal,), grant.entitlement.resource, self.ledger)

    @contextmanager
    def _refusals_journalled(self, grant_id: GrantId, by: PrincipalId) -> Iterator[None]:
        try:
            yield
        except Refusal as refusal:
            because: dict[str, Detail] = {"because": refusal.sentence}
            event = Event(kind=EntryKind.VENDING_REFUSED, at=self.clock(), actor=by, subject=grant_id, details=because)
            self.ledger.record(Fact(event=event, told=False))
            raise


def usable(grant_id: GrantId, by: PrincipalId, delivery: Delivery, ledger: Ledger, now: datetime) -> Grant:
    """The grant, or the one that extends it, if this person may be handed something of it now."""
    grant = ledger.grant(grant_id)
    if grant.principal != by:
        raise NotYours("This grant is somebody else's.")
    found = _live(grant, ledger, now)
    if found is None and has_ended(grant, now):
        anew = f" `again {grant.id}` asks for it anew."
        raise TooLate(text_of(f"This grant has ended. {how_it_ended(grant)}", by_whom(grant), anew))
    if grant.delivery is not delivery:
        raise BadInput(f"This grant is delivered as a {grant.delivery}. {_HOW[grant.delivery]}", field="delivery")
    return found or live(grant, ledger, now)


def live(grant: Grant, ledger: Ledger, now: datetime) -> Grant:
    """The grant itself while it is live, else a live one that extends it. Raises TooLate, NotAllowed while frozen."""
    if (found := _live(grant, ledger, now)) is not None:
        return found
    if grant.state is GrantState.APPROVED:
        raise TooLate(f"This grant is approved but not active yet; {_begins(grant, now)}.")
    raise TooLate(f"This grant has ended. {how_it_ended(grant)}")


def _no_such_key(key: str, place: Resource) -> str:
    """Say which object to name; of one without the place's own prefix, the whole key."""
    if not key:
        return f"Say which object within {place}: its whole key, such as {place.inner}NAME."
    whole = f"{place.inner}{key}"
    hint = f"Did you mean “{whole}”?" if place.inner.endswith("/") and place.reaches(whole) else "name one that is."
    return f"“{key}” is not an object within {place}{'. ' if hint.endswith('?') else '; '}{hint}"


def _live(grant: Grant, ledger: Ledger, now: datetime) -> Grant | None:
    must_not_be_frozen([grant.principal], grant.entitlement.resource, ledger, reader=grant.principal)
    return grant if grant.usable(now) else _successor(grant, ledger, now)


def _begins(grant: Grant, now: datetime) -> str:
    starts = grant.term.starts
    return f"it begins on {moment(starts)}" if starts and starts > now else "it will be in a few seconds"


def key_within(grant: Grant, key: str) -> str:
    """The object's key, the grant's own when none is given. Raises BadInput outside the grant."""
    place = grant.entitlement.resource
    if not key and place.inner and not place.inner.endswith("/"):
        return place.inner
    if not key or key.endswith("/") or not place.reaches(key):
        raise BadInput(_no_such_key(key, place), field="resource")
    return key


def _successor(grant: Grant, ledger: Ledger, now: datetime) -> Grant | None:
    """Follow extensions of the grant, and extensions of those, to one that is live."""
    seen = {grant.id}
    heirs = [one for one in ledger.chain(grant.chain) if one.state is GrantState.ACTIVE]
    while True:
        heir = next((one for one in heirs if one.extends in seen and one.id not in seen), None)
        if heir is None:
            return None
        if heir.usable(now):
            return heir
        seen.add(heir.id)


def _must_read(grant: Grant) -> None:
    if READ not in grant.entitlement.levels:
        raise BadInput("This grant is not for reading, so there is nothing to link to.", field="level")
