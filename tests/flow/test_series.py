"""Access that recurs: each window is a request of its own, and the approvals of the series are asked about again."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial

import pytest

from daypass.lifecycle.cancel import cancel
from daypass.lifecycle.end.end import revoke
from daypass.lifecycle.end.operator import end_as_operator
from daypass.lifecycle.schedules.windows import open_windows
from daypass.model.errors import BadInput, NotYours
from daypass.model.event import EntryKind, Event
from daypass.model.grant import GrantState
from daypass.model.record import Validity
from daypass.model.request import Recurrence, Request, RequestState
from daypass.model.schedule import Schedule
from daypass.model.windows import next_window, windows
from tests.flow.conftest import Walk
from tests.hands import Meanwhile
from tests.makers import ANN, BOB, EVE, HOUR

MORNINGS = Recurrence(
    days=frozenset(range(1, 6)),
    opens=time(9),
    closes=time(10),
    tz="Europe/Berlin",
    first=date(2026, 11, 24),
    last=date(2026, 12, 7),
)


def ask(walk: Walk, recurs: Recurrence = MORNINGS) -> Request:
    """Ann asks for every weekday morning of two weeks; it is Monday noon."""
    window = next_window(recurs, walk.clock())
    assert window is not None
    return walk.ask(recurs=recurs, term=window.term)


def due(walk: Walk) -> int:
    """The chore comes round."""
    return open_windows(judge=walk.judge, now=walk.clock())


def test_a_window_whose_rule_looks_at_what_is_down_waits_and_is_opened_soon(walk: Walk) -> None:
    """It is neither refused nor left out, and the chore goes on with the others."""
    request = ask(walk)
    walk.approve(request.id)
    window = next_window(MORNINGS, walk.clock() + timedelta(days=1))
    assert window is not None
    walk.clock.now = window.starts
    walk.directory.away = True

    assert due(walk) == 0
    walk.directory.away = False
    assert due(walk) == 1
    assert not_opened(walk) == []


def not_opened(walk: Walk) -> list[Event]:
    """Tell everything that is to be told; returns what there was of windows that the rules did not lend."""
    told = []
    while lines := walk.outbox.claim(now=walk.clock(), hold=HOUR, limit=100):
        for line in lines:
            walk.outbox.sent(line.id)
            told.append(line.event)
    return [event for event in told if event.kind is EntryKind.SERIES_MOVED]


def at(walk: Walk, moment: datetime) -> None:
    """It becomes that time, and what is due is done."""
    walk.clock.now = moment
    due(walk)
    walk.loop.run_until_idle()


def second_window(walk: Walk, request: Request) -> Request:
    """What is filed for the window of the second day, a minute before it."""
    at(walk, datetime(2026, 11, 25, 7, 59, tzinfo=UTC))
    return next(one for one in walk.ledger.requests() if one.series == request.id)


def test_the_windows_of_two_weeks_are_its_weekdays() -> None:
    """Ten of them, each from nine to ten in Berlin."""
    found = list(windows(MORNINGS))
    assert len(found) == 10
    assert {(one.starts.astimezone(UTC).hour, one.ends - one.starts) for one in found} == {(8, HOUR)}
    assert not any(one.starts.weekday() > 4 for one in found)


def test_a_window_that_the_clocks_skip_is_left_out() -> None:
    """At two in the night of the 28th of March 2027 Berlin's clocks go to three."""
    night = Recurrence(
        days=frozenset(range(1, 8)),
        opens=time(2, 30),
        closes=time(4),
        tz="Europe/Berlin",
        first=date(2027, 3, 27),
        last=date(2027, 3, 29),
    )
    assert [one.starts.day for one in windows(night)] == [27, 29]


def test_the_hours_stay_those_of_the_wall_when_the_clocks_change() -> None:
    """Nine o'clock in Berlin is seven o'clock before the last Sunday of October, and eight o'clock after it."""
    mornings = replace(MORNINGS, first=date(2026, 10, 23), last=date(2026, 10, 26))
    assert [(one.starts.day, one.starts.hour, one.ends.hour) for one in windows(mornings)] == [(23, 7, 8), (26, 8, 9)]


