"""
One bad read must not stop the service: a row nobody can read is set aside and reported; the rest goes on.

What is damaged here has a seal that fits, as if the Daypass that wrote it had another idea of a row; what somebody else
wrote is told in test_tampered_rows.
"""

import json

import pytest
from sqlalchemy import text

from daypass.model.errors import Misconfigured
from daypass.model.grant import GrantState
from daypass.store.codec import Unreadable
from daypass.store.queue import SET_ASIDE
from daypass.store.tables import grants
from tests.makers import HOUR, NOON
from tests.store.facts import HOLD, a_grant, a_request, at, ending, fact, grants_of, stored
from tests.store.sealing import reseal

DAMAGE = {
    "cut off": "UPDATE grants SET body = substr(body, 1, 50) WHERE id = :id",
    "empty": "UPDATE grants SET body = '' WHERE id = :id",
    "not JSON": "UPDATE grants SET body = 'lease' WHERE id = :id",
    "not an object": "UPDATE grants SET body = '[]' WHERE id = :id",
    "a place that cannot be": "UPDATE grants SET body = replace(body, 'acme-reports', 'a*') WHERE id = :id",
    "a field nobody knows": "UPDATE grants SET body = replace(body, '\"warned\"', '\"forever\"') WHERE id = :id",
    "a deep field nobody knows": "UPDATE grants SET body = replace(body, '\"until\"', '\"til\"') WHERE id = :id",
    "a delivery nobody knows": "UPDATE grants SET body = replace(body, '\"policy\"', '\"pigeon\"') WHERE id = :id",
    "a number for a text": "UPDATE grants SET body = replace(body, '\"U0ANN\"', '7') WHERE id = :id",
    "another state than its column": "UPDATE grants SET state = 'ended' WHERE id = :id",
    "a state nobody knows": "UPDATE grants SET state = 'limbo' WHERE id = :id",
    "another person than its column": "UPDATE grants SET principal = 'U0EVE' WHERE id = :id",
    "another revision than its column": "UPDATE grants SET revision = 7 WHERE id = :id",
    "another id": "UPDATE grants SET body = replace(body, :id, 'zzzzzzzzzzzz') WHERE id = :id",
}
every_damage = pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE.keys())


def _execute(database, statement, **words):
    with database.writing() as connection:
        connection.execute(text(statement), words)


@every_damage
def test_a_damaged_row_is_named_and_never_guessed_at(database, ledger, damage):
    """Reading it raises a sentence that says which row and what to do."""
    grant = a_grant()
    ledger.record(fact(grant))
    _execute(database, damage, id=grant.id)
    reseal(database, grants)

    with pytest.raises(
        Unreadable, match=r"grants/.* (cannot be read|was changed outside Daypass): .*estore "
    ) as raised:
        ledger.grant(grant.id)

    assert isinstance(raised.value, Misconfigured)


@every_damage
def test_a_damaged_row_never_stops_the_claims_of_others(database, ledger, queue, damage):
    """The others are claimed in the same call; the damaged one is reported and set aside."""
    bad, good = a_grant(approved_at=at(-1)), a_grant()
    ledger.record(fact(bad), fact(good))
    _execute(database, damage, id=bad.id)
    reseal(database, grants)

    assert grants_of(queue.claim(now=NOON, hold=HOLD, limit=10)) == [stored(good)]
    assert [damaged.grant for damaged in queue.damaged()] == [bad.id]
    assert queue.claim(now=NOON, hold=HOLD, limit=10) == []


def test_only_damaged_rows_do_not_fill_the_batch_for_ever(database, ledger, queue):
    """With more bad rows than a batch has room for, the good one is had in the next claim."""
    bad, good = [a_grant(approved_at=at(-1)) for _ in range(3)], a_grant()
    ledger.record(*map(fact, bad), fact(good))
    for grant in bad:
        _execute(database, DAMAGE["empty"], id=grant.id)

    assert queue.claim(now=NOON, hold=HOLD, limit=3) == []
    assert grants_of(queue.claim(now=NOON, hold=HOLD, limit=3)) == [stored(good)]


