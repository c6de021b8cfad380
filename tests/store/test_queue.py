"""Queue: who must be looked at, when, and who looks."""

from dataclasses import replace
from datetime import timedelta

import pytest

from daypass.model.errors import NotFound
from daypass.model.grant import GrantState
from daypass.model.lease import Lease
from tests.makers import HOUR, NOON
from tests.store.facts import HOLD, a_grant, at, ending, fact, grants_of, stored


def test_a_grant_is_due_when_it_must_be_looked_at(ledger, queue):
    """An active grant is claimed from the moment its person is to be warned, not before."""
    grant = a_grant(GrantState.ACTIVE)
    ledger.record(fact(grant))
    just_before = grant.warn_at - timedelta(microseconds=1)

    assert queue.claim(now=just_before, hold=HOLD, limit=10) == []
    assert grants_of(queue.claim(now=grant.warn_at, hold=HOLD, limit=10)) == [stored(grant)]


def test_an_ended_grant_is_never_looked_at_again(ledger, queue):
    """It is due at no time."""
    ledger.record(fact(a_grant(GrantState.ENDED)))

    assert queue.claim(now=NOON + 1000 * HOUR, hold=HOLD, limit=10) == []


def test_the_longest_overdue_comes_first(ledger, queue):
    """A batch is taken in the order in which the grants became due."""
    late, later, latest = (a_grant(approved_at=at(minute)) for minute in (1, 2, 3))
    ledger.record(fact(latest), fact(late), fact(later))

    claimed = grants_of(queue.claim(now=at(9), hold=HOLD, limit=2))

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


def test_what_ends_is_due_at_once_also_by_a_clock_that_is_behind(ledger, queue):
    """Whoever ended it may have the faster clock; access that is to end does not wait for the slower one."""
    grant = a_grant(GrantState.ACTIVE)
    ledger.record(fact(grant))

    ledger.record(fact(ending(stored(grant), when=at(5))))

    assert len(queue.claim(now=NOON, hold=HOLD, limit=10)) == 1


def test_who_may_give_nothing_claims_what_is_to_be_taken_away_alone(ledger, queue):
    """What is still to be put into AWS is left for others, and hides nothing that ends."""
    given, taken = a_grant(), a_grant(GrantState.ACTIVE)
    ledger.record(fact(given), fact(taken))
    later = NOON + 1000 * HOUR

    assert grants_of(queue.claim(now=later, hold=HOLD, limit=10, gives=False)) == [stored(taken)]
    assert queue.claim(now=later, hold=HOLD, limit=10, gives=False) == []
    assert grants_of(queue.claim(now=later, hold=HOLD, limit=10)) == [stored(given)]


def test_a_new_lease_keeps_the_hold_and_the_count(ledger, queue):
    """While one worker puts a grant into AWS, its intent committed, no other takes it; and failed tries still count."""
    grant = a_grant()
    ledger.record(fact(grant))
    [first] = queue.claim(now=NOON, hold=HOLD, limit=10)
    queue.postpone(first, until=at(1), error="throttled")
    [second] = queue.claim(now=at(1), hold=HOLD, limit=10)

    ledger.record(fact(stored(grant).leased(Lease(starts=at(1), ends=at(61)))))

    assert queue.claim(now=at(1), hold=HOLD, limit=10) == []
    assert queue.renew(second, now=at(1), hold=HOLD)
    assert queue.attempts(grant.id) == 1


def test_failures_in_a_row_are_counted(ledger, queue):
    """Each postponing counts one more, and the grant comes back at its time."""
    grant = a_grant()
    ledger.record(fact(grant))

    for number in (1, 2, 3):
        [claim] = queue.claim(now=at(number), hold=HOLD, limit=1)
        assert queue.postpone(claim, until=at(number + 1), error="no")
        assert queue.attempts(grant.id) == number

    assert queue.claim(now=at(3), hold=HOLD, limit=1) == []


def test_the_count_begins_anew_once_the_grant_moved_on(ledger, queue):
    """A recorded step ends the row of failures."""
    grant = a_grant()
    ledger.record(fact(grant))
    [claim] = queue.claim(now=NOON, hold=HOLD, limit=1)
    queue.postpone(claim, until=at(1), error="no")

    ledger.record(fact(ending(stored(grant))))

    assert queue.attempts(grant.id) == 0


def test_waiting_is_no_failure(ledger, queue):
    """A grant given back untroubled comes back at its time with a clean slate."""
    grant = a_grant()
    ledger.record(fact(grant))
    [first] = queue.claim(now=NOON, hold=HOLD, limit=1)
    queue.postpone(first, until=at(1), error="no")
    [second] = queue.claim(now=at(1), hold=HOLD, limit=1)

    queue.wait(second, until=at(5))

    assert queue.attempts(grant.id) == 0
    assert queue.claim(now=at(4), hold=HOLD, limit=1) == []
    assert grants_of(queue.claim(now=at(5), hold=HOLD, limit=1)) == [stored(grant)]
    assert queue.troubled(overdue_before=at(5)) == []


@pytest.mark.parametrize("give_back", ["wait", "postpone"])
def test_a_slow_worker_does_not_put_off_what_was_moved_meanwhile(ledger, queue, give_back):
    """Somebody revokes while a worker still looks: the worker's `look again tomorrow` changes nothing."""
    grant = a_grant(GrantState.ACTIVE)
    ledger.record(fact(grant))
    [claim] = queue.claim(now=grant.warn_at, hold=HOLD, limit=1)
    ledger.record(fact(ending(stored(grant), when=grant.warn_at)))

    assert not _give_back(queue, give_back, claim, until=NOON + 24 * HOUR)
    assert len(queue.claim(now=grant.warn_at, hold=HOLD, limit=1)) == 1


