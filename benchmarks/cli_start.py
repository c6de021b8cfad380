"""
How long the command line keeps people, and AWS SDKs, waiting before it does anything.

    python benchmarks/cli_start.py [--runs 21]

Prints the median and the slowest of fresh processes, each beside a bare `python -c pass` of the same run: the help of
everything, the help of one command, credentials that are kept (what an SDK runs through `credential_process` at each
of its starts), and a login that is missing. The kinds take turns, so that a busy moment falls on all of them. Exits 1
when `daypass --help` does not have its median under 200 ms.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

WANTED_MS = 200.0
GRANT = "abcdefgh2345"
ENTRY = ("-m", "daypass")
KINDS = {
    "python -c pass": (("-c", "pass"), 0, ""),
    "daypass --help": ((*ENTRY, "--help"), 0, "Usage: "),
    "daypass request --help": ((*ENTRY, "request", "--help"), 0, "Usage: "),
    "daypass credentials, kept": ((*ENTRY, "credentials", GRANT), 0, '"AccessKeyId"'),
    "daypass ls, not logged in": ((*ENTRY, "ls"), 1, "daypass login"),
}
"""What is run, how it exits, and what it says: a process that fails is quick."""


def main() -> int:
    """Measure, print, judge."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=21)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as home:
        environment = machine(Path(home))
        taken: dict[str, list[float]] = {kind: [] for kind in KINDS}
        for _ in range(runs):
            for kind, told in KINDS.items():
                taken[kind].append(start(*told, environment))
    return judge(taken)


def machine(home: Path) -> dict[str, str]:
    """Lay out a person's machine with the credentials of one grant kept on it."""
    file = home / "state/daypass/credentials" / f"{GRANT}.json"
    file.parent.mkdir(parents=True)
    ends = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    file.touch(mode=0o600)
    file.write_text(json.dumps({"Version": 1, "AccessKeyId": "A", "SecretAccessKey": "s", "Expiration": ends}))
    places = {"HOME": str(home), "XDG_STATE_HOME": str(home / "state"), "XDG_CONFIG_HOME": str(home / "config")}
    return {"PATH": os.environ["PATH"], **places}


def start(arguments: tuple[str, ...], code: int, said: str, environment: dict[str, str]) -> float:
    """Run one process to its end; milliseconds. Fails when it did not do what it is measured for."""
    began = time.perf_counter()
    command = [sys.executable, *arguments]
    ran = subprocess.run(command, env=environment, capture_output=True, check=False, text=True)
    took = (time.perf_counter() - began) * 1000
    if ran.returncode != code or said not in ran.stdout + ran.stderr:
        raise SystemExit(f"{' '.join(arguments)} exited {ran.returncode}: {ran.stdout[-500:]}{ran.stderr[-500:]}")
    return took


def judge(taken: dict[str, list[float]]) -> int:
    """Print each kind beside bare Python."""
    bare = statistics.median(taken["python -c pass"])
    for kind, times in taken.items():
        median = statistics.median(times)
        print(f"{kind:<28} median {median:6.1f} ms   slowest {max(times):6.1f} ms   {median / bare:4.1f} x python")
    median = statistics.median(taken["daypass --help"])
    print(f"wanted: daypass --help under {WANTED_MS:.0f} ms: {'yes' if median < WANTED_MS else 'NO'}")
    return 0 if median < WANTED_MS else 1


if __name__ == "__main__":
    sys.exit(main())
