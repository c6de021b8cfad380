"""
The store with 1,000,000 grants waiting, on SQLite and PostgreSQL. Prints one line a figure: name, measured, wanted.

    PYTHONPATH=. python benchmarks/store.py [--waiting 1000000] [--facts 10000] [--starts 3] [--only sqlite|postgresql]

Start-up and memory are those of a process of its own, from its start to its first claim and fold; a process that only
imports the same stands beside it. Facts are recorded by one thread in batches, as the loop does. PostgreSQL runs with
its durability off, as in the tests, so that its figures are those of the code and not of this disk.

Beside the time by the clock stands, for what the loop and the doors do most, this process's own processor time: that is
what to compare on a machine which has other work. What is wanted of the clock is meant for a quiet machine of two
cores, and is printed only. This fails when the work was not done, and when a worker takes more memory than is wanted.
"""

import argparse
import re
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter, process_time
from typing import NamedTuple

from sqlalchemy import insert, literal, select, text

from daypass.model.entitlement import Entitlement
from daypass.model.event import EntryKind, Event
from daypass.model.fact import Fact
from daypass.model.grant import Delivery, Ending, Grant, GrantId, GrantState, Why, new_grant_id
from daypass.model.lease import Lease, Term
from daypass.model.principal import DAYPASS, AwsIdentity, PrincipalId
from daypass.ports import Claim
from daypass.resources.registry import parse_resource
from daypass.resources.s3_statements import Level
from daypass.store import database as databases
from daypass.store.codec import GRANTS
from daypass.store.database import Database
from daypass.store.journal import SqlBook
from daypass.store.ledger import SqlLedger
from daypass.store.outbox import SqlOutbox
from daypass.store.queue import SqlQueue
from daypass.store.tables import changes, grants
from tests.heads import HandHead
from tests.keys import SIGNER
from tests.servers.postgres import Postgres

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOLD = timedelta(hours=1)
STARTUP_S, MEMORY_MB, FACTS_A_SECOND = 2.0, 150, 2000


class Took(NamedTuple):
    """Seconds that some work took, by the clock and of this process's processor time."""

    clock: float
    processor: float


def report(name: str, measured: float, unit: str, *, wanted: str = "-") -> None:
    """Print one figure."""
    print(f"store: {name:<60} {measured:>12,.1f} {unit:<9} wanted: {wanted}", flush=True)


def report_rate(name: str, took: Took, count: int, unit: str, *, wanted: str = "-") -> None:
    """Print how many of something were done in a second, and the processor time of one."""
    report(name, count / took.clock, f"{unit}/s", wanted=wanted)
    report(f"{name}, processor", 1_000_000 * took.processor / count, "us")


def a_grant(approved_at: datetime) -> Grant:
    """Make a grant as they are: a policy for a prefix."""
    return Grant(
        id=new_grant_id(),
        principal=PrincipalId("U0ANN"),
        entitlement=Entitlement(resource=parse_resource("acme-reports/2026/"), levels=frozenset({Level.READ})),
        delivery=Delivery.POLICY,
        term=Term(length=timedelta(hours=2)),
        approved_at=approved_at,
        aws=AwsIdentity(arn="arn:aws:iam::123456789012:user/ann"),
    )


def fact(grant: Grant, kind: EntryKind) -> Fact:
    """Make what the loop records of a grant."""
    details = {"starts": NOON.isoformat(), "ends": NOON.isoformat(), "why": "expired"}
    return Fact(event=Event(kind=kind, at=NOON, actor=DAYPASS, subject=grant.id, details=details), changes=(grant,))


def took(work: Callable[[], object]) -> Took:
    """Both times of one run."""
    clock, processor = perf_counter(), process_time()
    work()
    return Took(perf_counter() - clock, process_time() - processor)


def timed(work: Callable[[], object]) -> float:
    """Seconds of one run, by the clock."""
    return took(work).clock


def fill(database: Database, count: int) -> None:
    """Let `count` grants wait, due from a year ahead on, each sealed and told of as if it had been recorded."""
    grant, columns = a_grant(NOON + timedelta(days=365)), grants.c
    with database.writing() as connection:
        for start in range(0, count, 10_000):
            rows = [
                GRANTS.write(replace(grant, id=GrantId(f"w{number}")), database.sealer)
                | {"due": (due := grant.approved_at + timedelta(seconds=number)), "overdue_since": due}
                for number in range(start, min(start + 10_000, count))
            ]
            connection.execute(insert(grants), rows)
        told = select(literal(f"{grants.name}/").concat(columns.id), columns.revision)
        connection.execute(insert(changes).from_select(["name", "revision"], told))
        connection.execute(text("ANALYZE grants"))


