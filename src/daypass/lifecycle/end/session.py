"""
A session that can only end things, for who has no login while Slack is dead: by a passkey, or by a break-glass code.

    code       spent at once; the token comes back
    passkey    a command line waits with a user code, as at a login; the browser confirms it with the passkey's answer

Fifteen minutes, for the scope `end` alone; in the journal as any login. It needs the ledger alone.

Anybody may ask for the address at which somebody's passkey confirms. So nothing is kept or journalled of it: the ticket
carries the name and which login waits. A proof that does not hold is nobody's in the journal, and counted there.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from daypass.lifecycle import login
from daypass.lifecycle.attempts import Attempt, Stranger
from daypass.lifecycle.break_glass.redeem import Envelope
from daypass.lifecycle.passkeys.ceremony import Json, ask_to_prove
from daypass.lifecycle.passkeys.one_time_links import done, must_have_passkeys
from daypass.lifecycle.passkeys.proof import Signed, challenge, check, refused
from daypass.lifecycle.passkeys.relying_party import Site
from daypass.model.errors import BadInput, Conflict, NotFound, NotYours, TooLate
from daypass.model.event import Detail, EntryKind, Event
from daypass.model.fact import Fact
from daypass.model.login import Login, LoginScope
from daypass.model.passkey import OneTimeLink, Purpose
from daypass.model.principal import PrincipalId
from daypass.model.secret import Secret, digest
from daypass.ports import Ledger, Logins

_TICKET = re.compile(rf"{Secret.ONE_TIME_LINK}(?P<login>[0-9a-f]{{64}})(?P<person>[A-Z0-9]{{2,40}})")


@dataclass(frozen=True, slots=True, kw_only=True)
class EndSessionOffer:
    """What the page shows, and asks of the browser."""

    waiting: Login
    prove: Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where somebody confirms a waiting command line with their passkey, and until when."""

    url: str
    ends: datetime


def open_with_code(code: str, *, stranger: Stranger, ledger: Ledger, now: datetime) -> login.Token:
    """Spend a break-glass code for a session that only ends things. Raises NotYours for one that does not count."""
    envelope = Envelope(stranger=stranger, ledger=ledger, now=now)
    sealed = envelope.find(code)
    token, session = envelope.draw_login(
        sealed.principal, scopes=frozenset({LoginScope.END}), until=now + login.ENDING_LIVES
    )
    envelope.spend(sealed, session, None)
    return login.Token(text=token, principal=sealed.principal, expires_at=session.expires_at)


def address_for(person: PrincipalId, user_code: str, *, public_url: str, logins: Logins, now: datetime) -> Address:
    """
    Where this person confirms a waiting command line with their passkey.

    The same for who has none: nobody learns here who has one, and nothing is written. Raises NotFound for no such code,
    BadInput for the code of a whole login.
    """
    waits = _waiting(user_code, logins, now)
    must_have_passkeys(person, public_url)
    return Address(url=f"{public_url}/end/{Secret.ONE_TIME_LINK}{waits.device_hash}{person}", ends=waits.expires_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class EndSessionPage:
    """Where a passkey confirms a command line that waits."""

    at: Site
    logins: Logins
    ledger: Ledger

    def offer(self, ticket: str, *, now: datetime) -> EndSessionOffer:
        """
        Look at what an address is for; nothing is written. Raises NotFound, TooLate.

        The browser is asked for any passkey of this site, and not for this person's by their ids: whoever knows an id
        may open such an address (W3C Web Authentication, level 3, section 14.6.2).
        """
        errand, waits = _read(ticket, self.logins, now)
        return EndSessionOffer(waiting=waits, prove=ask_to_prove((), challenge(ticket, errand), self.at))

    def confirm(self, signed: Signed, *, stranger: Stranger, now: datetime) -> Login:
        """Let the waiting command line end things in this person's name. Raises NotFound, TooLate, NotYours."""
        errand, waits = _read(signed.ticket, self.logins, now)
        try:
            used = check(signed, errand, at=self.at, ledger=self.ledger)
        except NotYours as refusal:
            _count(errand, refusal, stranger, self.ledger, now)
            raise
        details: dict[str, Detail] = {"passkey": used.credential_id, "errand": errand.ticket_hash}
        event = Event(kind=EntryKind.PASSKEY_USED, at=now, actor=errand.principal, details=details)
        try:
            self.ledger.record(Fact(event=event, changes=(used, done(errand)), told=False))
        except Conflict:
            raise TooLate("This address was used already; it is good for once.") from None
        return login.confirm(waits.user_code, by=errand.principal, logins=self.logins, ledger=self.ledger, now=now)


def _read(ticket: str, logins: Logins, now: datetime) -> tuple[OneTimeLink, Login]:
    """What a ticket is for. Raises NotFound for what is none, TooLate when its login is over or was confirmed."""
    named = _TICKET.fullmatch(ticket)
    try:
        waits = logins.by_device(named["login"]) if named else None
    except NotFound:
        waits = None
    if named is None or waits is None or waits.scopes != {LoginScope.END}:
        raise NotFound("There is nothing at this address. Begin again on the command line.")
    if waits.principal is not None or waits.revoked_at is not None:
        raise TooLate("This address was used already; it is good for once. Begin again on the command line.")
    if now >= waits.expires_at:
        raise TooLate("This address has lapsed; it is good for ten minutes. Begin again on the command line.")
    errand = OneTimeLink(
        ticket_hash=digest(ticket),
        principal=PrincipalId(named["person"]),
        purpose=Purpose.END,
        subject=waits.user_code,
        at=waits.asked_at,
        ends=waits.expires_at,
    )
    return errand, waits


def _count(errand: OneTimeLink, refusal: NotYours, stranger: Stranger, ledger: Ledger, now: datetime) -> None:
    """Tell the journal, once a minute, of proofs that did not hold."""
    address = stranger.address

    def make(more: Mapping[str, Detail]) -> Fact:
        return Fact(event=refused(errand, refusal, now=now, address=address, **more), told=False)

    stranger.tell(Attempt(name=f"{EntryKind.PASSKEY_REFUSED} {Purpose.END}", make=make), ledger=ledger, now=now)


def _waiting(user_code: str, logins: Logins, now: datetime) -> Login:
    waits = login.waiting(user_code, logins=logins, now=now)
    if waits.scopes != {LoginScope.END}:
        raise BadInput("This code is of a whole login, which is confirmed in Slack; run `daypass login --only-end`.")
    return waits
