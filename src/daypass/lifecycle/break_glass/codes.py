"""
Sealed codes: printed while all is well, kept in an envelope, and good once on the day when nobody can log in.

    seal     so many codes, shown once; of each only the SHA-256 is kept; those of before count no more
    break    a code and an ask -> the request that the rules allow, and a short login that hands out what it gives

A code proves who somebody is and lets them do nothing that the rules do not: who is not named for breaking glass gets
nothing with it. The request's id comes from the code, so that two who use it at once, and one who tries again after a
crash, are one request. One sentence refuses every code that does not count, whatever the reason.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from daypass.lifecycle.attempts import Stranger
from daypass.lifecycle.break_glass.cached_identity import StandIn
from daypass.lifecycle.break_glass.redeem import Envelope
from daypass.lifecycle.counts import guard
from daypass.lifecycle.judge import Judge
from daypass.lifecycle.retries import overtaken
from daypass.lifecycle.submit import submit
from daypass.model import break_glass_code
from daypass.model.break_glass import SealedCode
from daypass.model.errors import BadInput, NotFound, NotYours, Refusal, Unavailable
from daypass.model.event import Detail, EntryKind, Event
from daypass.model.fact import Fact
from daypass.model.grant import grant_id_for
from daypass.model.login import LoginScope
from daypass.model.principal import ROBOT, Principal, PrincipalId
from daypass.model.record import Validity
from daypass.model.request import Ask, Request
from daypass.model.secret import digest
from daypass.ports import Directory, Ledger

MOST_CODES = 20
LONGEST = timedelta(days=180)
TOKEN_LIVES = timedelta(hours=1)
"""At most; never longer than the access itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """New codes in the one moment they are seen."""

    codes: tuple[str, ...] = field(repr=False)
    ends: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencyAccess:
    """What a code gave: the request, and a token with which its person uses it."""

    request: Request
    token: str = field(repr=False)
    expires_at: datetime
    person: Principal


def seal(by: PrincipalId, *, count: int, days: int, judge: Judge, now: datetime) -> Sealed:
    """Draw new codes for somebody; older ones of theirs are closed. Raises BadInput, or NotYours for a robot."""
    if by.startswith(ROBOT):
        raise NotYours("A robot breaks no glass; a person has to.")
    if not 1 <= count <= MOST_CODES:
        raise BadInput(f"Seal 1 to {MOST_CODES} codes at a time.")
    if not 1 <= days <= LONGEST.days:
        raise BadInput(f"Sealed codes are good for 1 to {LONGEST.days} days.", field="length")
    person, ends = judge.people.principal(by), now + timedelta(days=days)
    drawn = tuple(break_glass_code.draw() for _ in range(count))
    fresh = [SealedCode(code_hash=_hash(code), principal=by, at=now, ends=ends, person=person) for code in drawn]
    overtaken(lambda: _keep(fresh, by, ends, judge.ledger, now))
    return Sealed(codes=drawn, ends=ends)


def open_codes(of: PrincipalId, *, ledger: Ledger, now: datetime) -> list[SealedCode]:
    """The codes of a person that would still count."""
    return [code for code in ledger.all(SealedCode, owner=of, states=(Validity.OPEN,)) if now < code.ends]


def break_with_code(code: str, ask: Ask, *, stranger: Stranger, judge: Judge, now: datetime) -> EmergencyAccess:
    """
    Break glass with a code: `ask` says what for, and the code says who asks.

    Raises NotYours, always with the same sentence, for a code that does not count; NotAllowed or BadInput for an ask
    that the rules refuse, and then the code stays good. Either is journalled, never with the code.
    """
    ledger = judge.ledger
    at_hand = Envelope(stranger=stranger, ledger=ledger, now=now)
    sealed = at_hand.find(code)
    person = _person(sealed, judge.people)
    if not person.active:
        raise at_hand.refusal("its person has left", sealed)
    try:
        request = submit(
            replace(ask, requestor=sealed.principal, beneficiary=None, urgent=True, key=_key(sealed)),
            judge=replace(judge, people=StandIn(judge.people, person)),
            now=now,
            brake=False,  # a code is good once, and nobody else can use up what its person has
        )
    except Refusal as refusal:
        if _led_to_a_request(sealed, ledger):
            raise at_hand.refusal("it was used for something else", sealed) from None
        at_hand.tell_refused(refusal.sentence, sealed)
        raise
    token, login = at_hand.draw_login(
        request.principal,
        scopes=frozenset({LoginScope.READ, LoginScope.USE}),
        until=min(request.term.lease(now).ends, now + TOKEN_LIVES),
    )
    at_hand.spend(sealed, login, request.id)
    return EmergencyAccess(request=request, token=token, expires_at=login.expires_at, person=person)


def _keep(fresh: Sequence[SealedCode], by: PrincipalId, ends: datetime, ledger: Ledger, now: datetime) -> None:
    tally = guard(by, ledger=ledger, now=now)  # two sheets drawn at once: the second closes the first
    older = ledger.all(SealedCode, owner=by, states=(Validity.OPEN,))
    closed = [replace(code, state=Validity.CLOSED) for code in older]
    details: dict[str, Detail] = {"count": len(fresh), "closed": len(closed), "ends": ends.isoformat()}
    event = Event(kind=EntryKind.CODES_SEALED, at=now, actor=by, details=details)
    ledger.record(Fact(event=event, changes=(*fresh, *closed, tally), told=False))


def _person(sealed: SealedCode, directory: Directory) -> Principal:
    """The person as the directory has them; while it does not answer, as it last had them, or when it was sealed."""
    try:
        return directory.principal(sealed.principal)
    except NotFound:
        return Principal(id=sealed.principal, name=sealed.principal, active=False)
    except Unavailable:
        known = directory.last_known(sealed.principal) or sealed.person
        if known is None:
            raise
        return known


def _key(sealed: SealedCode) -> str:
    return f"sealed code {sealed.code_hash}"


def _led_to_a_request(sealed: SealedCode, ledger: Ledger) -> bool:
    """Whether this code led to a request already."""
    try:
        ledger.request(grant_id_for(f"{sealed.principal} {_key(sealed)}"))
    except NotFound:
        return False
    return True


def _hash(code: str) -> str:
    plain = break_glass_code.canonical(code)
    assert plain is not None  # noqa: S101 - it was drawn here
    return digest(plain)
