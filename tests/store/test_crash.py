"""A process that is killed in the middle of recording leaves state, journal and outbox in step."""

import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from daypass.model.grant import Grant, GrantId
from daypass.model.request import Request
from tests.store.facts import HOLD, at

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("after_s", [0.05, 0.11, 0.23, 0.31])
def test_a_kill_leaves_state_and_journal_in_step(database_url, ledger, outbox, after_s):
    """SIGKILL anywhere: every row has exactly as many entries and lines as revisions, and its two rows agree."""
    _record_until_killed(database_url, after_s)

    grants, lines = ledger.grants(limit=1000), _lines(outbox)

    assert len(grants) == 8
    for grant in grants:
        revisions = _revisions(ledger.request(grant.id), grant)
        assert revisions == {len(ledger.story(grant.id))} == {lines[grant.id]}


def _record_until_killed(url: str, after_s: float) -> None:
    command = [sys.executable, "-m", "tests.store.workers", url]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(after_s)
        process.send_signal(signal.SIGKILL)


def _revisions(request: Request, grant: Grant) -> set[int]:
    """What the two rows say of how often they were written: by their revision and by their content."""
    told = int(request.reason) + 1 if request.reason.isdigit() else 1
    return {request.revision, grant.revision, told}


def _lines(outbox):
    """How many lines the outbox holds about each subject."""
    count: Counter[GrantId | None] = Counter()
    while notices := outbox.claim(now=at(0), hold=HOLD, limit=1000):
        for notice in notices:
            count[notice.event.subject] += 1
            outbox.sent(notice.id)
    return count
