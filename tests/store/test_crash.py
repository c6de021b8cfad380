"""A process that is killed in the middle of recording leaves state, journal and outbox in step."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import text

from daypass.store.codec import REQUESTS

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("after_s", [0.05, 0.11, 0.23, 0.31])
def test_a_kill_leaves_state_and_journal_in_step(database_url, database, after_s):
    """SIGKILL anywhere: a request, its grant, its entries and its lines have all been written equally often."""
    _record_until_killed(database_url, after_s)

    rows = _rows(database)

    assert len(rows) == 8
    for row in rows:
        assert {row.revision, row.grants_revision, row.entries, row.lines} == {_told(row) + 1}


def _record_until_killed(url: str, after_s: float) -> None:
    command = [sys.executable, "-m", "tests.store.workers", url]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(after_s)
        process.send_signal(signal.SIGKILL)


def _rows(database):
    """Read everything in one statement: PostgreSQL may finish what the dead process sent while we look."""
    with database.reading() as connection:
        return connection.execute(text(EVERYTHING)).all()


EVERYTHING = """
    SELECT requests.*, grants.revision AS grants_revision,
        (SELECT count(*) FROM journal WHERE journal.subject = grants.id) AS entries,
        (SELECT count(*) FROM outbox WHERE outbox.subject = grants.id) AS lines
    FROM requests JOIN grants ON grants.id = requests.id
"""


def _told(row) -> int:
    """The revision of before, as the worker wrote it into the request's body."""
    reason = REQUESTS._decode(row.id, row.body).reason
    return int(reason) if reason.isdigit() else 0


def test_the_workers_rows_tell_how_often_they_were_written(database_url, database):
    """The test above would not notice a worker that writes nothing: it does write."""
    _record_until_killed(database_url, 0.5)

    assert max(row.revision for row in _rows(database)) > 2