def test_a_damaged_row_is_tried_again_and_healed_when_it_was_repaired(database, ledger, queue):
    """Set aside is not given up: once it can be read again it is claimed, and no longer reported."""
    grant = a_grant()
    ledger.record(fact(grant))
    _execute(database, "UPDATE grants SET state = 'limbo'")
    queue.claim(now=NOON, hold=HOLD, limit=1)

    assert queue.claim(now=NOON + SET_ASIDE, hold=HOLD, limit=1) == []
    _execute(database, "UPDATE grants SET state = 'approved'")

    assert grants_of(queue.claim(now=NOON + 2 * SET_ASIDE, hold=HOLD, limit=1)) == [stored(grant)]
    assert queue.damaged() == []


def test_a_repaired_row_that_was_moved_on_is_no_longer_reported(database, ledger, queue):
    """Whoever records it anew has read it: there is nothing to report."""
    grant = a_grant()
    ledger.record(fact(grant))
    _execute(database, "UPDATE grants SET state = 'limbo'")
    queue.claim(now=NOON, hold=HOLD, limit=1)
    _execute(database, "UPDATE grants SET state = 'approved'")

    ledger.record(fact(ending(stored(grant))))

    assert queue.damaged() == []


def test_lists_show_the_rows_that_can_be_read(database, ledger, queue):
    """A damaged row hides nothing but itself: in the lists, in the lapsed and in the troubled."""
    bad, good = a_grant(), a_grant()
    asked, mangled = a_request(), a_request()
    ledger.record(fact(bad), fact(good), fact(asked), fact(mangled))
    _execute(database, DAMAGE["empty"], id=bad.id)
    _execute(database, "UPDATE requests SET body = '{}' WHERE id = :id", id=mangled.id)

    assert ledger.grants() == [stored(good)]
    assert [request.id for request in ledger.requests()] == [asked.id]
    assert [request.id for request in ledger.lapsed(filed_before=at(1))] == [asked.id]
    assert [trouble.grant.id for trouble in queue.troubled(overdue_before=at(1))] == [good.id]


def test_a_line_nobody_can_read_lets_the_later_ones_pass(database, ledger, outbox):
    """It is set aside, also within its own subject."""
    grant = a_grant()
    ledger.record(fact(grant))
    _execute(database, "UPDATE outbox SET entry = :entry", entry=b"{}")
    ledger.record(fact(ending(stored(grant)), number=2))

    assert outbox.claim(now=NOON, hold=HOLD, limit=1) == []
    assert [notice.event.details["number"] for notice in outbox.claim(now=NOON, hold=HOLD, limit=1)] == [2]


@pytest.mark.parametrize(
    ("state", "needs"), [(GrantState.ACTIVE, "lease"), (GrantState.ENDING, "ending"), (GrantState.ENDED, "ending")]
)
def test_a_grant_without_what_its_state_needs_is_damaged(database, ledger, state, needs):
    """An active grant has a lease, an ending one says how: a body without it is not read with a hole in it."""
    grant = a_grant(state)
    ledger.record(fact(grant))
    with database.writing() as connection:
        body = json.loads(connection.execute(text("SELECT body FROM grants")).scalar_one())
        connection.execute(text("UPDATE grants SET body = :body"), {"body": json.dumps(body | {needs: None})})
    reseal(database, grants)

    with pytest.raises(Unreadable, match=r"it is active and has no lease|does not say how"):
        ledger.grant(grant.id)


def test_a_body_of_before_a_field_was_added_is_read_with_its_default(database, ledger):
    """Growing a value does not make yesterday's rows unreadable."""
    grant = a_grant()
    ledger.record(fact(grant))
    _execute(database, "UPDATE grants SET body = replace(body, :field, '')", field='"warned":false,')
    reseal(database, grants)

    assert ledger.grant(grant.id) == stored(grant)


def test_a_moment_is_kept_to_the_microsecond_and_ordered_alike(database, ledger, queue):
    """Two grants a microsecond apart are due in that order, also before 1970 and far ahead."""
    micro = HOUR / 3_600_000_000
    moments = [at(-60 * 24 * 365 * 60), at(0), at(0) + micro, at(60 * 24 * 365 * 60)]
    grants = [a_grant(approved_at=moment) for moment in reversed(moments)]
    ledger.record(*map(fact, grants))

    claimed = grants_of(queue.claim(now=moments[-1], hold=HOLD, limit=10))

    assert [grant.approved_at for grant in claimed] == moments
