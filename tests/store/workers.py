"""What other processes do to a database in the tests: each function runs in a process of its own."""

import sys
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from daypass.model.grant import GrantId
from daypass.model.principal import PrincipalId
from daypass.store import database as databases
from daypass.store.head_file import HeadFile
from daypass.store.journal import SqlBook
from daypass.store.ledger import SqlLedger
from daypass.store.queue import SqlQueue
from tests import makers
from tests.keys import SIGNER
from tests.makers import ANN
from tests.store.facts import a_grant, a_request, fact


def migrate(url: str) -> None:
    """Open the database, as a process that starts does."""
    database = databases.open(url, SIGNER)
    database.migrate()
    database.check()
    database.close()


def claim_all(url: str, now: datetime, limit: int) -> list[GrantId]:
    """Claim until nothing is due; returns what was had."""
    database = databases.open(url, SIGNER)
    queue, had = SqlQueue(database), []
    while batch := queue.claim(now=now, hold=timedelta(hours=1), limit=limit):
        had += [claim.grant.id for claim in batch]
    database.close()
    return had


def record_for_ever(url: str) -> None:
    """Record facts of two rows each, one after the other and many at once, until killed. Says when it has begun."""
    ledger = SqlLedger(databases.open(url, SIGNER))
    rows = [(a_request(), a_grant()) for _ in range(8)]
    ledger.record(*(fact(request, replace(grant, id=request.id)) for request, grant in rows))
    print("recording", flush=True)  # noqa: T201 - what the test waits for
    revision = 1
    while True:
        changed = [
            fact(
                makers.changed(request, revision=revision, reason=str(revision)),
                replace(grant, id=request.id, revision=revision, principal=PrincipalId(f"{ANN}{revision}")),
            )
            for request, grant in rows
        ]
        ledger.record(*changed[:4])
        assert ledger.record_each(changed[4:]) == []
        revision += 1


def fold_all(url: str, head: Path, size: int, ready: Path) -> tuple[int, tuple[str, ...]]:
    """Fold, an entry a time, until the journal has so many; returns how often we did, and what was found wrong."""
    database = databases.open(url, SIGNER)
    book, done = SqlBook(database, HeadFile(head)), 0
    ready.touch()
    while book.checkpoint().size < size and not book.faults():
        done += book.fold(1)
    database.close()
    return done, book.faults()


if __name__ == "__main__":
    record_for_ever(sys.argv[1])