def test_a_window_that_the_clocks_show_twice_is_open_once() -> None:
    """From the first quarter past two to the second quarter to three, an hour and a half, with no gap in it."""
    night = replace(MORNINGS, days=frozenset({7}), opens=time(2, 15), closes=time(2, 45), first=date(2026, 10, 25))
    first, *_ = windows(night)
    assert (first.starts, first.ends) == (
        datetime(2026, 10, 25, 0, 15, tzinfo=UTC),
        datetime(2026, 10, 25, 1, 45, tzinfo=UTC),
    )


def test_a_window_over_midnight_ends_on_the_next_day() -> None:
    """From ten in the evening to six."""
    night = Recurrence(
        days=frozenset({1}), opens=time(22), closes=time(6), tz="UTC", first=date(2026, 11, 23), last=date(2026, 11, 23)
    )
    (window,) = windows(night)
    assert window.ends - window.starts == 8 * HOUR


def test_each_window_is_lent_and_what_lies_between_is_not(walk: Walk) -> None:
    """AWS allows Ann at half past nine on Tuesday and Wednesday, and not at eleven."""
    request = ask(walk)
    walk.approve(request.id)
    seen = []
    for day in (24, 25):
        for hour, minute in ((7, 59), (8, 30), (9, 0)):
            at(walk, datetime(2026, 11, day, hour, minute, tzinfo=UTC))
            at(walk, walk.clock() + timedelta(seconds=1))
            seen.append(any(walk.aws.allows(one, walk.clock()) for one in walk.aws.held))
    assert seen == [False, True, False] * 2


def test_a_window_is_a_request_of_its_own_that_names_its_series(walk: Walk) -> None:
    """Approved by Bob's click on the series."""
    request = ask(walk)
    walk.approve(request.id)
    at(walk, datetime(2026, 11, 25, 7, 59, tzinfo=UTC))
    child = next(one for one in walk.ledger.requests() if one.series == request.id)
    assert child.state is RequestState.APPROVED
    assert child.approval is not None
    assert (child.approval.by, child.approval.permit) == (BOB, request.id)


def test_two_workers_open_one_window_once(walk: Walk) -> None:
    """The chore comes round twice, and again after a restart."""
    request = ask(walk)
    walk.approve(request.id)
    walk.clock.now = datetime(2026, 11, 25, 7, 59, tzinfo=UTC)
    for _ in range(3):
        due(walk)
    assert len([one for one in walk.ledger.requests() if one.series == request.id]) == 1


def test_an_approver_who_was_removed_has_approved_no_further_window(walk: Walk) -> None:
    """The first stays, the next waits for somebody who may decide now."""
    request = ask(walk)
    walk.approve(request.id)
    walk.change_rules("people: [U0BOB, U0ANN], slack", "people: [U0EVE], slack")
    child = second_window(walk, request)
    assert child.state is RequestState.PENDING


def test_a_window_that_the_rules_do_not_allow_any_more_is_not_opened(walk: Walk) -> None:
    """The rule shrank to ten minutes; the next day a window of an hour is refused, then the old rule is back."""
    request = ask(walk)
    walk.approve(request.id)
    old = walk.rules
    walk.change_rules("default: 1h, max: 8h", "default: 10m, max: 10m")
    at(walk, datetime(2026, 11, 25, 7, 59, tzinfo=UTC))
    assert [one for one in walk.ledger.requests() if one.series == request.id] == []
    (told,) = not_opened(walk)
    assert told.subject == request.id
    assert "at most 10m" in str(told.details["because"])
    walk.rules = old
    at(walk, datetime(2026, 11, 26, 7, 59, tzinfo=UTC))
    assert len([one for one in walk.ledger.requests() if one.series == request.id]) == 1
    assert not_opened(walk) == []


def test_who_has_left_has_no_further_window(walk: Walk) -> None:
    """Ann is deactivated after the first: none opens, and who asked is told each time; back, the next one opens."""
    request = ask(walk)
    walk.approve(request.id)
    walk.directory.change(ANN, active=False)
    for day in (25, 26):
        at(walk, datetime(2026, 11, day, 7, 59, tzinfo=UTC))
    assert [one for one in walk.ledger.requests() if one.series == request.id] == []
    assert ["deactivated" in str(event.details["because"]) for event in not_opened(walk)] == [True, True]
    walk.directory.change(ANN, active=True)
    at(walk, datetime(2026, 11, 27, 7, 59, tzinfo=UTC))
    assert len([one for one in walk.ledger.requests() if one.series == request.id]) == 1


