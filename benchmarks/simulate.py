"""
A simulation of past requests: `daypass rules simulate`, as a process of its own, over a large company's history.

    python benchmarks/simulate.py [--requests 100000] [--rules 1000]

1,000 rules with a condition in each, 10,000 people, 100,000 buckets; the requests are read from a file, line by line.
Prints how long it takes alone and beside other rules, how many requests a second that is, and the memory at its most
for a tenth of the requests and for all of them: it must not grow with the file. Exits 1 when all of them take more
than a minute.
"""

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.decide import GROUPS, MANY_BUCKETS, PEOPLE, PLACES, large

WANTED_S = 60.0


def past(requests: int, dice: random.Random, path: Path) -> Path:
    """Write so many requests of the past, one a line."""
    with path.open("w", encoding="utf-8") as file:
        for _ in range(requests):
            asked = {
                "person": f"U{dice.randrange(PEOPLE):05}",
                "s3": f"read {dice.choice(MANY_BUCKETS)}/{dice.choice(PLACES)}",
                "for": "2h",
                "reason": "INC-42",
                "slack_groups": dice.sample(GROUPS, 8),
                "at": "2026-05-04T10:00:00+02:00",
                "tags": {"team": "data"},
                "account": "111122223333",
                "live_grants": 1,
            }
            file.write(f"{json.dumps(asked)}\n")
    return path


def simulate(rules: Path, requests: Path, count: int, *more: str) -> tuple[float, float]:
    """Run the command; how many seconds it took, and how many MB it held at its most. Fails unless it tried all."""
    began = time.perf_counter()
    command = [sys.executable, "-m", "daypass", "rules", "simulate", str(rules), str(requests), *more]
    ran = subprocess.run(command, check=False, capture_output=True, text=True)
    took = time.perf_counter() - began
    if ran.returncode or f"{count} requests: " not in ran.stdout.replace(",", ""):
        raise SystemExit(f"{count} requests were to be tried: {ran.stdout[-500:]}{ran.stderr[-500:]}")
    return took, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def main() -> int:
    """Measure, print, and judge."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--rules", type=int, default=1000)
    said = parser.parse_args()
    dice = random.Random(1)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        rules, other = home / "rules.yaml", home / "other.yaml"
        rules.write_text(large(said.rules, dice), encoding="utf-8")
        other.write_text(large(said.rules, dice), encoding="utf-8")
        few = past(said.requests // 10, dice, home / "few.jsonl")
        every = past(said.requests, dice, home / "every.jsonl")
        _, small = simulate(rules, few, said.requests // 10)
        took, held = simulate(rules, every, said.requests)
        beside, _ = simulate(rules, every, said.requests, "--against", str(other))
    rate = said.requests / took
    print(
        f"{said.requests:,} requests over {said.rules:,} rules: {took:.1f} s ({rate:,.0f} a second); "
        f"wanted {WANTED_S:.0f} s"
    )
    print(f"beside {said.rules:,} other rules: {beside:.1f} s")
    print(f"memory: {small:.0f} MB for a tenth of them, {held:.0f} MB for all")
    return 0 if took < WANTED_S else 1


if __name__ == "__main__":
    sys.exit(main())
