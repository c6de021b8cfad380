"""
Add a passkey, in the browser that holds it.

    the first    by the address alone, as there is nothing yet to prove with; the person is told in Slack
    any other    with the proof of one that is there already

So a stolen Slack session or command line can add a first passkey but not quietly, and not another one at all.
"""

import unicodedata
from dataclasses import dataclass, replace
from datetime import datetime

from daypass.lifecycle.counts import guard
from daypass.lifecycle.passkeys import registered
from daypass.lifecycle.passkeys.ceremony import Json, ask_to_make, made
from daypass.lifecycle.passkeys.one_time_links import done, find
from daypass.lifecycle.passkeys.proof import Signed, asked, challenge, prove, refuse
from daypass.lifecycle.passkeys.relying_party import Site
from daypass.model.errors import BadInput, Conflict, Misconfigured, NotYours, TooLate
from daypass.model.event import Detail, EntryKind, Event
from daypass.model.fact import Fact
from daypass.model.passkey import OneTimeLink, Passkey, Purpose
from daypass.model.principal import Principal
from daypass.model.record import Tally
from daypass.ports import Directory, Ledger

LONGEST_NAME = 60
MOST = 10
"""Passkeys of one person."""

_MAKE = "make"


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolOffer:
    """What the page asks of the browser: to make a passkey, and first to prove with one that is there."""

    person: Principal
    make: Json
    prove: Json | None
    """None for the very first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolAnswer:
    """What the browser says."""

    ticket: str
    made: Json
    proof: Json | None
    name: str


def offer(ticket: str, *, at: Site, directory: Directory, ledger: Ledger, now: datetime) -> EnrolOffer:
    """Look at what an address is for; nothing is written. Raises NotFound, TooLate, NotYours."""
    errand = find(ticket, Purpose.ENROL, ledger=ledger, now=now)
    person, passkeys, _ = _enrolling(errand, directory, ledger, now)
    return EnrolOffer(
        person=person,
        make=ask_to_make(person, passkeys, challenge(ticket, errand, _MAKE), at),
        prove=asked(ticket, errand, at=at, ledger=ledger) if passkeys else None,
    )


def enrol(answer: EnrolAnswer, *, at: Site, directory: Directory, ledger: Ledger, now: datetime) -> Passkey:
    """Keep a new passkey. Raises NotFound, TooLate, BadInput for its name, NotYours when a proof does not hold."""
    ticket = answer.ticket
    errand = find(ticket, Purpose.ENROL, ledger=ledger, now=now)
    _, passkeys, tally = _enrolling(errand, directory, ledger, now)
    name = _name(answer.name, passkeys)
    signed = Signed(ticket=ticket, answer=answer.proof or {})
    used = prove(signed, errand, at=at, ledger=ledger, now=now) if passkeys else None
    try:
        key = made(answer.made, by=errand.principal, challenge=challenge(ticket, errand, _MAKE), at=at)
    except NotYours as refusal:
        refuse(errand, refusal, ledger=ledger, now=now)
        raise
    passkey = Passkey(
        credential_id=key.credential_id,
        principal=errand.principal,
        public_key=key.public_key,
        sign_count=key.sign_count,
        name=name,
        at=now,
    )
    _keep(passkey, used, (done(errand), replace(tally, passkeys=len(passkeys) + 1)), ledger, now)
    return passkey


def _keep(
    passkey: Passkey, used: Passkey | None, beside: tuple[OneTimeLink, Tally], ledger: Ledger, now: datetime
) -> None:
    details: dict[str, Detail] = {
        "principal": passkey.principal,
        "passkey": passkey.credential_id,
        "name": passkey.name,
        "first": used is None,
        "proven_by": used.credential_id if used else None,
    }
    event = Event(kind=EntryKind.PASSKEY_ADDED, at=now, actor=passkey.principal, details=details)
    changes = (passkey, *beside) if used is None else (passkey, *beside, used)
    try:
        ledger.record(Fact(event=event, changes=changes))
    except Conflict:
        raise TooLate(
            "Another passkey of yours was added at this moment, this one is known here already, or the address was "
            "used. Open a new address and try again."
        ) from None


def _enrolling(
    errand: OneTimeLink, directory: Directory, ledger: Ledger, now: datetime
) -> tuple[Principal, list[Passkey], Tally]:
    person = directory.principal(errand.principal)
    if not person.active:
        raise NotYours("Your Slack account is deactivated, so it gets no passkey.")
    tally = guard(person.id, ledger=ledger, now=now)  # before the passkeys: of two first ones one stands
    passkeys = registered.of(person.id, ledger=ledger)
    if missing := max(0, tally.passkeys - len(passkeys)):
        raise Misconfigured(
            f"{missing} of your passkeys cannot be read: their rows were changed outside Daypass. None is added until "
            "they are restored from a backup, or an owner of the rules forgets yours."
        )
    if len(passkeys) >= MOST:
        raise NotYours(f"You have {len(passkeys)} passkeys, which is the most; remove one first.")
    return person, passkeys, tally


def _name(said: str, passkeys: list[Passkey]) -> str:
    """The name under which a person knows it again. Raises BadInput for none, or one that is taken."""
    name = " ".join(said.split())
    if not name or len(name) > LONGEST_NAME or any(unicodedata.category(sign)[0] == "C" for sign in name):
        raise BadInput(f"Give it a name of one to {LONGEST_NAME} letters, such as: laptop.", field="name")
    if any(one.name.casefold() == name.casefold() for one in passkeys):
        raise BadInput(f"You have a passkey “{name}” already; give this one another name.", field="name")
    return name
