"""The journal is signed by processes that are killed at every statement, and by two that race."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.store.dying import kill_at_statements
from tests.store.racing import race

_FILES = {"sequencer.py", "head_memory.py", "head_file.py", "journal_rows.py", "fold.py", "head.py"}


def test_a_fold_killed_before_each_statement_is_done_again_exactly(
    database_url: str, tmp_path: Path, tell: Callable[[str], None]
):
    """What had been begun is signed as it was begun, what came after it later; nothing is lost or signed twice."""
    files, deaths, again = kill_at_statements(database_url, tmp_path / "journal.head", step=1)
    tell(f"{deaths} deaths, {again} batches done again")

    assert files >= _FILES
    assert 0 < again < deaths


@pytest.mark.parametrize("heads", [("one", "other"), ("both", "both")], ids=["a head each", "a head for both"])
def test_two_processes_race_for_a_thousand_folds(
    postgres_url: str, tmp_path: Path, tell: Callable[[str], None], heads: tuple[str, str]
):
    """Every entry is signed once, by one of them at a time; each follows the other, and none finds damage."""
    done = race(postgres_url, (tmp_path / heads[0], tmp_path / heads[1]), entries=1000)
    tell(f"folds of each: {done}")

    assert sum(done) == 1000
    assert min(done) > 0