def measure(kind: str, url: str, waiting: int, facts: int, starts: int) -> None:
    """Print every figure of one database."""
    database = databases.open(url, SIGNER)
    report(f"{kind}: migrate an empty database", 1000 * timed(database.migrate), "ms")
    book = SqlBook(database, HandHead())
    book.fold()
    report(f"{kind}: seal {waiting:,} grants and let them wait", timed(lambda: fill(database, waiting)), "s")
    start_up(kind, url, starts)
    grants = [a_grant(NOON) for _ in range(facts)]
    recorded(f"{kind}: record_each, new grants", database, grants, 64)
    claimed(kind, database, facts, 64)
    grants = [replace(grant, revision=1).leased(Lease(starts=NOON, ends=NOON + HOLD)).activated() for grant in grants]
    recorded(f"{kind}: record_each, activations", database, grants, 256)
    ends = Ending(why=Why.EXPIRED, by=DAYPASS, at=NOON)
    grants = [replace(grant, revision=2).ending_now(ends).ended(NOON) for grant in grants]
    recorded(f"{kind}: record_each, endings", database, grants, 64)
    single(kind, database)
    told(kind, database)
    folded(kind, book)
    database.close()


def recorded(name: str, database: Database, grants: Sequence[Grant], batch: int) -> None:
    """Record one fact a grant, in batches."""
    ledger = SqlLedger(database)
    batches = [
        [fact(one, EntryKind.GRANT_ACTIVATED) for one in grants[at : at + batch]] for at in range(0, len(grants), batch)
    ]
    lost = list[Fact]()
    spent = took(lambda: [lost.extend(ledger.record_each(some)) for some in batches])
    if lost:
        raise SystemExit(f"{name}: {len(lost)} of {len(grants)} facts were left out")
    report_rate(f"{name}, {batch} at once", spent, len(grants), "facts", wanted=f"at least {FACTS_A_SECOND:,}")


def claimed(kind: str, database: Database, due: int, batch: int) -> None:
    """Claim all that is due, and then once more for nothing."""
    queue = SqlQueue(database)

    def claim() -> list[Claim]:
        return queue.claim(now=NOON, hold=HOLD, limit=batch)

    had = list[Claim]()

    def claim_all() -> None:
        while some := claim():
            had.extend(some)

    spent = took(claim_all)
    if len({one.grant.id for one in had}) != due or len(had) != due:
        raise SystemExit(f"{due} grants were due, and {len(had)} were claimed")
    report_rate(f"{kind}: claim, {batch} at once, the rest waiting", spent, due, "grants")
    report(f"{kind}: claim when nothing is due", 1000 * timed(lambda: [claim() for _ in range(100)]) / 100, "ms")


def single(kind: str, database: Database) -> None:
    """Record, read and list as the doors do, one at a time."""
    ledger, grants = SqlLedger(database), [a_grant(NOON) for _ in range(300)]
    facts = [fact(one, EntryKind.REQUEST_APPROVED) for one in grants]
    spent = took(lambda: [ledger.record(one) for one in facts])
    report_rate(f"{kind}: record, one fact a commit", spent, len(grants), "commits")
    seconds = timed(lambda: [ledger.grant(one.id) for one in grants])
    report(f"{kind}: read one grant", 1000 * seconds / len(grants), "ms")
    live = (GrantState.APPROVED, GrantState.ACTIVE, GrantState.ENDING)
    ids = [one.id for one in grants[:100]]
    if len(ledger.grants(ids=ids)) != len(ids):
        raise SystemExit("a sealed grant was refused")
    seconds = timed(lambda: [ledger.grants(ids=ids) for _ in range(20)])
    report(f"{kind}: read 100 grants by their ids", 1000 * seconds / 20, "ms")
    seconds = timed(
        lambda: [ledger.page_of_grants(principal=grants[0].principal, states=live, skip=0, size=100) for _ in range(20)]
    )
    report(f"{kind}: a page of a person's live grants, and how many there are", 1000 * seconds / 20, "ms")
    seconds = timed(lambda: [SqlQueue(database).troubled(overdue_before=NOON) for _ in range(20)])
    report(f"{kind}: ask for what is stuck", 1000 * seconds / 20, "ms")


