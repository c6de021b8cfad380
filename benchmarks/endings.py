"""
Ten thousand grants that end within one second, cleaned up by the loop: one line a figure, name, measured, wanted.

    PYTHONPATH=. python benchmarks/endings.py [--grants 10000] [--in-flight 64] [--only sqlite|postgresql]

AWS is a wait of 20 ms a call here, so the floor is grants x 20 ms / in flight. Lateness is from a lease's own end to
the commit that closes its grant. That the access itself is over at the second, whatever this loop does, is AWS's work,
and shown by tests/e2e. PostgreSQL runs with its durability off, as in the tests. What is wanted is meant for a quiet
machine of two cores, and is printed only; this fails when a grant was not closed.
"""

import argparse
import logging
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog

from daypass.model.entitlement import Entitlement
from daypass.model.event import EntryKind, Event
from daypass.model.fact import Fact
from daypass.model.grant import Delivery, Grant, GrantState, Presence, new_grant_id
from daypass.model.lease import Lease, Term, whole_second
from daypass.model.principal import DAYPASS, AwsIdentity, PrincipalId
from daypass.reconcile.loop import Loop
from daypass.resources.registry import parse_resource
from daypass.resources.s3_statements import Level
from daypass.store import database as databases
from daypass.store.ledger import SqlLedger
from daypass.store.queue import SqlQueue
from tests.keys import SIGNER
from tests.servers.postgres import Postgres

CALL_S = 0.020
P99_S = 4.0


@dataclass
class SlowAws:
    """AWS as a wait: every call takes 20 ms and succeeds."""

    promise: str = ""

    def rehearse(self, _draft):
        """Nothing is asked for here."""
        raise NotImplementedError

    def provision(self, _grant):
        """Take a while."""
        time.sleep(CALL_S)

    def revoke(self, _grant, _now):
        """Take a while; then it is gone."""
        time.sleep(CALL_S)
        return Presence.ABSENT

    def observe(self, _grant, _now):
        """Take a while."""
        time.sleep(CALL_S)
        return Presence.PRESENT


@dataclass
class Timed:
    """The real ledger, and how late each ending was committed."""

    ledger: SqlLedger
    late: list[float] = field(default_factory=list)

    def record(self, *facts: Fact) -> None:
        """Pass on."""
        self.ledger.record(*facts)

    def record_each(self, facts: Sequence[Fact]) -> list[Fact]:
        """Pass on, then look at the clock."""
        lost = self.ledger.record_each(facts)
        now = datetime.now(UTC)
        for fact in facts:
            for grant in fact.changes:
                if isinstance(grant, Grant) and grant.state is GrantState.ENDED and grant.lease:
                    self.late.append((now - grant.lease.ends).total_seconds())
        return lost

    def grant(self, grant_id):
        """Pass on."""
        return self.ledger.grant(grant_id)


def active(count: int, ends: datetime) -> list[Grant]:
    """Grants whose person was warned and whose time is over at a moment."""
    place = Entitlement(resource=parse_resource("acme-reports/2026/"), levels=frozenset({Level.READ}))
    lease = Lease(starts=ends - timedelta(hours=1), ends=ends)
    one = Grant(
        id=new_grant_id(),
        principal=PrincipalId("U0ANN"),
        entitlement=place,
        delivery=Delivery.POLICY,
        term=Term(length=timedelta(hours=1)),
        approved_at=lease.starts,
        aws=AwsIdentity(arn="arn:aws:iam::123456789012:user/ann"),
    )
    live = replace(one.leased(lease).activated(), warned=True)
    return [replace(live, id=new_grant_id()) for _ in range(count)]


def measure(kind: str, url: str, count: int, in_flight: int) -> None:
    """Let them end, and print how late each was closed."""
    database = databases.open(url, SIGNER)
    database.migrate()
    ledger = Timed(SqlLedger(database))
    ends = whole_second(datetime.now(UTC)) + timedelta(seconds=3 + count // 800)
    grants = active(count // 2, ends) + active(count - count // 2, ends + timedelta(seconds=1))
    for at in range(0, count, 500):
        ledger.ledger.record_each([_fact(grant) for grant in grants[at : at + 500]])
    ready = (ends - datetime.now(UTC)).total_seconds()
    if ready < 0:
        raise SystemExit(f"{kind}: writing the grants took longer than they live; this machine is too busy")
    loop = Loop(
        ledger=ledger,
        queue=SqlQueue(database),
        provisioners={Delivery.POLICY: SlowAws()},
        clock=lambda: datetime.now(UTC),
        in_flight=in_flight,
    )
    run(loop, lambda: len(ledger.late) >= count, within_s=ready + 120)
    database.close()
    if len(ledger.late) != count:
        raise SystemExit(f"{kind}: {count} grants ended, and {len(ledger.late)} were closed")
    late = sorted(ledger.late)
    floor = count * CALL_S / in_flight
    report(f"{kind}: lateness p50", late[count // 2])
    report(f"{kind}: lateness p99", late[count * 99 // 100], wanted=f"at most {P99_S:g}")
    report(f"{kind}: lateness max", late[-1])
    report(f"{kind}: ratio of the last one to the floor of {floor:.1f} s", (late[-1] + 1) / floor)


def run(loop: Loop, done: Callable[[], bool], *, within_s: float) -> None:
    """Let the loop work until it is done, or the time is over."""
    stop = threading.Event()
    thread = threading.Thread(target=loop.run, args=(stop,))
    thread.start()
    deadline = time.monotonic() + within_s
    while not done() and time.monotonic() < deadline:
        time.sleep(0.05)
    stop.set()
    thread.join()


def report(name: str, measured: float, *, wanted: str = "-") -> None:
    """Print one figure."""
    print(f"endings: {name:<60} {measured:>8.2f}  wanted: {wanted}", flush=True)


def _fact(grant: Grant) -> Fact:
    event = Event(kind=EntryKind.GRANT_ACTIVATED, at=datetime.now(UTC), actor=DAYPASS, subject=grant.id)
    return Fact(event=event, changes=(grant,), told=False)


def main() -> None:
    """Measure both databases."""
    words = argparse.ArgumentParser()
    words.add_argument("--grants", type=int, default=10_000)
    words.add_argument("--in-flight", type=int, default=64)
    words.add_argument("--only", choices=["sqlite", "postgresql"])
    given = words.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    if given.only != "postgresql":
        with tempfile.TemporaryDirectory() as directory:
            measure("sqlite", f"sqlite:///{Path(directory) / 'daypass.db'}", given.grants, given.in_flight)
    if given.only == "sqlite":
        return
    postgres = Postgres()
    postgres.start()
    try:
        measure("postgresql", postgres.fresh_database(), given.grants, given.in_flight)
    finally:
        postgres.close()


if __name__ == "__main__":
    main()
