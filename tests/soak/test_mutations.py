"""
One thing wrong in the core, and some test must see it: as many wrong things, drawn by the seed, as there is time for.

Each mutant goes into a copy of the source, and the quick tests of its room run against that copy. A mutant that no test
sees is told at the end, for people to look at: some are no fault at all. That more than half of them live is a failure:
where one in ten does, three of eight that were drawn do so in every twenty-fifth run.
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from tests.house.sources import ROOT
from tests.soak.mutants import Mutant, mutants

BUDGET_S = 40
"""For each room."""
LEAST = 8
"""However long they take."""
SURVIVORS = 1 / 2

ROOMS = {
    "decide": (
        ["rules/decide/decision.py", "rules/match/patterns.py"],
        [
            "tests/rules/decide/test_decision.py",
            "tests/rules/match/test_patterns.py",
            "tests/rules/test_unread_groups.py",
            "tests/rules",
        ],
    ),
    "approvals": (
        ["rules/approval/eligibility.py", "rules/evaluate/checks.py"],
        [
            "tests/rules/approval/test_approvers.py",
            "tests/rules/test_stages.py",
            "tests/rules/rule/test_conditions.py",
            "tests/rules",
        ],
    ),
    "journal": (
        ["journal/tree.py", "journal/fold.py", "journal/verify.py", "journal/note.py"],
        ["tests/journal/test_tree.py", "tests/journal/test_verify.py", "tests/journal/test_note.py", "tests/journal"],
    ),
    "plan": (
        ["reconcile/plan.py", "reconcile/apply.py"],
        [
            "tests/reconcile",
            "tests/flow/test_request_to_ended.py",
            "tests/flow/test_failure_modes.py",
            "tests/flow/test_shown_late.py",
            "tests/flow/test_overtaken.py",
            "tests/flow/test_beginning.py",
        ],
    ),
    "documents": (["aws/policy.py", "aws/arn.py"], ["tests/aws/test_policy.py", "tests/aws", "tests/deliveries"]),
    "commit": (
        ["store/commit.py"],
        [
            "tests/store/test_record.py",
            "tests/store/test_races.py",
            "tests/store/test_stands.py",
            "tests/store/test_tampered_rows.py",
            "tests/store/test_database_is_not_trusted.py",
            "tests/store/test_outbox.py",
        ],
    ),
}
"""Of each room: what is put wrong, and the tests that are run, those first that see the most."""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the source, to put something wrong into."""
    return Path(shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__")))


@pytest.mark.parametrize("room", ROOMS)
def test_what_is_wrong_in_the_core_is_seen_by_a_test(
    room: str, copy: Path, dice: Random, seed: str, tell: Callable[[str], None]
):
    """At least two in three of what was put wrong."""
    files, tests = ROOMS[room]
    drawn = [mutant for file in files for mutant in _mutants(file)]
    dice.shuffle(drawn)
    begun = time.monotonic()
    assert not _is_seen(None, copy, tests), f"the tests of {room} fail with nothing wrong (seed {seed})"
    patience = 30 + 5 * (time.monotonic() - begun)
    unseen, tried, ends = [], 0, time.monotonic() + BUDGET_S
    for mutant in drawn:
        if tried >= LEAST and time.monotonic() > ends:
            break
        tried += 1
        if not _is_seen(mutant, copy, tests, patience):
            unseen.append(mutant)
    told = "\n".join(map(str, unseen))
    tell(f"{len(unseen)} of {tried} mutants were seen by no test\n{told}".strip())
    assert len(unseen) <= tried * SURVIVORS, f"{len(unseen)} of {tried} live (seed {seed}):\n{told}"


def _mutants(file: str) -> list[Mutant]:
    path = Path("daypass") / file
    return mutants(path, (ROOT / "src" / path).read_text(encoding="utf-8"))


def _is_seen(mutant: Mutant | None, copy: Path, tests: list[str], patience: float | None = None) -> bool:
    """Run the tests against the copy with this in it; whether any fails, or goes on for ever."""
    place = copy / mutant.path if mutant else None
    before = place.read_text(encoding="utf-8") if place else ""
    if place and mutant:
        place.write_text(mutant.text, encoding="utf-8")
    try:
        ran = subprocess.run(
            [sys.executable, "-m", "pytest", "-x", "-q", "--quick", "-p", "no:cacheprovider", *tests],
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            timeout=patience,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return True
    finally:
        if place:
            place.write_text(before, encoding="utf-8")
    return ran.returncode != 0
