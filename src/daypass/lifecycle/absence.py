"""Somebody says that they are away: they are not asked to decide meanwhile, and a colleague may in their stead."""

from dataclasses import replace
from datetime import datetime, timedelta

from daypass.lifecycle.judge import Judge
from daypass.model.absence import Absence
from daypass.model.errors import BadInput, Conflict, NotFound, NotYours, TooLate
from daypass.model.event import Detail, EntryKind, Event
from daypass.model.fact import Fact
from daypass.model.length import words_for_length
from daypass.model.principal import PrincipalId
from daypass.model.record import Validity
from daypass.ports import Ledger

LONGEST = timedelta(days=366)


def say_away(by: PrincipalId, *, until: datetime, delegate: PrincipalId | None, judge: Judge, now: datetime) -> Absence:
    """
    Say that one is away until a moment at most 366 days ahead; said again it replaces what was said before.

    A delegate decides where the rules name the absent, never on what they ask themselves. Raises BadInput for a moment
    that is over, or too far ahead, and for a delegate who is oneself or cannot
    decide (a robot, a guest, somebody who left); NotYours for a robot.
    """
    person = judge.people.principal(by)
    if person.robot:
        raise NotYours("A robot never decides, so it is never away.")
    if not now < until <= now + LONGEST:
        raise BadInput(f"Say when you are back: a moment within {words_for_length(LONGEST)}.", field="length")
    if delegate is not None:
        other = judge.people.principal(delegate)
        if other.is_also(person):
            raise BadInput("That is you yourself; name a colleague, or nobody.", field="person")
        if not other.may_decide:
            why = "guests never decide" if other.guest else "name a colleague who is here"
            raise BadInput(f"{other.name} cannot decide for you; {why}.", field="person")
        delegate = other.main
    return _record(Absence(principal=by, until=until, delegate=delegate, at=now), by, judge.ledger, now)


def say_back(by: PrincipalId, *, ledger: Ledger, now: datetime) -> Absence:
    """Say that one is back. Raises TooLate when one was not away."""
    said = _known(by, ledger)
    if said is None or said.state is not Validity.OPEN or said.until <= now:
        raise TooLate("As far as I know you are here already.")
    return _record(replace(said, state=Validity.CLOSED, until=now, at=now), by, ledger, now)


def _record(absence: Absence, by: PrincipalId, ledger: Ledger, now: datetime) -> Absence:
    before = _known(by, ledger)
    said = replace(absence, revision=before.revision if before else 0)
    told: dict[str, Detail] = {
        "away": said.state is Validity.OPEN,
        "until": said.until.isoformat(),
        "delegate": said.delegate,
    }
    kind = EntryKind.ABSENCE_SAID if said.state is Validity.OPEN else EntryKind.ABSENCE_ENDED
    try:
        ledger.record(Fact(event=Event(kind=kind, at=now, actor=by, details=told), changes=(said,), told=False))
    except Conflict:
        raise TooLate("You said something else about it at the same moment; look again.") from None
    return said


def _known(by: PrincipalId, ledger: Ledger) -> Absence | None:
    try:
        return ledger.find(Absence, by)
    except NotFound:
        return None