@pytest.mark.parametrize("give_back", ["wait", "postpone"])
def test_a_slow_worker_does_not_release_anothers_hold(ledger, queue, give_back):
    """Its hold was over and another worker has claimed the grant, in the same state: nothing is given back."""
    grant = a_grant(GrantState.ACTIVE)
    ledger.record(fact(grant))
    [slow] = queue.claim(now=grant.warn_at, hold=HOLD, limit=1)
    [quick] = queue.claim(now=grant.warn_at + HOLD, hold=HOLD, limit=1)

    assert not _give_back(queue, give_back, slow, until=NOON + 24 * HOUR)
    assert queue.renew(quick, now=grant.warn_at + HOLD, hold=HOLD)
    assert queue.attempts(grant.id) == 0


def test_only_who_still_has_the_claim_renews_it(ledger, queue):
    """A renewal holds from now on; after another's claim, or once the grant was moved on, it is refused."""
    grant = a_grant()
    ledger.record(fact(grant))
    [slow] = queue.claim(now=NOON, hold=HOLD, limit=1)

    assert queue.renew(slow, now=NOON + HOLD, hold=HOLD)
    assert queue.claim(now=NOON + HOLD, hold=HOLD, limit=1) == []
    [quick] = queue.claim(now=NOON + 2 * HOLD, hold=HOLD, limit=1)
    assert not queue.renew(slow, now=NOON + 2 * HOLD, hold=HOLD)
    ledger.record(fact(ending(stored(grant))))
    assert not queue.renew(quick, now=NOON + 2 * HOLD, hold=HOLD)


def test_the_next_worker_is_told_until_when_a_write_may_take_effect(ledger, queue):
    """What a dead worker had sent stands in the row, also once the grant moved on; only its own worker clears it."""
    grant = a_grant()
    ledger.record(fact(grant))
    [first] = queue.claim(now=NOON, hold=HOLD, limit=1)
    queue.renew(first, now=NOON, hold=HOLD, lands_by=at(3))
    ledger.record(fact(ending(stored(grant))))

    [second] = queue.claim(now=at(1), hold=HOLD, limit=1)
    assert second.busy_until == at(3)
    queue.landed([second], now=at(1))  # not its own
    assert queue.wait(second, until=at(9))
    queue.landed([first], now=at(2))

    [third] = queue.claim(now=at(2), hold=HOLD, limit=1)
    assert third.busy_until is None


def test_what_ended_with_a_write_unanswered_is_listed_until_it_was_looked_at(ledger, queue):
    """After the moment until which it might have taken effect, and once."""
    grant = a_grant()
    ledger.record(fact(grant))
    [claim] = queue.claim(now=NOON, hold=HOLD, limit=1)
    queue.renew(claim, now=NOON, hold=HOLD, lands_by=at(1))
    ledger.record(fact(ending(stored(grant))))
    assert queue.late(busy_before=at(9)) == []
    ended = stored(ending(stored(grant))).ended(at(2))
    ledger.record(fact(ended))

    assert queue.late(busy_before=at(1)) == []
    assert queue.late(busy_before=at(2)) == [stored(ended)]
    queue.forget_late([grant.id])
    assert queue.late(busy_before=at(2)) == []


def test_one_grant_is_taken_out_of_its_turn_unless_somebody_has_it(ledger, queue):
    """Due or not, but not while a claim lasts, and not once it has ended."""
    grant, ended = a_grant(GrantState.ACTIVE), a_grant(GrantState.ENDED)
    ledger.record(fact(grant), fact(ended))

    taken = queue.take(grant.id, now=NOON, hold=HOLD)
    assert taken is not None
    assert queue.take(grant.id, now=NOON, hold=HOLD) is None
    assert queue.take(grant.id, now=NOON + HOLD, hold=HOLD) is not None
    assert not queue.wait(taken, until=at(5))
    assert queue.take(ended.id, now=NOON, hold=HOLD) is None


def _give_back(queue, how, claim, **words):
    if how == "wait":
        return queue.wait(claim, **words)
    return queue.postpone(claim, error="slow", **words)


def test_trouble_is_counted_from_when_the_step_was_owed(ledger, queue):
    """However often it is put off, it is overdue since the first moment, with what was said last."""
    grant = a_grant()
    ledger.record(fact(grant))
    for minute, said in ((0, "first"), (5, "second")):
        [claim] = queue.claim(now=at(minute), hold=HOLD, limit=1)
        queue.postpone(claim, until=at(minute + 5), error=said)

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


def test_a_grant_nobody_knows_cannot_be_counted(queue):
    """It is not found, with a sentence."""
    with pytest.raises(NotFound):
        queue.attempts(a_grant().id)


def test_a_grant_approved_for_later_is_due_at_its_start(ledger, queue):
    """Nothing is looked at before the start that was asked for."""
    grant = a_grant()
    grant = replace(grant, term=replace(grant.term, starts=at(30)))
    ledger.record(fact(grant))

    assert queue.claim(now=at(29), hold=HOLD, limit=1) == []
    assert grants_of(queue.claim(now=at(30), hold=HOLD, limit=1)) == [stored(grant)]
