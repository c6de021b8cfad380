"""Every benchmark runs, with tiny sizes and the same code, so that one which measures nothing any more is seen."""

import runpy
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

BENCHMARKS = Path("benchmarks")
TINY = {
    "cli_start": "--runs 1",
    "decide": "--rules 40 --asks 400",
    "endings": "--grants 20 --only sqlite",
    "journal": "--entries 600",
    "presign": "--objects 500",
    "simulate": "--requests 100 --rules 20",
    "slack_ack": "--warm 1 --commands 2 --rounds 1 --at-once 5 --cold 0",
    "years": "--ended 50 300 --runs 1 --only sqlite",
    "store": "--waiting 200 --facts 200 --starts 1 --only sqlite",
}


def ended_with(program: Path) -> object:
    """Run a program in this process; what it ends with."""
    try:
        runpy.run_path(str(program), run_name="__main__")
    except SystemExit as end:
        return end.code
    return None


@pytest.fixture
def configured() -> Iterator[None]:
    """What a program says of the log holds for as long as it runs."""
    before = structlog.get_config()
    yield
    structlog.configure(**before)


def test_every_benchmark_is_here():
    """Each program in the folder has its tiny sizes."""
    assert TINY.keys() == {one.stem for one in BENCHMARKS.glob("[!_]*.py")}


@pytest.mark.usefixtures("configured")
@pytest.mark.parametrize("name", sorted(TINY))
def test_a_benchmark_does_its_work(name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """It ends with a sentence where its work was not done; 1 alone says that a figure is not as wanted."""
    monkeypatch.setattr(sys, "argv", [name, *TINY[name].split()])
    monkeypatch.setenv("PYTHONPATH", ".")

    assert ended_with(BENCHMARKS / f"{name}.py") in {None, 0, 1}
    assert len(capsys.readouterr().out.splitlines()) > 2
