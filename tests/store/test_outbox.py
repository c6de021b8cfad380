"""Outbox: what is told, in which order, and once only while all goes well."""

from datetime import timedelta

from sqlalchemy import text

from daypass.model.event import EntryKind, Event
from daypass.model.fact import Fact
from daypass.model.grant import new_grant_id
from daypass.model.listener import Listener
from daypass.model.principal import DAYPASS
from daypass.ports import Backlog
from daypass.store.outbox import SqlOutbox
from tests.makers import EVE, NOON, changed
from tests.store.facts import HOLD, a_grant, a_request, at, fact


def _about(subject, number=0, told=True):
    event = Event(kind=EntryKind.GRANT_WARNED, at=NOON, actor=DAYPASS, subject=subject, details={"number": number})
    return Fact(event=event, told=told)


def _claim(outbox, now=NOON, limit=10):
    return outbox.claim(now=now, hold=HOLD, limit=limit)


def test_what_people_are_told_of_is_in_the_outbox(ledger, outbox):
    """A told fact leaves its event there, with no try behind it; an untold one does not."""
    told = fact(a_grant(), reason="INC-42")
    ledger.record(told, _about(None, told=False))

    [notice] = _claim(outbox)

    assert (notice.event, notice.attempts) == (told.event, 0)


def _broken(subject, number=0):
    event = Event(kind=EntryKind.GLASS_BROKEN, at=at(number), actor=EVE, subject=subject, details={"number": number})
    return Fact(event=event)


def test_each_listener_is_told_everything_once_in_the_order_of_its_subject(database, ledger, outbox):
    """Slack of all, the hook of break glass; that one was told crosses nothing out for the other."""
    subject, hook = a_grant().id, SqlOutbox(database, Listener.GLASS_HOOK)
    ledger.record(_about(subject, 1), _broken(subject, 2), _broken(subject, 3))
    told: dict[SqlOutbox, list[object]] = {outbox: [], hook: []}

    for reader, numbers in told.items():
        while lines := _claim(reader, now=at(9)):
            numbers += [line.event.details["number"] for line in lines]
            reader.sent(lines[0].id)

    assert list(told.values()) == [[1, 2, 3], [2, 3]]
    assert [_claim(reader, now=at(9) + HOLD) for reader in told] == [[], []]


def test_a_listener_that_is_slow_or_gone_holds_up_no_other(database, ledger, outbox):
    """Slack holds, puts off, or never comes: the hook is told at once; and what Slack was not told is still there."""
    first, second, hook = a_grant().id, a_grant().id, SqlOutbox(database, Listener.GLASS_HOOK)
    ledger.record(_broken(first), _broken(second))
    held, put_off = _claim(outbox)
    outbox.delay(put_off.id, until=at(300), error="Slack is down")

    assert {line.event.subject for line in _claim(hook)} == {first, second}
    assert hook.forget(before=at(300)) == 2
    assert [line.id for line in _claim(outbox, now=at(300))] == [held.id, put_off.id]


def test_how_far_each_listener_is_behind_is_counted(database, ledger, outbox):
    """From when the oldest happened, however often it was put off; one who has been told everything is not behind."""
    hook = SqlOutbox(database, Listener.GLASS_HOOK)
    assert outbox.backlog() == Backlog(lines=0, since=None)
    ledger.record(_about(None), _broken(a_grant().id, 5))
    [oldest, _] = _claim(outbox, now=at(5))
    outbox.delay(oldest.id, until=at(500), error="Slack is down")

    assert (outbox.backlog(), hook.backlog()) == (Backlog(lines=2, since=NOON), Backlog(lines=1, since=at(5)))
    hook.sent(_claim(hook, now=at(5))[0].id)
    assert hook.backlog() == Backlog(lines=0, since=None)


def test_lines_of_one_subject_are_told_in_their_order(ledger, outbox):
    """The second can be had only once the first is crossed out."""
    subject = a_grant().id
    ledger.record(_about(subject, 1), _about(subject, 2))
    [first] = _claim(outbox)

    assert _claim(outbox) == []
    outbox.sent(first.id)
    assert [notice.event.details["number"] for notice in _claim(outbox)] == [2]


def test_a_line_put_off_holds_back_those_after_it(ledger, outbox):
    """Slack is down: the order still holds when it is back."""
    subject = a_grant().id
    ledger.record(_about(subject, 1), _about(subject, 2))
    [first] = _claim(outbox)

    outbox.delay(first.id, until=at(30), error="Slack is down")

    assert _claim(outbox, now=at(29)) == []
    [again] = _claim(outbox, now=at(30))
    assert (again.id, again.attempts) == (first.id, 1)


def test_one_subjects_trouble_does_not_delay_anothers_lines(ledger, outbox):
    """Each subject has a first line of its own."""
    ledger.record(_about(a_grant().id), _about(a_grant().id))
    first, second = _claim(outbox)

    outbox.delay(first.id, until=at(30), error="no such channel")
    outbox.delay(second.id, until=at(1), error="slow down")

    assert [notice.id for notice in _claim(outbox, now=at(1))] == [second.id]


def test_lines_about_no_subject_wait_for_no_other(ledger, outbox):
    """A login and a change of the rules are told at once, oldest first."""
    ledger.record(_about(None, 1), _about(None, 2), _about(None, 3))

    assert [notice.event.details["number"] for notice in _claim(outbox, limit=2)] == [1, 2]
    assert [notice.event.details["number"] for notice in _claim(outbox)] == [3]


def test_a_line_held_by_a_dead_process_is_told_by_another(ledger, outbox):
    """The hold lapses; the line is not lost."""
    ledger.record(_about(a_grant().id))
    [line] = _claim(outbox)

    assert _claim(outbox, now=NOON + HOLD - timedelta(microseconds=1)) == []
    assert _claim(outbox, now=NOON + HOLD) == [line]


def test_a_line_is_crossed_out_for_good(ledger, outbox):
    """Twice is no error, and a line written afterwards never gets the number of an old one."""
    ledger.record(_about(None, 1))
    [line] = _claim(outbox)
    outbox.sent(line.id)
    ledger.record(_about(None, 2))

    outbox.sent(line.id)

    assert [notice.event.details["number"] for notice in _claim(outbox)] == [2]


def test_what_nobody_reads_is_forgotten_and_what_cannot_be_read_is_kept(database, ledger, outbox):
    """However much it is; a line that was damaged is looked at by a person first."""
    ledger.record(*(_about(a_grant().id, number) for number in range(12)))
    with database.writing() as connection:
        connection.execute(text("UPDATE outbox SET seal = 'x' WHERE id = (SELECT min(id) FROM outbox)"))
        connection.execute(text("UPDATE outbox SET due = due + 1 WHERE id = (SELECT max(id) FROM outbox)"))
    assert len(_claim(outbox, limit=1)) == 0  # the damaged one was set aside

    assert outbox.forget(before=NOON) == 0
    assert outbox.forget(before=NOON + timedelta(microseconds=1)) == 10
    assert [one.event.details["number"] for one in _claim(outbox, now=at(1))] == [11]


def test_people_take_turns(ledger, outbox):
    """Whoever files a hundred requests keeps nobody else's one waiting, nor what Daypass does by itself."""
    many = [changed(a_request(), id=new_grant_id(), requestor=EVE) for _ in range(100)]
    ledger.record(*map(fact, many), fact(a_request()), _about(a_grant().id))

    first = _claim(outbox, limit=4)

    assert [notice.event.subject in {one.id for one in many} for notice in first] == [True, False, False, True]
