"""
Two workers at one grant, the first of them slow: nothing stays in AWS that the ledger does not give (F1, F2).

Each worker is a loop of its own on one database; what happens while a request to AWS is under way, happens in it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from daypass.aws.clock import TimedAnswer
from daypass.lifecycle.end.end import drop
from daypass.model.errors import Unavailable
from daypass.model.event import EntryKind
from daypass.model.grant import Grant, GrantId, GrantState
from daypass.model.lease import whole_second
from daypass.ports import MarkedObject
from daypass.ports.fence import FLIGHT, HOLD, ask_fence
from daypass.reconcile.drift import look_again, sweep
from daypass.reconcile.loop import Loop
from daypass.wiring.assemble import Surroundings, worker
from daypass.wiring.clock import SharedClock
from tests.flow.conftest import Walk
from tests.hands import HandAws, HandClock
from tests.makers import ANN, NOON

SECOND = timedelta(seconds=1)


def _dies_with_a_put_under_way(walk: Walk) -> Grant:
    """Somebody ends a grant while a worker's request to AWS is under way, and the worker dies."""
    grant = walk.approve(walk.ask().id)

    def dies(one: Grant) -> None:
        _ends_it(walk, one)
        raise SystemExit

    walk.aws.on_provision = dies
    with pytest.raises(SystemExit):
        walk.loop.run_until_idle()
    return grant


def _ends_it(walk: Walk, grant: Grant) -> None:
    """Ann is done, and another worker works off what is due."""
    walk.aws.on_provision = None
    walk.drop(grant.id)
    walk.loop.run_until_idle()


def _kinds(walk: Walk, grant: Grant) -> list[EntryKind]:
    return [event.kind for event in walk.story(grant.id)]


def test_f1_an_end_during_a_put_is_recorded_after_the_put_was_taken_out(walk: Walk) -> None:
    """The journal says `ended` once, after both removals, and AWS holds nothing then."""
    grant = walk.approve(walk.ask().id)
    walk.aws.on_provision = lambda one: _ends_it(walk, one)
    walk.loop.run_until_idle()

    assert not walk.aws.held
    assert _kinds(walk, grant)[-2:] == [EntryKind.GRANT_ENDING, EntryKind.GRANT_ENDED]
    assert [name for name, _ in walk.aws.calls if name != "observe"] == ["provision", "revoke", "revoke", "revoke"]


def test_f1_a_put_by_a_worker_that_died_is_removed_every_second_until_it_cannot_come_any_more(walk: Walk) -> None:
    """The worker is gone with its request under way; the request is carried out after the first removal."""
    grant = _dies_with_a_put_under_way(walk)
    walk.aws.held[grant.id] = walk.ledger.grant(grant.id)
    walk.clock.forward(SECOND)
    walk.loop.run_until_idle()
    assert not walk.aws.held
    assert walk.ledger.grant(grant.id).state is GrantState.ENDING
    walk.clock.forward(FLIGHT)
    walk.loop.run_until_idle()

    assert walk.ledger.grant(grant.id).state is GrantState.ENDED


def test_f1_an_unanswered_put_is_waited_for_before_another_is_sent(walk: Walk) -> None:
    """AWS may still carry the first one out, over the second one's dates; so the second one waits."""
    grant = walk.approve(walk.ask().id)

    def silent(_: Grant) -> None:
        walk.aws.on_provision = None
        raise Unavailable("AWS does not answer.")

    walk.aws.on_provision = silent
    for _ in range(int(FLIGHT / SECOND)):
        walk.loop.run_until_idle()
        assert [name for name, _ in walk.aws.calls].count("provision") == 1
        walk.clock.forward(SECOND)
    walk.clock.forward(2 * SECOND)
    walk.loop.run_until_idle()

    assert walk.ledger.grant(grant.id).state is GrantState.ACTIVE


def test_f2_a_worker_whose_claim_was_taken_writes_nothing_more(walk: Walk) -> None:
    """It slept past its hold between two writes; another worker activated; the second write is not sent."""
    grant = walk.approve(walk.ask().id)
    slow: list[Grant] = []

    def sleeps(one: Grant) -> None:
        walk.aws.on_provision = slow.append
        walk.clock.forward(HOLD + SECOND)
        walk.loop.run_until_idle()
        assert walk.ledger.grant(grant.id).state is GrantState.ACTIVE
        ask_fence("hand:PutAgain")
        slow.append(one)

    walk.aws.on_provision = sleeps
    walk.loop.run_until_idle()
    live = walk.ledger.grant(grant.id)

    assert [one.lease for one in slow] == [live.lease]
    assert walk.aws.held[grant.id].lease == live.lease


def test_f2_an_older_lease_that_was_written_over_the_live_one_is_written_over_again(walk: Walk) -> None:
    """The ledger's lease stands in AWS at the end, and nobody is said to have removed anything."""
    grant = walk.approve(walk.ask().id)

    def sleeps(_: Grant) -> None:
        walk.aws.on_provision = None
        walk.clock.forward(HOLD + SECOND)
        walk.loop.run_until_idle()

    walk.aws.on_provision = sleeps  # afterwards its own lease is written, as by a request that was long under way
    walk.loop.run_until_idle()
    live = walk.ledger.grant(grant.id)

    assert live.state is GrantState.ACTIVE
    assert walk.aws.held[grant.id].lease == live.lease
    assert EntryKind.GRANT_ENDING not in _kinds(walk, grant)


