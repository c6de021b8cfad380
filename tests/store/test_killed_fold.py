"""A process that is killed while it signs the journal."""

from pathlib import Path

import pytest

from tests.store.dying import kill_at_statements


@pytest.mark.heavy
def test_a_fold_killed_at_any_statement_is_done_again_exactly(sqlite_url: str, tmp_path: Path):
    """What had been begun is signed as it was begun, what came after it later; nothing is lost or signed twice."""
    _, deaths, again = kill_at_statements(sqlite_url, tmp_path / "journal.head", step=7)

    assert 0 < again < deaths
