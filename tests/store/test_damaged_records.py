"""A record in the records that Daypass did not write is named, never guessed at, and hides nothing but itself."""

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from daypass.model.absence import Absence
from daypass.model.grant import new_grant_id
from daypass.model.preapproval import Preapproval
from daypass.store import tables
from daypass.store.codec import Unreadable
from tests.makers import ANN
from tests.store.facts import at, fact
from tests.store.records import a_permit, an_absence, kept
from tests.store.sealing import reseal

DAMAGE = {
    "another owner": "UPDATE records SET owner = 'U0EVE' WHERE id = :id",
    "another state": "UPDATE records SET state = 'limbo' WHERE id = :id",
    "another moment": "UPDATE records SET at = at + 1 WHERE id = :id",
    "another revision": "UPDATE records SET revision = 7 WHERE id = :id",
    "a moment of no zone": "UPDATE records SET body = replace(body, 'Z\"', '\"') WHERE id = :id",
    "another kind": "UPDATE records SET kind = 'robots' WHERE id = :id",
    "another key": "UPDATE records SET body = replace(body, :key, 'zzzzzzzzzzzz') WHERE id = :id",
    "cut off": "UPDATE records SET body = substr(body, 1, 50) WHERE id = :id",
    "not an object": "UPDATE records SET body = '[]' WHERE id = :id",
    "a field nobody knows": "UPDATE records SET body = replace(body, '\"reason\"', '\"forever\"') WHERE id = :id",
    "a place that cannot be": "UPDATE records SET body = replace(body, 'acme-reports', 'a*') WHERE id = :id",
    "the body of another kind": "UPDATE records SET body = (SELECT body FROM records WHERE kind = 'absence') "
    "WHERE id = :id",
}


def _execute(database, statement, **words):
    with database.writing() as connection:
        connection.execute(text(statement), words)


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE.keys())
def test_a_damaged_record_is_named_and_hides_nothing_but_itself(database, ledger, records, damage):
    """Found alone it raises a sentence with its row's name; among all it is left out and logged."""
    bad, good = a_permit(), a_permit(at=at(-1))
    ledger.record(fact(bad, good, an_absence()))
    _execute(database, damage, id=f"permit/{bad.id}", key=bad.id)
    reseal(database, tables.records)

    with pytest.raises(
        Unreadable, match=f"records/permit/{bad.id} (cannot be read|was changed outside Daypass): .*estore "
    ):
        records.find(Preapproval, bad.id)
    assert records.all(Preapproval) == [kept(good)]


def test_a_damaged_record_that_was_left_out_is_in_the_log(database, ledger, records):
    """The log names the row and says why."""
    ledger.record(fact(an_absence()))
    _execute(database, "UPDATE records SET body = '{}'")

    with capture_logs() as logged:
        assert records.all(Absence) == []

    assert [(line["log_level"], line["row"]) for line in logged] == [("error", f"records/absence/{ANN}")]


def test_one_kind_passed_off_as_another_is_unreadable(database, ledger, records):
    """A row renamed to be a permit of somebody's is none, whatever its body says."""
    mine, other = a_permit(), new_grant_id()
    ledger.record(fact(mine))
    _execute(database, "UPDATE records SET id = :id", id=f"permit/{other}")
    reseal(database, tables.records)

    with pytest.raises(Unreadable, match="the journal tells nothing of it"):
        records.find(Preapproval, other)


def test_a_body_of_before_a_field_was_added_is_read_with_its_default(database, ledger, records):
    """Growing a kind does not make yesterday's rows unreadable."""
    permit = a_permit()
    ledger.record(fact(permit))
    _execute(database, "UPDATE records SET body = replace(body, :field, '')", field='"reason":"",')
    reseal(database, tables.records)

    assert records.find(Preapproval, permit.id) == kept(permit)
