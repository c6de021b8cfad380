"""Rows that somebody changed in the database: what becomes of the access, and who hears of it."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from daypass.model.event import EntryKind, Event
from daypass.model.finding import Alteration
from daypass.model.grant import Grant, GrantState
from daypass.model.record import Validity
from daypass.ports import AlteredRow
from daypass.reconcile.altered_rows import report_altered, report_set_aside
from daypass.store.codec import Altered
from daypass.store.scrub import SqlScrub
from tests.flow.conftest import Walk
from tests.makers import HOUR


def _prolong(walk: Walk, grant: Grant) -> None:
    """Give a grant a day more, as somebody does who can write to the database."""
    assert grant.lease is not None
    ends, later = (
        moment.isoformat().replace("+00:00", "Z") for moment in (grant.lease.ends, grant.lease.ends + 24 * HOUR)
    )
    with walk.database.writing() as connection:
        changed = connection.execute(
            text("UPDATE grants SET body = replace(body, :ends, :later), due = :due WHERE id = :id"),
            {"ends": ends, "later": later, "due": 0, "id": grant.id},
        )
        body = connection.execute(text("SELECT body FROM grants WHERE id = :id"), {"id": grant.id}).scalar_one()
    assert changed.rowcount == 1
    assert later in body


def _set_aside(walk: Walk) -> list[AlteredRow]:
    return [AlteredRow(row=f"grants/{one.grant}", because=one.fault) for one in walk.queue.damaged()]


def _news(walk: Walk) -> list[Event]:
    return [event for event in walk.journal() if event.kind in {EntryKind.LEDGER_ALTERED, EntryKind.LEDGER_RESTORED}]


def test_a_live_grant_whose_dates_were_changed_gives_nothing_and_is_taken_out_of_aws(walk: Walk) -> None:
    """It is refused where it is read, and its policy goes by its mark; another person's stays."""
    bad, good = walk.active(), walk.active()
    _prolong(walk, bad)

    with pytest.raises(Altered):
        walk.ledger.grant(bad.id)
    walk.work()
    reported = report_set_aside(_set_aside(walk), sweeps=[walk.aws], ledger=walk.ledger, clock=walk.clock)

    assert (reported.altered, reported.fresh) == (1, 1)
    assert set(walk.aws.held) == {good.id}
    assert walk.told(bad.id, EntryKind.DRIFT_REMOVED)


def test_what_was_set_aside_is_reported_and_swept_once(walk: Walk) -> None:
    """Every minute the same row is found; the owners hear of it once."""
    _prolong(walk, walk.active())
    walk.work()

    for _ in range(3):
        report_set_aside(_set_aside(walk), sweeps=[walk.aws], ledger=walk.ledger, clock=walk.clock)

    assert [event.kind for event in _news(walk)] == [EntryKind.LEDGER_ALTERED]
    assert [event.kind for event in walk.journal()].count(EntryKind.DRIFT_REMOVED) == 1


def test_a_scrub_reports_what_was_changed_once_and_that_it_was_put_right(walk: Walk) -> None:
    """The rows are named, kept open while they are wrong, and closed when the backup is back."""
    grant = walk.active()
    with walk.database.reading() as connection:
        row = connection.execute(text("SELECT body, due FROM grants WHERE id = :id"), {"id": grant.id}).one()
    _prolong(walk, grant)

    for _ in range(2):
        report_altered(SqlScrub(walk.database).altered(), ledger=walk.ledger, now=walk.clock())
    [open_one] = walk.ledger.all(Alteration, states=(Validity.OPEN,))
    with walk.database.writing() as connection:
        back = {"body": row.body, "due": row.due, "id": grant.id}
        connection.execute(text("UPDATE grants SET body = :body, due = :due WHERE id = :id"), back)
    walk.clock.forward(timedelta(minutes=1))
    report_altered(SqlScrub(walk.database).altered(), ledger=walk.ledger, now=walk.clock())

    assert open_one.row == f"grants/{grant.id}"
    assert [event.kind for event in _news(walk)] == [EntryKind.LEDGER_ALTERED, EntryKind.LEDGER_RESTORED]
    assert _news(walk)[0].details["rows"] == (f"grants/{grant.id}",)
    assert walk.ledger.all(Alteration, states=(Validity.OPEN,)) == []
    assert walk.ledger.grant(grant.id).state is GrantState.ACTIVE


def test_a_scrub_of_a_ledger_that_nobody_touched_finds_nothing(walk: Walk) -> None:
    """After asking, approving, refusing, logging in and ending: every row is as Daypass wrote it."""
    walk.active()
    walk.deny(walk.ask().id)
    walk.token(walk.active().principal)
    walk.clock.forward(3 * HOUR)
    walk.work()

    assert list(SqlScrub(walk.database).altered()) == []
