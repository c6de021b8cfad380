"""
Run this checkout's benchmarks beside those of another checkout, in turns, and print how their figures compare.

    make bench BASE=v0.1.0               a revision of this repository, put into a folder of its own
    make bench BASE=../other-checkout    another checkout, whose .venv is used where it has one

Each program runs in both, one after the other, five times; which of the two begins changes with each round. Of every
figure that both print this prints the median of each, their ratio, and the spread of each: (most - least) / median. A
ratio above 1 says that this checkout has more of it: good for `facts/s`, bad for `ms`. A ratio that the spread may
explain is marked. A program that fails in either checkout ends the comparison: a benchmark asserts that its work was
done.
"""

import argparse
import os
import re
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).resolve().parents[1]
PROGRAMS = ("store", "endings", "journal")
_FIGURE = re.compile(r"^(?P<name>\S.*?)\s+(?P<value>-?[\d,]+(?:\.\d+)?)\s*(?P<unit>\S+(?: as \S+)?)?\s+wanted:.*$")
Figures = dict[tuple[str, str], list[float]]


def main() -> int:
    """Compare."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("base", help="a folder with a checkout, or a revision of this repository")
    words.add_argument("--runs", type=int, default=5)
    words.add_argument("--programs", nargs="+", default=PROGRAMS)
    words.add_argument("--store", default="--waiting 100000", help="what store.py is told")
    words.add_argument("--endings", default="", help="what endings.py is told")
    given = words.parse_args()
    with _checkout(given.base) as base:
        for name in given.programs:
            told = (getattr(given, name, "") or "").split()
            ours, theirs = _in_turns(name, told, base, given.runs)
            _compare(name, ours, theirs, given.runs)
    return 0


@contextmanager
def _checkout(base: str) -> Iterator[Path]:
    """The other checkout: a folder as it is, a revision in a worktree for as long as this lasts."""
    if (Path(base) / "benchmarks").is_dir():
        yield Path(base).resolve()
        return
    with tempfile.TemporaryDirectory(prefix="daypass-bench-") as folder:
        made = Path(folder) / "base"
        git = ["git", "-C", str(HERE), "worktree"]
        subprocess.run([*git, "add", "--quiet", "--detach", str(made), base], check=True)
        try:
            yield made
        finally:
            subprocess.run([*git, "remove", "--force", str(made)], check=True)


def _in_turns(name: str, told: list[str], base: Path, runs: int) -> tuple[Figures, Figures]:
    ours: Figures = defaultdict(list)
    theirs: Figures = defaultdict(list)
    for turn in range(runs):
        pair = [(HERE, ours), (base, theirs)]
        for root, figures in pair if turn % 2 == 0 else reversed(pair):
            for key, value in _run(root, name, told):
                figures[key].append(value)
        print(f"{name}: {turn + 1} of {runs} rounds", file=sys.stderr, flush=True)
    return ours, theirs


def _run(root: Path, name: str, told: list[str]) -> Iterator[tuple[tuple[str, str], float]]:
    """One run; ends everything unless the program says of itself that its work was done."""
    python = root / ".venv/bin/python"
    environment = os.environ | {"PYTHONPATH": f"{root / 'src'}:{root}"}
    ran = subprocess.run(
        [str(python if python.exists() else sys.executable), f"benchmarks/{name}.py", *told],
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    found = [match for line in ran.stdout.splitlines() if (match := _FIGURE.match(line))]
    # 1 without a word says that a figure is not as wanted, which on a machine of another speed is no failure.
    if not found or ran.returncode not in {0, 1} or (ran.returncode and ran.stderr.strip()):
        raise SystemExit(f"{name} failed in {root.name}:\n{ran.stdout[-2000:]}{ran.stderr[-4000:]}")
    for match in found:
        yield (match["name"], match["unit"] or ""), float(match["value"].replace(",", ""))


def _compare(program: str, ours: Figures, theirs: Figures, runs: int) -> None:
    both = [key for key in ours if len(ours[key]) == len(theirs.get(key, ())) == runs]
    if not both:
        raise SystemExit(f"{program}: the two checkouts print no figure alike")
    print(f"{'figure':<66} {'unit':<12} {'base':>12} {'here':>12} {'ratio':>7} {'spread':>15}")
    for name, unit in both:
        here, base = ours[name, unit], theirs[name, unit]
        middle, other = statistics.median(here), statistics.median(base)
        ratio = middle / other if other else float("nan")
        spreads = [_spread(base), _spread(here)]
        said = "" if abs(ratio - 1) > max(spreads) else "  within the spread"
        print(
            f"{name:<66} {unit:<12} {other:>12,.2f} {middle:>12,.2f} {ratio:>7.2f}"
            f" {spreads[0]:>6.0%} | {spreads[1]:<6.0%}{said}"
        )
    for key in sorted({*ours, *theirs} - set(both)):
        print(f"only one of the two prints: {key[0]}")


def _spread(values: list[float]) -> float:
    middle = statistics.median(values)
    return (max(values) - min(values)) / middle if middle else 0.0


if __name__ == "__main__":
    raise SystemExit(main())
