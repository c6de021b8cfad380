"""
Remove a passkey: with the proof of any that the person has, itself included. They are told in Slack.

Who has lost them all asks an owner of the rules, who could do without the second factor in the rules as well.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from daypass.lifecycle.bounded_lookups import Lookups
from daypass.lifecycle.counts import guard
from daypass.lifecycle.end.permissions import Enders
from daypass.lifecycle.passkeys import registered
from daypass.lifecycle.passkeys.ceremony import Json
from daypass.lifecycle.passkeys.one_time_links import done, find
from daypass.lifecycle.passkeys.proof import Signed, asked, prove
from daypass.lifecycle.passkeys.relying_party import Site
from daypass.lifecycle.retries import overtaken
from daypass.model.errors import NotFound, NotYours, TooLate
from daypass.model.event import Detail, EntryKind, Event
from daypass.model.fact import Fact
from daypass.model.passkey import OneTimeLink, Passkey, Purpose
from daypass.model.principal import PrincipalId
from daypass.model.record import Validity
from daypass.ports import Ledger


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovalOffer:
    """What the page asks of the browser."""

    passkey: Passkey
    prove: Json


def offer(ticket: str, *, at: Site, ledger: Ledger, now: datetime) -> RemovalOffer:
    """Look at what an address is for; nothing is written. Raises NotFound, TooLate."""
    errand = find(ticket, Purpose.REMOVE, ledger=ledger, now=now)
    return RemovalOffer(passkey=_condemned(errand, ledger), prove=asked(ticket, errand, at=at, ledger=ledger))


def remove(signed: Signed, *, at: Site, ledger: Ledger, now: datetime) -> Passkey:
    """Remove it. Raises NotFound, TooLate, NotYours when the proof does not hold."""

    def once() -> Passkey:
        errand = find(signed.ticket, Purpose.REMOVE, ledger=ledger, now=now)
        tally = guard(errand.principal, ledger=ledger, now=now)
        passkey = _condemned(errand, ledger)
        used = prove(signed, errand, at=at, ledger=ledger, now=now)
        removed = replace(used if used.key == passkey.key else passkey, state=Validity.CLOSED)
        event = _removal(removed, by=errand.principal, proven_by=used.credential_id, now=now)
        fewer = replace(tally, passkeys=max(0, tally.passkeys - 1))
        others = () if used.key == passkey.key else (used,)
        ledger.record(Fact(event=event, changes=(removed, done(errand), fewer, *others)))
        return removed

    return overtaken(once)


def forget(person: PrincipalId, *, by: PrincipalId, enders: Enders, now: datetime) -> list[Passkey]:
    """
    Remove all passkeys of a person who has lost them, by an owner of the rules; never one's own. They are told.

    It needs the ledger alone. The next one they add is a first one again. Raises NotYours, or NotFound when they have
    none.
    """
    ledger = enders.ledger
    enders.must_own(by)
    if _same_person(by, person, enders.lookups):
        raise NotYours("Your own passkeys are removed with a proof: `daypass passkey remove`. Ask another owner.")

    def once() -> list[Passkey]:
        tally = guard(person, ledger=ledger, now=now)
        lost = registered.of(person, ledger=ledger)
        if not lost and not tally.passkeys:
            raise NotFound("They have no passkey.")
        removed = [replace(one, state=Validity.CLOSED) for one in lost]
        none = replace(tally, passkeys=0)
        facts = [Fact(event=_removal(one, by=by, proven_by=None, now=now), changes=(one,)) for one in removed]
        ledger.record(*facts, Fact(event=_forgotten(person, by=by, now=now), changes=(none,), told=False))
        return removed

    return overtaken(once)


def _forgotten(person: PrincipalId, *, by: PrincipalId, now: datetime) -> Event:
    """Also those whose rows cannot be read; each that can has an entry of its own."""
    told: dict[str, Detail] = {"principal": person, "passkey": None, "name": "", "proven_by": None}
    return Event(kind=EntryKind.PASSKEY_REMOVED, at=now, actor=by, details=told)


def _same_person(by: PrincipalId, person: PrincipalId, lookups: Lookups) -> bool:
    """Whether both are one person, as far as that can be asked."""
    if by == person:
        return True
    one, other = lookups.person(by), lookups.person(person)
    return one is not None and other is not None and one.is_also(other)


def _removal(passkey: Passkey, *, by: PrincipalId, proven_by: str | None, now: datetime) -> Event:
    details: dict[str, Detail] = {
        "principal": passkey.principal,
        "passkey": passkey.credential_id,
        "name": passkey.name,
        "proven_by": proven_by,
    }
    return Event(kind=EntryKind.PASSKEY_REMOVED, at=now, actor=by, details=details)


def _condemned(errand: OneTimeLink, ledger: Ledger) -> Passkey:
    passkey = ledger.find(Passkey, errand.subject)
    if passkey.state is Validity.CLOSED:
        raise TooLate("This passkey was removed already.")
    return passkey
