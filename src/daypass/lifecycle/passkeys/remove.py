"""Remove a passkey: with the proof of any that the person has, itself included. They are told in Slack."""

from dataclasses import dataclass, replace
from datetime import datetime

from daypass.lifecycle.passkeys.ceremony import Json
from daypass.lifecycle.passkeys.errands import done, find
from daypass.lifecycle.passkeys.proof import asked, prove
from daypass.lifecycle.passkeys.site import Site
from daypass.model.errors import Conflict, TooLate
from daypass.model.event import Detail, Event, Kind
from daypass.model.fact import Fact
from daypass.model.kept import Errand, Passkey, Purpose, Standing
from daypass.ports import Ledger


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What the page asks of the browser."""

    passkey: Passkey
    prove: Json


def offer(ticket: str, *, at: Site, ledger: Ledger, now: datetime) -> Offer:
    """Look at what an address is for; nothing is written. Raises NotFound, TooLate."""
    errand = find(ticket, Purpose.REMOVE, ledger=ledger, now=now)
    return Offer(passkey=_condemned(errand, ledger), prove=asked(ticket, errand, at=at, ledger=ledger))


def remove(ticket: str, answer: Json, *, at: Site, ledger: Ledger, now: datetime) -> Passkey:
    """Remove it. Raises NotFound, TooLate, NotYours when the proof does not hold."""
    errand = find(ticket, Purpose.REMOVE, ledger=ledger, now=now)
    passkey = _condemned(errand, ledger)
    used = prove(ticket, errand, answer, at=at, ledger=ledger, now=now)
    removed = replace(used if used.key == passkey.key else passkey, state=Standing.CLOSED)
    details: dict[str, Detail] = {
        "passkey": removed.credential_id,
        "name": removed.name,
        "proven_by": used.credential_id,
    }
    event = Event(kind=Kind.PASSKEY_REMOVED, at=now, actor=errand.principal, details=details)
    changes = (removed, done(errand)) if used.key == passkey.key else (removed, done(errand), used)
    try:
        ledger.record(Fact(event=event, changes=changes))
    except Conflict:
        raise TooLate("This passkey was removed already.") from None
    return removed


def _condemned(errand: Errand, ledger: Ledger) -> Passkey:
    passkey = ledger.find(Passkey, errand.subject)
    if passkey.state is Standing.CLOSED:
        raise TooLate("This passkey was removed already.")
    return passkey
