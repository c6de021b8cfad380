"""Asking once more, and saying that one is away."""

from datetime import timedelta

import pytest

from daypass.lifecycle.absence import LONGEST, say_away, say_back
from daypass.lifecycle.resubmit import Repeat, once_more
from daypass.model.absence import Absence
from daypass.model.errors import BadInput, NotFound, NotYours, TooLate
from daypass.model.event import EntryKind, Event
from daypass.model.fact import Fact
from daypass.model.lease import Term
from daypass.model.principal import DAYPASS, Principal, PrincipalId
from daypass.model.record import Validity
from daypass.model.request import Ask
from daypass.model.schedule import Schedule
from tests.flow.conftest import Walk
from tests.makers import ANN, BOB, EVE, HOUR

ROBOT = PrincipalId("bot:deploy")


def again(walk: Walk, by: PrincipalId = ANN, **said: object) -> Ask:
    """Ann asks once more."""
    return once_more(Repeat(by=by, **said), ledger=walk.ledger, now=walk.clock())  # type: ignore[arg-type]


def test_the_same_is_asked_with_the_same_words(walk: Walk) -> None:
    """What, how long, how and why."""
    first = walk.ask()
    ask = again(walk)
    assert (ask.wish.entitlement, ask.wish.term, ask.wish.delivery, ask.wish.reason) == (
        first.entitlement,
        first.term,
        first.delivery,
        first.reason,
    )


def test_the_last_of_several_is_meant_and_an_id_means_another(walk: Walk) -> None:
    """Without an id it is the latest."""
    first = walk.ask(reason="one")
    walk.clock.forward(HOUR)
    walk.ask(reason="two")
    assert again(walk).wish.reason == "two"
    assert again(walk, request_id=first.id).wish.reason == "one"


def test_an_end_that_was_a_moment_becomes_a_length(walk: Walk) -> None:
    """Until two o'clock, asked at noon, is two hours the next day."""
    walk.ask(term=Term(until=walk.clock() + 2 * HOUR))
    walk.clock.forward(timedelta(days=1))
    assert again(walk).wish.term == Term(length=2 * HOUR)


def test_what_is_said_anew_replaces_what_was(walk: Walk) -> None:
    """Another length and another reason."""
    walk.ask()
    ask = again(walk, term=Term(length=3 * HOUR), reason="INC-43")
    assert (ask.wish.term, ask.wish.reason) == (Term(length=3 * HOUR), "INC-43")


def test_a_note_is_said_again_only_beside_the_same_reason(walk: Walk) -> None:
    """It was for those who decided then; with another reason, and for more time, it says nothing."""
    grant = walk.active(note="Before noon, please.")
    assert again(walk).wish.note == "Before noon, please."
    assert again(walk, reason="INC-43").wish.note == ""
    assert walk.extend(grant.id).ask.wish.note == ""


def test_nobody_repeats_what_somebody_else_asked(walk: Walk) -> None:
    """Nor what nobody asked."""
    request = walk.ask()
    with pytest.raises(NotYours):
        again(walk, by=EVE, request_id=request.id)
    with pytest.raises(NotFound):
        again(walk, by=EVE)


def away(walk: Walk, by: PrincipalId = BOB, days: int = 7, delegate: PrincipalId | None = EVE) -> Absence:
    """Bob goes for a week; Eve decides."""
    return say_away(
        by, until=walk.clock() + timedelta(days=days), delegate=delegate, judge=walk.judge, now=walk.clock()
    )


def test_who_is_away_says_so_and_comes_back(walk: Walk) -> None:
    """Said twice the second counts; back is back."""
    away(walk)
    assert away(walk, days=3).until == walk.clock() + timedelta(days=3)
    assert walk.ledger.find(Absence, BOB).delegate == EVE
    assert say_back(BOB, ledger=walk.ledger, now=walk.clock()).state is Validity.CLOSED
    with pytest.raises(TooLate):
        say_back(BOB, ledger=walk.ledger, now=walk.clock())


@pytest.mark.parametrize("days", [0, -1, LONGEST.days + 1])
def test_an_absence_ends_within_a_year(walk: Walk, days: int) -> None:
    """And lies ahead."""
    with pytest.raises(BadInput):
        away(walk, days=days)


def test_a_delegate_is_somebody_else_who_is_here(walk: Walk) -> None:
    """Not oneself in another account, not a robot, not somebody who left."""
    walk.directory.change(EVE, same_as=frozenset({BOB}))
    with pytest.raises(BadInput, match="yourself"):
        away(walk)
    walk.directory.people[ROBOT] = Principal(id=ROBOT, name="deploy", owner=ANN)
    with pytest.raises(BadInput, match="cannot decide"):
        away(walk, delegate=ROBOT)
    walk.directory.change(ANN, active=False)
    with pytest.raises(BadInput, match="cannot decide"):
        away(walk, delegate=ANN)


def test_the_windows_of_what_recurs_are_not_what_was_asked_last(walk: Walk) -> None:
    """Thirty mornings later it is still the ask before them; where there is none, it is the series."""
    first = walk.ask(reason="the ask")
    series = Schedule(id=first.id, principal=ANN, at=walk.clock(), opened_until=walk.clock())
    opened = Event(kind=EntryKind.SERIES_OPENED, at=walk.clock(), actor=DAYPASS, subject=first.id)
    walk.ledger.record(Fact(event=opened, changes=(series,), told=False))
    for number in range(30):
        walk.clock.forward(HOUR)
        walk.ask(series=first.id, key=f"window {number}", reason="a window")
    assert again(walk).wish.reason == "the ask"
