"""
A session that can only end things, for who has no login while Slack is dead: by a passkey, or by a break-glass code.

    code       spent at once; the token comes back
    passkey    a command line waits with a user code, as at a login; the browser confirms it with the passkey's answer

Fifteen minutes, for the scope `end` alone; in the journal as any login. It needs the ledger alone.
"""

from dataclasses import dataclass
from datetime import datetime

from daypass.lifecycle import login
from daypass.lifecycle.glass.envelope import Envelope
from daypass.lifecycle.passkeys.ceremony import Json
from daypass.lifecycle.passkeys.errands import done, ending_address, find
from daypass.lifecycle.passkeys.proof import asked, prove
from daypass.lifecycle.passkeys.site import Site
from daypass.model.errors import BadInput, Conflict, TooLate
from daypass.model.event import Detail, Event, Kind, Login, Scope
from daypass.model.fact import Fact
from daypass.model.kept import Purpose
from daypass.model.principal import PrincipalId
from daypass.ports import Ledger, Logins


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What the page shows, and asks of the browser."""

    by: PrincipalId
    waiting: Login
    prove: Json


def open_with_code(code: str, *, client: str, ledger: Ledger, now: datetime) -> login.Token:
    """Spend a break-glass code for a session that only ends things. Raises NotYours for one that does not count."""
    envelope = Envelope(client=client, ledger=ledger, now=now)
    sealed = envelope.find(code)
    token, session = envelope.draw_login(
        sealed.principal, scopes=frozenset({Scope.END}), until=now + login.ENDING_LIVES
    )
    envelope.spend(sealed, session, None)
    return login.Token(text=token, principal=sealed.principal, expires_at=session.expires_at)


def address_for(  # noqa: PLR0913 - whose, of which code, where, the two that know of it, and the moment
    person: PrincipalId, user_code: str, *, public_url: str, logins: Logins, ledger: Ledger, now: datetime
) -> str:
    """
    Where this person confirms a waiting command line with their passkey.

    The same for who has none: nobody learns here who has one. Raises NotFound for no such code, BadInput for the code
    of a whole login.
    """
    waits = _waiting(user_code, logins, now)
    return ending_address(person, waits.user_code, public_url=public_url, ledger=ledger, now=now)


def offer(ticket: str, *, at: Site, logins: Logins, ledger: Ledger, now: datetime) -> Offer:
    """Look at what an address is for; nothing is written. Raises NotFound, TooLate."""
    errand = find(ticket, Purpose.END, ledger=ledger, now=now)
    waits = _waiting(errand.subject, logins, now)
    return Offer(by=errand.principal, waiting=waits, prove=asked(ticket, errand, at=at, ledger=ledger))


def confirm(  # noqa: PLR0913 - an answer to a ticket, where it was given, the two that know of it, and the moment
    ticket: str, answer: Json, *, at: Site, logins: Logins, ledger: Ledger, now: datetime
) -> Login:
    """Let the waiting command line end things in this person's name. Raises NotFound, TooLate, NotYours."""
    errand = find(ticket, Purpose.END, ledger=ledger, now=now)
    waits = _waiting(errand.subject, logins, now)
    used = prove(ticket, errand, answer, at=at, ledger=ledger, now=now)
    details: dict[str, Detail] = {"passkey": used.credential_id, "errand": errand.ticket_hash}
    event = Event(kind=Kind.PASSKEY_USED, at=now, actor=errand.principal, details=details)
    try:
        ledger.record(Fact(event=event, changes=(used, done(errand)), told=False))
    except Conflict:
        raise TooLate("This address was used already; it is good for once.") from None
    return login.confirm(waits.user_code, by=errand.principal, logins=logins, ledger=ledger, now=now)


def _waiting(user_code: str, logins: Logins, now: datetime) -> Login:
    waits = login.waiting(user_code, logins=logins, now=now)
    if waits.scopes != {Scope.END}:
        raise BadInput("This code is of a whole login, which is confirmed in Slack; run `daypass login --only-end`.")
    return waits
