"""
One proof for one errand.

The challenge is reckoned from the ticket and from all that the errand says, so a passkey signs for exactly this: an
answer to one errand is none to another, and an errand that somebody changed in the database has none. A proof that
does not hold is journalled, as nobody's: whoever has the address has proven nothing. After five it is closed.
"""

import hmac
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from daypass.lifecycle.passkeys import registered
from daypass.lifecycle.passkeys.ceremony import Json, ask_to_prove, proven
from daypass.lifecycle.passkeys.one_time_links import MOST_REFUSALS, about, done
from daypass.lifecycle.passkeys.relying_party import Site
from daypass.model.errors import Conflict, NotYours
from daypass.model.event import Detail, EntryKind, Event
from daypass.model.fact import Fact
from daypass.model.passkey import OneTimeLink, Passkey
from daypass.model.principal import NOBODY
from daypass.ports import Ledger

_PROVE = "prove"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """What a browser answers at an address."""

    ticket: str
    answer: Json


def refused(errand: OneTimeLink, refusal: NotYours, *, now: datetime, **more: Detail) -> Event:
    """What the journal is told of a proof that did not hold."""
    told: dict[str, Detail] = {"purpose": errand.purpose, "errand": errand.ticket_hash, "because": refusal.detail}
    told["claimed"] = errand.principal
    subject = about(errand)
    return Event(kind=EntryKind.PASSKEY_REFUSED, at=now, actor=NOBODY, subject=subject, details={**told, **more})


def challenge(ticket: str, errand: OneTimeLink, step: str = _PROVE) -> bytes:
    """What is to be signed for this errand."""
    length = "" if errand.length is None else str(errand.length.total_seconds())
    said = f"{step}\n{errand.purpose}\n{errand.principal}\n{errand.subject}\n{length}"
    return hmac.digest(ticket.encode(), said.encode(), sha256)


def asked(ticket: str, errand: OneTimeLink, *, at: Site, ledger: Ledger) -> Json:
    """What the browser is asked to prove for this errand."""
    return ask_to_prove(registered.of(errand.principal, ledger=ledger), challenge(ticket, errand), at)


def prove(signed: Signed, errand: OneTimeLink, *, at: Site, ledger: Ledger, now: datetime) -> Passkey:
    """Find the passkey that did this errand, as it is to be kept now. Raises NotYours, which the journal is told of."""
    try:
        return check(signed, errand, at=at, ledger=ledger)
    except NotYours as refusal:
        refuse(errand, refusal, ledger=ledger, now=now)
        raise


def check(signed: Signed, errand: OneTimeLink, *, at: Site, ledger: Ledger) -> Passkey:
    """Find the passkey that did this errand, as it is to be kept now. Raises NotYours, and tells nobody."""
    passkeys, said = registered.of(errand.principal, ledger=ledger), challenge(signed.ticket, errand)
    return proven(signed.answer, by=errand.principal, passkeys=passkeys, challenge=said, at=at)


def refuse(errand: OneTimeLink, refusal: NotYours, *, ledger: Ledger, now: datetime) -> None:
    """Keep that a proof did not hold."""
    again = replace(errand, refused=errand.refused + 1)
    counted = done(again) if again.refused >= MOST_REFUSALS else again
    event = refused(errand, refusal, now=now)
    try:
        ledger.record(Fact(event=event, changes=(counted,), told=False))
    except Conflict:  # another answer came first, and was counted or did the errand
        ledger.record(Fact(event=event, told=False))
