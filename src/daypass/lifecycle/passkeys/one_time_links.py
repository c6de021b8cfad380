"""
Addresses that are good for one thing, once, for ten minutes, and for one person.

The ticket in an address is drawn here (256 bits), handed over once and forgotten; its SHA-256 stays. Whoever holds it
sees what it is about and can do nothing with it: that takes the passkey. Only the very first passkey is added on the
strength of the address alone, and of that the person is told.
"""

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from daypass.lifecycle.approval.stages import Click
from daypass.lifecycle.passkeys import registered
from daypass.lifecycle.passkeys.relying_party import site
from daypass.model.errors import NotFound, NotYours, TooLate
from daypass.model.event import Detail, EntryKind, Event
from daypass.model.fact import Fact
from daypass.model.grant import GrantId
from daypass.model.passkey import OneTimeLink, Purpose
from daypass.model.principal import ROBOT, PrincipalId
from daypass.model.record import Validity
from daypass.model.secret import Secret, digest, draw
from daypass.ports import Ledger

LIVES = timedelta(minutes=10)
MOST_REFUSALS = 5

_TICKET = re.compile(rf"{Secret.ONE_TIME_LINK}[0-9a-f]{{64}}")
_AGAIN = "Go back to where you pressed the button, and press it again."


def enrolment_address(person: PrincipalId, *, public_url: str, ledger: Ledger, now: datetime) -> str:
    """Where this person adds a passkey. Raises NotYours for a robot, Misconfigured where browsers know no passkeys."""
    must_have_passkeys(person, public_url)
    ticket = _open(_Wanted(person=person, purpose=Purpose.ENROL), ledger, now)
    return f"{public_url}/passkeys/new?ticket={ticket}"


def removal_address(person: PrincipalId, word: str, *, public_url: str, ledger: Ledger, now: datetime) -> str:
    """Where this person removes the passkey of this name or id. Raises NotFound, BadInput when it could be several."""
    passkey = registered.named(person, word, ledger=ledger)
    must_have_passkeys(person, public_url)
    ticket = _open(_Wanted(person=person, purpose=Purpose.REMOVE, subject=passkey.credential_id), ledger, now)
    return f"{public_url}/passkeys/remove?ticket={ticket}"


def approval_address(request_id: GrantId, click: Click, *, public_url: str, ledger: Ledger, now: datetime) -> str:
    """Where this person approves this request, for so long. Raises NotFound, NotYours for who has no passkey yet."""
    request = ledger.request(request_id)
    if not registered.of(click.by, ledger=ledger):
        raise NotYours(
            "This takes your passkey, and you have none yet. Add one with `daypass passkey add`, then approve again.",
            field="second_factor",
        )
    must_have_passkeys(click.by, public_url)
    wanted = _Wanted(person=click.by, purpose=Purpose.APPROVE, subject=request.id, length=click.length)
    ticket = _open(wanted, ledger, now)
    return f"{public_url}/approve/{ticket}"


def find(ticket: str, purpose: Purpose, *, ledger: Ledger, now: datetime) -> OneTimeLink:
    """Read the errand behind a ticket. Raises NotFound for none of this purpose, TooLate when it is over or done."""
    errand = _known(ticket, ledger)
    if errand is None or errand.purpose is not purpose:
        raise NotFound(f"There is nothing at this address. {_AGAIN}")
    if errand.state is Validity.CLOSED:
        spent = "closed, as its proofs did not hold" if errand.refused >= MOST_REFUSALS else "used already"
        raise TooLate(f"This address was {spent}; it is good for once. {_AGAIN}")
    if now >= errand.ends:
        raise TooLate(f"This address has lapsed; it is good for ten minutes. {_AGAIN}")
    return errand


def done(errand: OneTimeLink) -> OneTimeLink:
    """The errand once it is done: nobody does it again."""
    return replace(errand, state=Validity.CLOSED)


def must_have_passkeys(person: PrincipalId, public_url: str) -> None:
    """Raise NotYours for a robot, Misconfigured where browsers know no passkeys."""
    site(public_url)
    if person.startswith(ROBOT):
        raise NotYours("A robot has no passkey, and approves nothing.", field="second_factor")


def about(errand: OneTimeLink) -> GrantId | None:
    """The request that an errand is about, for the journal."""
    return GrantId(errand.subject) if errand.purpose is Purpose.APPROVE else None


def _known(ticket: str, ledger: Ledger) -> OneTimeLink | None:
    if not _TICKET.fullmatch(ticket):
        return None
    try:
        return ledger.find(OneTimeLink, digest(ticket))
    except NotFound:
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """What an address is for."""

    person: PrincipalId
    purpose: Purpose
    subject: str = ""
    length: timedelta | None = None


def _open(wanted: _Wanted, ledger: Ledger, now: datetime) -> str:
    """Draw a ticket and keep its errand."""
    ticket = draw(Secret.ONE_TIME_LINK)
    errand = OneTimeLink(
        ticket_hash=digest(ticket),
        principal=wanted.person,
        purpose=wanted.purpose,
        subject=wanted.subject,
        length=wanted.length,
        at=now,
        ends=now + LIVES,
    )
    told: dict[str, Detail] = {
        "purpose": wanted.purpose,
        "errand": errand.ticket_hash,
        "until": errand.ends.isoformat(),
    }
    event = Event(kind=EntryKind.ERRAND_OPENED, at=now, actor=wanted.person, subject=about(errand), details=told)
    ledger.record(Fact(event=event, changes=(errand,), told=False))
    return ticket