def told(kind: str, database: Database) -> None:
    """Claim from an outbox that Slack has not emptied for long, and cross out."""
    outbox = SqlOutbox(database)
    notices = outbox.claim(now=NOON, hold=HOLD, limit=64)
    if len(notices) != 64:
        raise SystemExit(f"64 lines were to be claimed, and {len(notices)} were")
    seconds = timed(lambda: [outbox.claim(now=NOON, hold=HOLD, limit=64) for _ in range(10)])
    report(f"{kind}: claim 64 of some 30,000 outbox lines", 1000 * seconds / 10, "ms")
    begun = perf_counter()
    for notice in notices:
        outbox.sent(notice.id)
    report(f"{kind}: cross out a line", 1000 * (perf_counter() - begun) / len(notices), "ms")


def folded(kind: str, book: SqlBook) -> None:
    """Fold the whole journal, write it out and prove one entry of it."""
    entries = book.waiting()

    def fold() -> None:
        while book.fold():
            pass

    report(f"{kind}: fold {entries:,} entries", entries / timed(fold), "entries/s")
    if (book.waiting(), book.checkpoint().size) != (0, entries):
        raise SystemExit(f"{entries} entries waited, and the tree has {book.checkpoint().size}")
    report(f"{kind}: export", entries / timed(lambda: sum(map(len, book.export()))), "entries/s")
    report(f"{kind}: prove one entry", 1000 * timed(lambda: book.inclusion(entries // 3)), "ms")


def start_up(kind: str, url: str, starts: int) -> None:
    """Start a worker's store in a process of its own, and measure it from outside and inside."""
    seconds, memory = started("", starts)
    report(f"{kind}: worker, the same imports alone", seconds, "s")
    report(f"{kind}: memory, the same imports alone", memory, "MB")
    seconds, memory = started(url, starts)
    report(f"{kind}: worker, start-up", seconds, "s", wanted=f"at most {STARTUP_S:g}")
    report(f"{kind}: memory, after start-up", memory, "MB", wanted=f"at most {MEMORY_MB}")
    if memory > MEMORY_MB:  # whatever else the machine does
        raise SystemExit(f"{kind}: a worker took {memory:.0f} MB, and at most {MEMORY_MB} are wanted")


def started(url: str, starts: int) -> tuple[float, float]:
    """Seconds that the quickest of so many processes took, and MB that the last had at most."""
    seconds, memory = [], ""
    for _ in range(starts):
        begun = perf_counter()
        command = [sys.executable, __file__, "--as-worker", url]
        memory = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        seconds.append(perf_counter() - begun)
    return min(seconds), float(memory)


def worker(url: str) -> None:
    """
    Do what a worker does when it starts; print the most memory it took, in MB.

    Linux hands `ru_maxrss` on from the parent, so that its own record of this process is read where there is one.
    """
    if url:
        database = databases.open(url, SIGNER)
        database.migrate()
        database.check()
        queue, book = SqlQueue(database), SqlBook(database)
        queue.claim(now=NOON - HOLD, hold=HOLD, limit=64)
        queue.troubled(overdue_before=NOON - HOLD)
        SqlOutbox(database).claim(now=NOON - HOLD, hold=HOLD, limit=64)
        book.check()
        database.close()
    peak = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    print(int(peak[1]) / 1024 if peak else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def main() -> None:
    """Measure both databases."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--waiting", type=int, default=1_000_000)
    parser.add_argument("--facts", type=int, default=10_000)
    parser.add_argument("--starts", type=int, default=3)
    parser.add_argument("--only", choices=["sqlite", "postgresql"])
    parser.add_argument("--as-worker", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.as_worker is not None:
        worker(chosen.as_worker)
        return
    if chosen.only != "postgresql":
        with tempfile.TemporaryDirectory() as folder:
            measure("sqlite", f"sqlite:///{Path(folder, 'daypass.db')}", chosen.waiting, chosen.facts, chosen.starts)
    if chosen.only != "sqlite":
        server = Postgres()
        try:
            server.start()
            measure("postgresql", server.fresh_database(), chosen.waiting, chosen.facts, chosen.starts)
        finally:
            server.close()


if __name__ == "__main__":
    main()
