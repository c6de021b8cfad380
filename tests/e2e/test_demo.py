"""`daypass demo` as a newcomer runs it: it plays, it comes up, it ends, and it leaves nothing behind."""

import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.e2e.house import wait_for
from tests.e2e.service import PROGRAM

_UP_WITHIN_S = 60
_DOWN_WITHIN_S = 10


@contextmanager
def demo(directory: Path, aws_cli: Path, *words: str) -> Iterator["subprocess.Popen[str]"]:
    """Run it with this directory for everything temporary."""
    environment = {
        "PATH": f"{aws_cli.parent}:{os.environ['PATH']}",
        "HOME": str(directory),
        "TMPDIR": str(directory),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    with (
        (directory / "said").open("w") as said,
        subprocess.Popen([PROGRAM, "demo", *words], env=environment, stdout=said, stderr=said, text=True) as process,
    ):
        try:
            yield process
        finally:
            process.kill()


def said(directory: Path) -> str:
    """What it has printed until now."""
    return (directory / "said").read_text()


def left_behind(directory: Path) -> list[str]:
    """Directories it made, and processes that know of one; those of this test do not."""
    processes = [path.parent.name for path in Path("/proc").glob("[0-9]*/environ") if _mentions(path, directory)]
    return processes + [path.name for path in directory.glob("daypass-demo-*")]


def _mentions(environ: Path, directory: Path) -> bool:
    try:
        return str(directory).encode() in environ.read_bytes()
    except OSError:
        return False  # it ended while it was looked at


def test_demo_plays(tmp_path: Path, aws_cli: Path):
    """The whole story by itself: every claim holds, and nothing is left."""
    with demo(tmp_path, aws_cli, "--play") as process:
        code = process.wait(timeout=180)

    assert code == 0, said(tmp_path)
    assert re.search(r"All \d+ claims held\.", said(tmp_path))
    assert left_behind(tmp_path) == []


@pytest.mark.long
def test_demo_comes_up_and_ends_on_ctrl_c(tmp_path: Path, aws_cli: Path):
    """Within a minute it prints its address; on Ctrl-C it ends in order, and nothing is left."""
    with demo(tmp_path, aws_cli) as process:
        wait_for(lambda: "http://localhost:" in said(tmp_path), within_s=_UP_WITHIN_S)
        running = left_behind(tmp_path)
        process.send_signal(signal.SIGINT)
        began = time.monotonic()
        code = process.wait(timeout=60)
        took = time.monotonic() - began

    assert len(running) >= 3, "the demo, its AWS and its Daypass were seen running"
    assert code == 0, said(tmp_path)
    assert [line.split()[1] for line in said(tmp_path).splitlines() if line.startswith("demo: ")] == [
        *("reading", "starting", "making", "starting", "starting")
    ]
    assert took < _DOWN_WITHIN_S
    assert left_behind(tmp_path) == []
