"""Queue: who must be looked at, when, and who looks."""

from dataclasses import replace
from datetime import timedelta

import pytest

from daypass.model.errors import NotFound
from daypass.model.grant import GrantState
from daypass.model.lease import Lease
from tests.makers import HOUR, NOON
from tests.store.facts import HOLD, a_grant, at, ending, fact, stored


def test_a_grant_is_due_when_it_must_be_looked_at(ledger, queue):
    """An active grant is claimed from the moment its person is to be warned, not before."""
    grant = a_grant(GrantState.ACTIVE)
    ledger.record(fact(grant))
    just_before = grant.warn_at - timedelta(microseconds=1)

    assert queue.claim(now=just_before, hold=HOLD, limit=10) == []
    assert queue.claim(now=grant.warn_at, hold=HOLD, limit=10) == [stored(grant)]


def test_an_ended_grant_is_never_looked_at_again(ledger, queue):
    """It is due at no time."""
    ledger.record(fact(a_grant(GrantState.ENDED)))

    assert queue.claim(now=NOON + 1000 * HOUR, hold=HOLD, limit=10) == []


def test_the_longest_overdue_comes_first(ledger, queue):
    """A batch is taken in the order in which the grants became due."""
    late, later, latest = (a_grant(approved_at=at(minute)) for minute in (1, 2, 3))
    ledger.record(fact(latest), fact(late), fact(later))

    claimed = queue.claim(now=at(9), hold=HOLD, limit=2)

    assert [grant.id for grant in claimed] == [late.id, later.id]


def test_a_held_grant_is_nobody_elses(ledger, queue):
    """Until the hold lapses a second claim finds nothing; from that moment on it does: a dead worker's work goes on."""
    ledger.record(fact(a_grant()))
    queue.claim(now=NOON, hold=HOLD, limit=10)

    assert queue.claim(now=NOON + HOLD - timedelta(microseconds=1), hold=HOLD, limit=10) == []
    assert len(queue.claim(now=NOON + HOLD, hold=HOLD, limit=10)) == 1


def test_a_grant_that_moved_on_is_free_again(ledger, queue):
    """Recording it in another state ends the hold, so that its next step is not kept waiting."""
    grant = a_grant()
    ledger.record(fact(grant))
    queue.claim(now=NOON, hold=HOLD, limit=10)

    ledger.record(fact(ending(stored(grant))))

    assert len(queue.claim(now=NOON, hold=HOLD, limit=10)) == 1


def test_a_new_lease_keeps_the_hold_and_the_count(ledger, queue):
    """While one worker puts a grant into AWS, its intent committed, no other takes it; and failed tries still count."""
    grant = a_grant()
    ledger.record(fact(grant))
    queue.claim(now=NOON, hold=HOLD, limit=10)
    queue.postpone(grant.id, until=at(1), error="throttled")
    queue.claim(now=at(1), hold=HOLD, limit=10)

    ledger.record(fact(stored(grant).leased(Lease(starts=at(1), ends=at(61)))))

    assert queue.claim(now=at(1), hold=HOLD, limit=10) == []
    assert queue.attempts(grant.id) == 1


def test_failures_in_a_row_are_counted(ledger, queue):
    """Each postponing counts one more, and the grant comes back at its time."""
    grant = a_grant()
    ledger.record(fact(grant))

    for number in (1, 2, 3):
        assert queue.claim(now=at(number), hold=HOLD, limit=1) == [stored(grant)]
        assert queue.postpone(grant.id, until=at(number + 1), error="no") == number

    assert queue.claim(now=at(3), hold=HOLD, limit=1) == []
    assert queue.attempts(grant.id) == 3


def test_the_count_begins_anew_once_the_grant_moved_on(ledger, queue):
    """A recorded step ends the row of failures."""
    grant = a_grant()
    ledger.record(fact(grant))
    queue.claim(now=NOON, hold=HOLD, limit=1)
    queue.postpone(grant.id, until=at(1), error="no")

    ledger.record(fact(ending(stored(grant))))

    assert queue.attempts(grant.id) == 0


def test_waiting_is_no_failure(ledger, queue):
    """A grant given back untroubled comes back at its time with a clean slate."""
    grant = a_grant()
    ledger.record(fact(grant))
    queue.claim(now=NOON, hold=HOLD, limit=1)
    queue.postpone(grant.id, until=at(1), error="no")
    queue.claim(now=at(1), hold=HOLD, limit=1)

    queue.wait(grant.id, until=at(5))

    assert queue.attempts(grant.id) == 0
    assert queue.claim(now=at(4), hold=HOLD, limit=1) == []
    assert queue.claim(now=at(5), hold=HOLD, limit=1) == [stored(grant)]
    assert queue.troubled(overdue_before=at(5)) == []