def test_a_window_that_was_missed_is_left_out(walk: Walk) -> None:
    """Daypass was down on Wednesday: nothing is opened for it afterwards."""
    request = ask(walk)
    walk.approve(request.id)
    at(walk, datetime(2026, 11, 26, 7, 59, tzinfo=UTC))
    (child,) = (one for one in walk.ledger.requests() if one.series == request.id)
    assert child.term.starts == datetime(2026, 11, 26, 8, tzinfo=UTC)


def test_after_the_last_window_the_series_is_closed(walk: Walk) -> None:
    """Nothing is left to be opened."""
    request = ask(walk)
    walk.approve(request.id)
    at(walk, datetime(2026, 12, 8, tzinfo=UTC))
    assert walk.ledger.find(Schedule, request.id).state is Validity.CLOSED


def test_a_series_that_is_ended_opens_no_more(walk: Walk) -> None:
    """Ann ends it, and a second time is the same end; a stranger cannot."""
    request = ask(walk)
    walk.approve(request.id)
    with pytest.raises(NotYours):
        cancel(request.id, by=EVE, ledger=walk.ledger, now=walk.clock())
    for _ in range(2):
        cancel(request.id, by=ANN, ledger=walk.ledger, now=walk.clock())
    assert [event.kind for event in walk.story(request.id)].count(EntryKind.SERIES_CLOSED) == 1
    at(walk, datetime(2026, 11, 25, 7, 59, tzinfo=UTC))
    assert [one for one in walk.ledger.requests() if one.series == request.id] == []


@pytest.mark.parametrize("end", ["cancel", "revoke", "operator"])
@pytest.mark.parametrize("window", [1, 2])
def test_a_window_that_was_approved_and_has_not_begun_does_not_open_once_its_series_is_ended(
    walk: Walk, end: str, window: int
) -> None:
    """The first waits from its approval on, each later one from two minutes before it opens."""
    request = ask(walk)
    walk.approve(request.id)
    if window == 2:
        at(walk, datetime(2026, 11, 25, 7, 59, tzinfo=UTC))
    _end(walk, request, end)
    walk.aws.calls.clear()
    at(walk, datetime(2026, 11, 23 + window, 8, tzinfo=UTC))

    assert not walk.aws.held
    assert not walk.ledger.grants(states=(GrantState.APPROVED, GrantState.ACTIVE))
    assert "provision" not in {name for name, _ in walk.aws.calls}


def test_a_window_that_waits_for_a_click_is_closed_with_its_series(walk: Walk) -> None:
    """Bob decides no more, so the second window waits for somebody else; Ann wants none of it."""
    request = ask(walk)
    walk.approve(request.id)
    walk.change_rules("U0BOB", "U0EVE")
    child = second_window(walk, request)
    assert child.state is RequestState.PENDING

    _end(walk, request, "cancel")

    assert walk.ledger.request(child.id).state is RequestState.CANCELLED


def test_a_window_that_is_open_stays_when_its_series_is_ended(walk: Walk) -> None:
    """Until its end, as Ann was told; `done` ends it."""
    request = ask(walk)
    walk.approve(request.id)
    at(walk, datetime(2026, 11, 24, 8, tzinfo=UTC))
    _end(walk, request, "cancel")

    assert walk.ledger.grant(request.id).state is GrantState.ACTIVE


def _end(walk: Walk, request: Request, how: str) -> None:
    match how:
        case "cancel":
            cancel(request.id, by=ANN, ledger=walk.ledger, now=walk.clock())
        case "operator":
            end_as_operator(request.id, os_user="root", reason="", ledger=walk.ledger, now=walk.clock())
        case _:
            may = walk.enders
            revoke(request.id, by=BOB, reason="enough", enders=may, now=walk.clock())


def test_whom_it_is_for_may_end_it_too(walk: Walk) -> None:
    """Eve asked for Ann: Ann wants no more of it. What waits is Eve's alone to take back."""
    window = next_window(MORNINGS, walk.clock())
    assert window is not None
    request = walk.ask(requestor=EVE, beneficiary=ANN, recurs=MORNINGS, term=window.term)
    with pytest.raises(NotYours):
        cancel(request.id, by=ANN, ledger=walk.ledger, now=walk.clock())
    walk.approve(request.id)
    cancel(request.id, by=ANN, ledger=walk.ledger, now=walk.clock())
    assert walk.ledger.find(Schedule, request.id).state is Validity.CLOSED


