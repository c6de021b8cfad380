"""No thread ends unseen, and a log that cannot be written stops nobody (F3)."""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from daypass.store import database as databases
from daypass.wiring.health import Writes
from daypass.wiring.log import Lines
from daypass.wiring.watch import FAILED, SECONDS, ThreadWatch

FAILING = """
import threading, time
import structlog
from prometheus_client import REGISTRY
from daypass.wiring.log import configure
from daypass.wiring.watch import ThreadWatch
configure("json")
def work():
    for number in range(100):
        structlog.get_logger().info("round", number=number)
    print(REGISTRY.get_sample_value("daypass_log_lines_dropped_total"), flush=True)
    raise OSError("and now it ends")
ThreadWatch(time.monotonic).thread("loop", work, threading.Event()).start()
time.sleep(300)
"""


def _counted() -> float:
    return REGISTRY.get_sample_value("daypass_log_lines_dropped_total") or 0.0


def _dropped(descriptor: int, lines: int) -> float:
    """Write so many lines of a thousand letters there; returns how many were dropped."""
    before = _counted()
    with os.fdopen(os.dup(descriptor), "w") as stream:
        log = Lines(stream)
        for _ in range(lines):
            log.write("x" * 999 + "\n")
    return _counted() - before


def test_a_process_whose_log_is_full_works_on_and_ends_when_its_thread_ends():
    """Every line fails with ENOSPC: the worker comes through; what ends it ends the process, for its supervisor."""
    with Path("/dev/full").open("wb") as full:
        ran = subprocess.run(
            [sys.executable, "-c", FAILING], stdout=subprocess.PIPE, stderr=full, text=True, timeout=240, check=False
        )

    assert (ran.stdout.strip(), ran.returncode) == ("100.0", FAILED)


def test_a_log_whose_reader_is_gone_costs_its_lines_alone():
    """Every write to the pipe fails with EPIPE; each line is counted, and nothing is raised."""
    reading, writing = os.pipe()
    os.close(reading)

    assert _dropped(writing, 30) == 30
    os.close(writing)


@pytest.mark.heavy
def test_a_log_that_nobody_reads_makes_nobody_wait_and_is_written_again_once_somebody_does():
    """What does not fit into the pipe is dropped at once; a reader who comes back finds the next line."""
    reading, writing = os.pipe()
    begun = time.monotonic()
    dropped = _dropped(writing, 3000)
    assert 2000 < dropped < 3000
    assert time.monotonic() - begun < 30
    os.read(reading, 1 << 20)

    assert _dropped(writing, 3) == 0
    os.close(reading)
    os.close(writing)


@pytest.mark.parametrize("error", [OSError("disk full"), SystemExit(), None])
def test_a_thread_that_ends_ends_the_process(error):
    """Whatever it ended by, with an exit code that a supervisor restarts by."""
    ended: list[int] = []

    def work() -> None:
        if error is not None:
            raise error

    thread = ThreadWatch(lambda: 0.0, end=ended.append).thread("loop", work, threading.Event())
    thread.start()
    thread.join()

    assert ended == [FAILED]


def test_a_thread_that_was_told_to_end_may():
    """An orderly end is none of the watch's business."""
    ended: list[int] = []
    stop = threading.Event()
    thread = ThreadWatch(lambda: 0.0, end=ended.append).thread("loop", stop.wait, stop)
    thread.start()
    stop.set()
    thread.join()

    assert ended == []


@pytest.mark.parametrize("name", sorted(SECONDS))
def test_a_thread_that_does_not_come_round_is_named(name):
    """It hangs: the process still answers, and says so in words, with the numbers."""
    passed = [0.0]
    watch = ThreadWatch(lambda: passed[0])
    watch.round(name)
    passed[0] = SECONDS[name]
    assert watch.faults() == {name: ""}
    passed[0] += 1

    assert "has not come round for" in watch.faults()[name]
    watch.round(name)
    assert watch.faults() == {name: ""}


def test_a_database_that_answers_and_takes_no_writes_is_named(tmp_path: Path):
    """Its folder has become read-only, as a full or failing disk makes it: reads still work."""
    url = f"sqlite:///{tmp_path / 'daypass.db'}"
    database = databases.open(url)
    database.migrate()
    assert Writes(database).fault() == ""
    database.close()
    refusing = databases.open(f"{url}?mode=ro&uri=true".replace("sqlite:///", "sqlite:///file:"))

    assert "takes no writes" in Writes(refusing).fault()
    refusing.close()