@pytest.mark.parametrize("give_back", ["wait", "postpone"])
def test_a_slow_worker_does_not_put_off_what_was_moved_meanwhile(ledger, queue, give_back):
    """Somebody revokes while a worker still looks: the worker's `look again tomorrow` changes nothing."""
    grant = a_grant(GrantState.ACTIVE)
    ledger.record(fact(grant))
    queue.claim(now=grant.warn_at, hold=HOLD, limit=1)
    ledger.record(fact(ending(stored(grant), when=grant.warn_at)))

    _give_back(queue, give_back, grant, until=NOON + 24 * HOUR)

    assert len(queue.claim(now=grant.warn_at, hold=HOLD, limit=1)) == 1


@pytest.mark.parametrize("give_back", ["wait", "postpone"])
def test_a_slow_worker_does_not_release_anothers_hold(ledger, queue, give_back):
    """The grant was moved and is held by another worker; whoever claimed it in its old state gives nothing back."""
    grant = a_grant(GrantState.ACTIVE)
    ledger.record(fact(grant))
    queue.claim(now=grant.warn_at, hold=HOLD, limit=1)
    ledger.record(fact(ending(stored(grant), when=grant.warn_at)))
    queue.claim(now=grant.warn_at, hold=HOLD, limit=1)

    _give_back(queue, give_back, grant, until=NOON + 24 * HOUR, state=GrantState.ACTIVE)

    assert len(queue.claim(now=grant.warn_at + HOLD, hold=HOLD, limit=1)) == 1
    assert queue.attempts(grant.id) == 0


def _give_back(queue, how, grant, **words):
    if how == "wait":
        queue.wait(grant.id, **words)
    else:
        queue.postpone(grant.id, error="slow", **words)


def test_trouble_is_counted_from_when_the_step_was_owed(ledger, queue):
    """However often it is put off, it is overdue since the first moment, with what was said last."""
    grant = a_grant()
    ledger.record(fact(grant))
    for minute, said in ((0, "first"), (5, "second")):
        queue.claim(now=at(minute), hold=HOLD, limit=1)
        queue.postpone(grant.id, until=at(minute + 5), error=said)

    [trouble] = queue.troubled(overdue_before=at(10))

    assert (trouble.grant, trouble.attempts, trouble.overdue_since) == (stored(grant), 2, NOON)
    assert (trouble.error, trouble.reported) == ("second", False)


def test_troubles_come_longest_first_and_only_from_before_the_moment(ledger, queue):
    """One that is overdue since that very moment is not yet among them."""
    older, newer, edge = (a_grant(approved_at=at(minute)) for minute in (1, 2, 3))
    ledger.record(fact(newer), fact(edge), fact(older))

    assert [trouble.grant.id for trouble in queue.troubled(overdue_before=at(3))] == [older.id, newer.id]


def test_a_reported_trouble_stays_reported_until_the_grant_moves_on(ledger, queue):
    """The journal is told once of each trouble."""
    grant, other = a_grant(), a_grant()
    ledger.record(fact(grant), fact(other))

    queue.reported([grant.id])

    assert {trouble.grant.id: trouble.reported for trouble in queue.troubled(overdue_before=at(1))} == {
        grant.id: True,
        other.id: False,
    }
    ledger.record(fact(ending(stored(grant))))
    assert not any(trouble.reported for trouble in queue.troubled(overdue_before=at(1)))


def test_the_depth_is_what_is_due_and_free(ledger, queue):
    """Neither the future nor what is held counts."""
    ledger.record(*(fact(a_grant()) for _ in range(3)), fact(a_grant(approved_at=at(60))))

    assert queue.depth(now=NOON) == 3
    queue.claim(now=NOON, hold=HOLD, limit=1)
    assert queue.depth(now=NOON) == 2


def test_a_grant_nobody_knows_cannot_be_counted_or_postponed(queue):
    """It is not found, with a sentence."""
    with pytest.raises(NotFound):
        queue.attempts(a_grant().id)
    with pytest.raises(NotFound):
        queue.postpone(a_grant().id, until=NOON, error="no")


def test_a_grant_approved_for_later_is_due_at_its_start(ledger, queue):
    """Nothing is looked at before the start that was asked for."""
    grant = a_grant()
    grant = replace(grant, term=replace(grant.term, starts=at(30)))
    ledger.record(fact(grant))

    assert queue.claim(now=at(29), hold=HOLD, limit=1) == []
    assert queue.claim(now=at(30), hold=HOLD, limit=1) == [stored(grant)]
