"""What building the house makes, and what it leaves alone."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from daypass.model.errors import Misconfigured
from daypass.settings import Journal
from daypass.wiring.house import journal_key


def test_the_journals_key_is_made_once_for_its_owner_alone(tmp_path: Path):
    """The first start makes it with mode 0600, the second finds it."""
    journal = Journal(key_file=tmp_path / "journal.key", origin="daypass.test")
    made = journal_key(journal)

    assert stat.S_IMODE(journal.key_file.stat().st_mode) == 0o600
    assert journal_key(journal).public == made.public
    assert [file.name for file in tmp_path.iterdir()] == ["journal.key"]


def test_processes_that_start_at_once_use_one_key(tmp_path: Path):
    """Of many first starts at the same moment one writes the key, and none ever reads half of it."""
    for round_ in range(20):
        journal = Journal(key_file=tmp_path / f"{round_}.key", origin="daypass.test")
        with ThreadPoolExecutor(8) as starts:
            keys = {signer.public.text for signer in starts.map(lambda _, one=journal: journal_key(one), range(8))}

        assert len(keys) == 1


def test_a_key_that_cannot_be_kept_is_refused(tmp_path: Path):
    """A folder that is not there: a sentence with the file's name."""
    with pytest.raises(Misconfigured, match="cannot be written"):
        journal_key(Journal(key_file=tmp_path / "nowhere" / "journal.key", origin="daypass.test"))
