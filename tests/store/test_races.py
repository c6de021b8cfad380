"""Many at once: nobody has what another has, and nothing is written twice."""

from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from multiprocessing import get_context
from threading import Barrier

from daypass.model.errors import Conflict
from daypass.model.record import Validity
from daypass.store import database as databases
from daypass.store.queue import SqlQueue
from tests.keys import SIGNER
from tests.makers import NOON
from tests.store.facts import HOLD, a_grant, at, ending, fact, stored
from tests.store.records import a_code
from tests.store.workers import claim_all


def test_threads_never_claim_the_same_grant(ledger, queue):
    """Eight threads empty the queue; every grant was had once."""
    due = [a_grant() for _ in range(600)]
    ledger.record_each([fact(grant) for grant in due])

    with ThreadPoolExecutor(8) as pool:
        had = list(pool.map(lambda _: _claim_all(queue), range(8)))

    assert sorted(id_ for ids in had for id_ in ids) == sorted(grant.id for grant in due)


def test_processes_never_claim_the_same_grant(database_url, ledger):
    """Three processes do, each through connections of its own."""
    due = [a_grant() for _ in range(600)]
    ledger.record_each([fact(grant) for grant in due])

    with ProcessPoolExecutor(3, mp_context=get_context("spawn")) as pool:
        had = list(pool.map(claim_all, [database_url] * 3, [NOON] * 3, [7] * 3))

    assert sorted(id_ for ids in had for id_ in ids) == sorted(grant.id for grant in due)


def test_of_many_who_change_a_row_at_once_one_succeeds(ledger):
    """The others are told Conflict, and the journal has one entry more."""
    grant = a_grant()
    ledger.record(fact(grant))

    outcomes = _all_at_once(8, lambda: ledger.record(fact(ending(stored(grant)))))

    assert [type(outcome) for outcome in outcomes if outcome] == [Conflict] * 7
    assert len(ledger.story(grant.id)) == 2


def test_of_many_who_insert_a_row_at_once_one_succeeds(ledger):
    """Also where there was nothing to lock."""
    grant = a_grant()

    outcomes = _all_at_once(8, lambda: ledger.record(fact(grant)))

    assert [type(outcome) for outcome in outcomes if outcome] == [Conflict] * 7
    assert len(ledger.story(grant.id)) == 1


def test_of_many_who_use_up_one_code_at_once_one_does(ledger):
    """What the cabinet keeps is compared and set like everything else."""
    code = a_code()
    ledger.record(fact(code))

    outcomes = _all_at_once(8, lambda: ledger.record(fact(replace(code, state=Validity.CLOSED, revision=1))))

    assert [type(outcome) for outcome in outcomes if outcome] == [Conflict] * 7


def test_of_many_batches_with_the_same_new_rows_one_writes_each(ledger):
    """A batch that loses the race looks again, and gives back what is there by then; its other rows are written."""
    shared, own = [a_grant() for _ in range(20)], [a_grant() for _ in range(6)]
    batches = iter([[fact(one), *map(fact, shared)] for one in own])

    left_out = _all_at_once(6, lambda: ledger.record_each(next(batches)))

    assert [len(some) for some in left_out].count(20) == 5
    assert {len(ledger.story(grant.id)) for grant in shared + own} == {1}


def test_batches_that_share_rows_neither_wait_for_ever_nor_write_twice(ledger):
    """Commits over the same rows in opposite order: each row is moved by one of them."""
    grants = [a_grant() for _ in range(40)]
    ledger.record_each([fact(grant) for grant in grants])
    facts = [fact(ending(stored(grant))) for grant in grants]
    orders = iter([facts, facts[::-1], facts[20:] + facts[:20], facts[::-1]])

    left_out = _all_at_once(4, lambda: ledger.record_each(next(orders)))

    assert sum(len(some) for some in left_out) == 3 * 40
    assert [ledger.grant(grant.id).revision for grant in grants] == [2] * 40


def test_two_never_tell_the_same_line(ledger, outbox):
    """Threads that claim from the outbox at once never hold the same line, and the order within a subject holds."""
    grants = [a_grant() for _ in range(50)]
    ledger.record_each([fact(grant) for grant in grants])
    ledger.record_each([fact(ending(stored(grant))) for grant in grants])

    had = _all_at_once(6, lambda: outbox.claim(now=at(1), hold=HOLD, limit=20))

    ids = [notice.id for notices in had for notice in notices]
    subjects = [notice.event.subject for notices in had for notice in notices]
    assert len(ids) == len(set(ids)) == len(set(subjects))


def test_readers_do_not_wait_for_a_writer(database_url, database, ledger):
    """While one transaction writes, others read what was committed before."""
    grant = a_grant()
    ledger.record(fact(grant))
    impatient = databases.open(database_url, SIGNER, patience=timedelta(seconds=0.2))

    with database.writing() as connection:
        connection.exec_driver_sql("UPDATE grants SET attempts = 9")
        assert SqlQueue(impatient).attempts(grant.id) == 0

    assert SqlQueue(impatient).attempts(grant.id) == 9
    impatient.close()


def _claim_all(queue):
    had = []
    while batch := queue.claim(now=NOON, hold=HOLD, limit=7):
        had += [claim.grant.id for claim in batch]
    return had


def _all_at_once(count, do):
    """Let `count` threads do the same in the same moment; returns what came of each, errors as values."""
    barrier = Barrier(count)

    def one(_):
        barrier.wait()
        try:
            return do()
        except Conflict as error:
            return error

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))
