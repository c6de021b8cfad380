"""The long fuzz: every property, and what draws by its own dice, with many more examples, drawn by the seed."""

import os
import re
import subprocess
import sys
from random import Random

import pytest

from tests.house.sources import ROOT

PATIENCE_S = 900
FILES = sorted(
    str(path.relative_to(ROOT))
    for path in (ROOT / "tests").rglob("test_*.py")
    if re.search(r"^@given\(|^@pytest.mark.drawn$", path.read_text(encoding="utf-8"), re.MULTILINE)
)


@pytest.mark.parametrize("file", FILES)
def test_a_property_holds_for_many_more_examples(file: str, dice: Random, seed: str):
    """As `make test` tries it, and from another start."""
    drawn = dice.randrange(2**32)
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-m", "hypothesis or drawn", "-p", "no:cacheprovider", file]
    ran = subprocess.run(
        [*command, "--hypothesis-profile=soak", f"--hypothesis-seed={drawn}"],
        cwd=ROOT,
        env=dict(os.environ),
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert ran.returncode == 0, f"seed {seed}\n{ran.stdout[-6000:]}\n{ran.stderr[-2000:]}"
    assert " passed" in ran.stdout