def test_f2_nothing_is_put_back_after_ended(walk: Walk) -> None:
    """The slow worker's put arrives when the grant has ended long since; the worker takes it out itself."""
    grant = walk.approve(walk.ask().id)

    def very_late(one: Grant) -> None:
        _ends_it(walk, one)
        walk.clock.forward(FLIGHT + SECOND)
        walk.loop.run_until_idle()
        assert walk.ledger.grant(grant.id).state is GrantState.ENDED

    walk.aws.on_provision = very_late
    walk.loop.run_until_idle()
    walk.loop.run_until_idle()

    assert not walk.aws.held
    assert _kinds(walk, grant).count(EntryKind.GRANT_ENDED) == 1


def test_a_removal_goes_on_while_the_database_is_away(walk: Walk) -> None:
    """Nothing but a lost claim stands in its way: here the claim cannot even be renewed."""
    grant = walk.active()
    walk.drop(grant.id)

    class Away(type(walk.queue)):  # type: ignore[misc]  # the real queue, but for one method
        def renew(self, *_: object, **__: object) -> bool:
            raise Unavailable("The database does not answer.")

    loop = walk.loop
    Loop.__setattr__(loop, "queue", Away(walk.database))
    loop.hold = timedelta()
    loop.run_until_idle()

    assert not walk.aws.held


def test_f5_an_end_is_dated_after_aws_has_answered(walk: Walk) -> None:
    """AWS took twenty seconds to remove it: until then it worked, and the journal does not say otherwise."""
    grant = walk.active()
    walk.drop(grant.id)
    walk.aws.on_revoke = lambda _: walk.clock.forward(20 * SECOND)
    walk.loop.run_until_idle()

    ended = walk.story(grant.id)[-1]
    assert (ended.kind, ended.at) == (EntryKind.GRANT_ENDED, walk.clock())
    assert walk.ledger.grant(grant.id).ended_at == walk.clock()


def test_f9_what_every_early_end_leaves_behind_is_no_stranger(walk: Walk) -> None:
    """A deny whose date is over goes without a word; a policy of the same grant is counted."""
    grant = walk.active()
    walk.drop(grant.id)
    walk.loop.run_until_idle()
    littered = Littered(walk.aws, {grant.id: True})

    assert sweep([littered], ledger=walk.ledger, clock=walk.clock).removed == 0
    assert littered.left == {}
    littered.left = {grant.id: False}
    assert sweep([littered], ledger=walk.ledger, clock=walk.clock).removed == 1
    assert [one for one in _kinds(walk, grant) if one is EntryKind.DRIFT_REMOVED] == [EntryKind.DRIFT_REMOVED]


def test_f9_what_is_gone_before_the_sweep_comes_to_it_is_no_stranger(walk: Walk) -> None:
    """A grant that ends in order while the sweep reads AWS is not reported as swept."""
    grant = walk.active()
    listed = list(walk.aws.standing())
    walk.drop(grant.id)
    walk.loop.run_until_idle()
    walk.aws.standing = lambda: iter(listed)  # type: ignore[method-assign]  # what AWS showed a moment ago

    assert sweep([walk.aws], ledger=walk.ledger, clock=walk.clock).removed == 0
    assert EntryKind.DRIFT_REMOVED not in _kinds(walk, grant)


def test_f1_what_ended_with_a_put_unanswered_is_looked_at_once_more_within_a_minute(walk: Walk) -> None:
    """AWS carries it out long after its worker was killed, when everybody believed that it could not come any more."""
    grant = _dies_with_a_put_under_way(walk)
    walk.clock.forward(FLIGHT + SECOND)
    walk.loop.run_until_idle()
    assert walk.ledger.grant(grant.id).state is GrantState.ENDED
    walk.aws.held[grant.id] = grant
    walk.clock.forward(60 * SECOND - FLIGHT)

    assert look_again(queue=walk.queue, provisioners=walk.loop.provisioners, now=walk.clock()) == 1
    assert not walk.aws.held
    assert look_again(queue=walk.queue, provisioners=walk.loop.provisioners, now=walk.clock()) == 0


def test_f4_a_worker_that_is_not_ready_claims_nothing(walk: Walk) -> None:
    """Its machine's clock is off: the grant stays due for the others."""
    walk.approve(walk.ask().id)
    loop = walk.loop
    loop.ready = lambda: False

    assert loop.run_until_idle() == 0
    assert walk.queue.depth(now=walk.clock()) == 1
    assert walk.loop.run_until_idle() > 0


def _too_late(walk: Walk, _grant: Grant) -> None:
    """AWS carries it out and answers after five seconds, when nobody waits any more."""
    walk.aws.held.clear()
    walk.clock.forward(5 * SECOND)
    raise Unavailable("AWS does not answer in time.")


