"""
What people and chores cost after years: each look, verb and chore beside ever more ended grants, on both databases.

    PYTHONPATH=. python benchmarks/years.py [--ended 10000 100000] [--runs 5] [--only sqlite|postgresql]

The history (tests/years.py) is written in bulk: rows sealed by the store's own codecs, a journal bound and folded as
ever. What is done then (tests/everyday.py) goes through the product's own verbs and its own list of chores. Printed
are, at each size, the statements, the least time of this process's processor and by the clock, and the most memory.
PostgreSQL runs with its durability off, as in the tests.

This fails where anything takes more statements than beside the fewest ended grants, and exits 1 where it takes half as
much again of the processor and two milliseconds more. What PostgreSQL itself does is not in that: of it,
tests/store/test_plans.py counts the rows that it looks at. Proofs are printed and not judged, as they grow by a little
with each doubling of the journal.
"""

import argparse
import logging
import tempfile
import tracemalloc
from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter, process_time
from typing import NamedTuple

import structlog

from tests.counting import counting
from tests.everyday import PROOFS, actions, settled
from tests.servers.postgres import Postgres

LIVE = 20
SLACK_S, MOST = 0.002, 1.5


class Cost(NamedTuple):
    """What something took."""

    statements: int
    processor_s: float
    clock_s: float
    memory_mb: float


def measure(kind: str, url: str, ended: int, runs: int) -> dict[str, Cost]:
    """Make a house with so much history, do each thing some times, and print what it took."""
    began = perf_counter()
    with tempfile.TemporaryDirectory() as folder, counting(steps=False) as counted:
        walk = settled(url, ended, lives=LIVE + 2 * runs)
        report(f"{kind}: write {ended:,} ended grants", perf_counter() - began, "s")
        found = {}
        for name, action in actions(walk, Path(folder)).items():
            action()  # what was written before this measurement is worked off here
            counted.said = []
            action()
            found[name] = cost(len(counted.said), action, runs)
            print_cost(f"{kind}: {name}, {ended:,} ended", found[name])
        walk.end()
    return found


def cost(statements: int, action: Callable[[], object], runs: int) -> Cost:
    """The least time of some runs, and the most memory of one more."""
    clocks, processors = [], []
    for _ in range(runs):
        clock, processor = perf_counter(), process_time()
        action()
        clocks.append(perf_counter() - clock)
        processors.append(process_time() - processor)
    tracemalloc.start()
    action()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return Cost(statements, min(processors), min(clocks), peak / 1_000_000)


def print_cost(name: str, cost: Cost) -> None:
    """Print the figures of one thing."""
    report(f"{name}, statements", cost.statements, "")
    report(f"{name}, processor", 1000 * cost.processor_s, "ms")
    report(f"{name}, clock", 1000 * cost.clock_s, "ms")
    report(f"{name}, memory", cost.memory_mb, "MB")


def report(name: str, measured: float, unit: str) -> None:
    """Print one figure."""
    print(f"years: {name:<78} {measured:>10,.2f} {unit:<4} wanted: as at the fewest", flush=True)


def grown(least: dict[str, Cost], most: dict[str, Cost]) -> list[str]:
    """What takes longer beside many ended grants than beside the fewest. Raises SystemExit for more statements."""
    more = [name for name, one in least.items() if most[name].statements > one.statements and name not in PROOFS]
    if more:
        raise SystemExit(f"these take more statements the more grants have ended: {', '.join(more)}")
    return [name for name, one in least.items() if name not in PROOFS and _slower(one, most[name])]


def _slower(before: Cost, after: Cost) -> bool:
    """By the processor: a clock is slowed down by whatever else this machine does."""
    return after.processor_s > MOST * before.processor_s + SLACK_S


def compare(kind: str, make_url: Callable[[int], str], sizes: Sequence[int], runs: int) -> list[str]:
    """Measure one database at every size."""
    costs = [measure(kind, make_url(ended), ended, runs) for ended in sorted(sizes)]
    return [f"{kind}: {name}" for later in costs[1:] for name in grown(costs[0], later)]


def main() -> int:
    """Measure both databases."""
    words = argparse.ArgumentParser()
    words.add_argument("--ended", type=int, nargs="+", default=[10_000, 100_000])
    words.add_argument("--runs", type=int, default=5)
    words.add_argument("--only", choices=["sqlite", "postgresql"])
    given = words.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    slower = []
    if given.only != "postgresql":
        with tempfile.TemporaryDirectory() as folder:
            slower += compare("sqlite", lambda ended: f"sqlite:///{folder}/{ended}.db", given.ended, given.runs)
    if given.only != "sqlite":
        postgres = Postgres()
        postgres.start()
        try:
            slower += compare("postgresql", lambda _: postgres.fresh_database(), given.ended, given.runs)
        finally:
            postgres.close()
    if slower:
        print(f"years: these take longer the more grants have ended: {', '.join(dict.fromkeys(slower))}")
    return 1 if slower else 0


if __name__ == "__main__":
    raise SystemExit(main())