def test_what_was_allowed_once_in_advance_is_not_a_series(walk: Walk) -> None:
    """Bob allowed Ann an hour at a time; that she may have it every day he has not said."""
    walk.allow()
    assert ask(walk).state is RequestState.PENDING


def test_approved_late_it_begins_with_the_next_window(walk: Walk) -> None:
    """Bob clicks on Wednesday at noon; Thursday's is the first."""
    request = ask(walk)
    walk.clock.now = datetime(2026, 11, 25, 12, tzinfo=UTC)
    assert walk.approve(request.id).term.starts == datetime(2026, 11, 26, 8, tzinfo=UTC)


def test_approved_after_the_last_window_it_is_refused(walk: Walk) -> None:
    """There is nothing left to lend."""
    request = ask(walk)
    walk.clock.now = datetime(2026, 12, 8, tzinfo=UTC)
    with pytest.raises(BadInput, match="asked anew"):
        walk.click(request.id)


def test_nobody_shortens_a_window(walk: Walk) -> None:
    """An approver who would like another length denies, and says so."""
    request = ask(walk)
    with pytest.raises(BadInput, match="as it was asked"):
        walk.click(request.id, length=timedelta(minutes=5))


def test_the_grant_of_a_window_ends_by_itself(walk: Walk) -> None:
    """At ten o'clock it is over."""
    request = ask(walk)
    walk.approve(request.id)
    at(walk, datetime(2026, 11, 25, 7, 59, tzinfo=UTC))
    child = next(one for one in walk.ledger.requests() if one.series == request.id)
    at(walk, datetime(2026, 11, 25, 8, tzinfo=UTC))
    assert walk.ledger.grant(child.id).state is GrantState.ACTIVE
    at(walk, datetime(2026, 11, 25, 9, tzinfo=UTC))
    assert walk.ledger.grant(child.id).state is GrantState.ENDED


def test_who_may_decide_ends_the_whole_series(walk: Walk) -> None:
    """Bob revokes one window: it ends, and no other opens."""
    request = ask(walk)
    walk.approve(request.id)
    at(walk, datetime(2026, 11, 25, 7, 59, tzinfo=UTC))
    child = next(one for one in walk.ledger.requests() if one.series == request.id)
    revoke(child.id, by=BOB, reason="enough", enders=walk.enders, now=walk.clock())
    assert walk.ledger.grant(child.id).state is GrantState.ENDING
    assert walk.ledger.find(Schedule, request.id).state is Validity.CLOSED


def test_between_two_windows_the_series_is_revoked_too(walk: Walk) -> None:
    """The first grant is over; what is to come can still be taken away."""
    request = ask(walk)
    walk.approve(request.id)
    at(walk, datetime(2026, 11, 24, 12, tzinfo=UTC))
    revoke(request.id, by=BOB, reason="enough", enders=walk.enders, now=walk.clock())
    assert walk.ledger.find(Schedule, request.id).state is Validity.CLOSED


@pytest.mark.parametrize(
    ("at_once", "before"), [(False, 0), (False, 1), (True, 0)], ids=["asked", "clicked", "at once"]
)
def test_a_series_ended_while_a_window_opens_opens_nothing(walk: Walk, at_once: bool, before: int) -> None:
    """Ann's click comes between the look at the series and the commit of its next window: nothing is lent after it."""
    if at_once:
        walk.change_rules("approve: {anyone_of:", "approve: at-once #")
    request = ask(walk)
    if not at_once:
        walk.approve(request.id)
    walk.clock.now = datetime(2026, 11, 25, 7, 59, tzinfo=UTC)
    end = partial(cancel, request.id, by=ANN, ledger=walk.ledger, now=walk.clock())
    walk.aws = Meanwhile(happening=[end, *[lambda: None] * before])
    due(walk)

    children = [one.id for one in walk.ledger.requests() if one.series == request.id]
    assert walk.ledger.find(Schedule, request.id).state is Validity.CLOSED
    assert not walk.ledger.grants(ids=children)