def test_f5_a_removal_that_aws_answers_too_late_is_found_done(walk: Walk) -> None:
    """However often it would be too late again: it is looked for before it is sent once more, and dated by that."""
    grant = walk.active()
    walk.drop(grant.id)
    walk.aws.on_revoke = lambda one: _too_late(walk, one)
    walk.loop.run_until_idle()
    walk.clock.forward(10 * SECOND)
    walk.loop.run_until_idle()

    assert walk.ledger.grant(grant.id).state is GrantState.ENDED
    assert [name for name, _ in walk.aws.calls].count("revoke") == 1
    assert walk.told(grant.id, EntryKind.GRANT_ENDED)[0].at == walk.clock()


def test_a_removal_that_failed_before_is_sent_again_while_anything_is_left(walk: Walk) -> None:
    """Found by the same look."""
    grant = walk.active()
    walk.drop(grant.id)
    walk.aws.failures = [Unavailable("AWS does not answer.")]
    walk.loop.run_until_idle()
    walk.clock.forward(10 * SECOND)
    walk.loop.run_until_idle()

    assert not walk.aws.held
    assert [name for name, _ in walk.aws.calls].count("revoke") == 2
    assert walk.ledger.grant(grant.id).state is GrantState.ENDED


def _since_noon(time: datetime) -> float:
    return (time - NOON).total_seconds()


def _another_machine(walk: Walk, ahead: timedelta) -> Loop:
    """A worker whose clock, and so whose SQLite, runs ahead of the others' and of AWS's."""
    clocks = SharedClock(
        database=lambda: walk.clock() + ahead,
        machine=lambda: walk.clock() + ahead,
        monotonic=lambda: _since_noon(walk.clock()),
        aws=HandAwsTime(walk.clock),  # type: ignore[arg-type]  # what is asked of it
    )
    clocks.compare_with_aws()
    outside = Surroundings(
        clock=clocks,
        people=walk.directory,
        facts=walk.directory,
        catalogue=walk.services.catalogue,
        deliveries=walk.services.judge.deliveries,
        vendor=walk.vendor,
        clocks=clocks,
    )
    return worker(walk.stores, outside, judge=walk.judge)


def test_f4_a_worker_on_sqlite_whose_clock_is_ahead_leaves_what_is_granted_to_the_others(walk: Walk) -> None:
    """It finds by AWS's time that its own is wrong, before it claims: nothing is held, and nothing is put off."""
    grant = walk.approve(walk.ask().id)
    ahead = _another_machine(walk, timedelta(minutes=8))

    assert ahead.run_until_idle() == 0
    assert walk.queue.attempts(grant.id) == 0
    walk.work()
    assert walk.ledger.grant(grant.id).state is GrantState.ACTIVE


def test_f4_what_ends_is_put_off_by_no_clock_that_is_ahead(walk: Walk) -> None:
    """Such a worker ends things all the same; where AWS fails it, the others go on within seconds."""
    grant = walk.active()
    walk.drop(grant.id)
    walk.aws.failures = [Unavailable("AWS does not answer.")]
    _another_machine(walk, timedelta(minutes=8)).run_until_idle(rounds=1)
    walk.clock.forward(10 * SECOND)
    walk.work()
    assert walk.ledger.grant(grant.id).state is GrantState.ENDED


def test_f4_what_was_ended_by_a_clock_that_is_ahead_is_due_at_once(walk: Walk) -> None:
    """The operator's command line compares no clocks: the worker does not wait until its time has come."""
    grant = walk.active()
    drop(grant.id, by=ANN, ledger=walk.ledger, now=walk.clock() + timedelta(minutes=8))
    walk.work()
    assert walk.ledger.grant(grant.id).state is GrantState.ENDED


@dataclass
class HandAwsTime:
    """AWS's clock, which is right."""

    clock: HandClock
    last: TimedAnswer | None = None

    def ask(self) -> None:
        """It answers at once."""
        at = _since_noon(self.clock())
        self.last = TimedAnswer(whole_second(self.clock()), at, at)


@dataclass
class Littered:
    """An AWS in which things of grants stand: of each, whether it is a deny that is over."""

    aws: HandAws
    left: dict[GrantId, bool]

    def standing(self) -> Iterator[MarkedObject]:
        """List them."""
        for grant, spent in list(self.left.items()):
            yield MarkedObject(grant=grant, what="a thing", handle=grant, spent=spent)

    def remove(self, standing: MarkedObject) -> bool:
        """Remove one."""
        return self.left.pop(standing.grant, None) is not None


def test_an_end_by_a_clock_that_was_set_back_is_not_dated_before_it_began(walk: Walk) -> None:
    """Ann was done at noon; the clock that the worker goes by says eleven when AWS has taken it out."""
    grant = walk.active()
    walk.drop(grant.id)
    done = walk.clock()
    walk.clock.now = done - timedelta(hours=1)
    walk.loop.run_until_idle()

    assert [event.kind for event in walk.story(grant.id)][-1] is EntryKind.GRANT_ENDED
    assert walk.story(grant.id)[-1].at >= done
