"""What only looks at an installation leaves nothing behind, and says each thing that is wrong once."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from daypass.model.errors import Misconfigured
from daypass.store import database
from daypass.wiring import operator
from daypass.wiring.accept import accept_journal
from daypass.wiring.rules import back_to_file

LOOKS: dict[str, Callable[[], object]] = {
    "operator freezes": operator.freezes,
    "operator leavers": operator.leavers,
    "operator sweep-unknown": lambda: operator.sweep_unknown(remove=False),
    "operator end": lambda: operator.end("abcdefgh2345", "x"),
    "journal accept": lambda: accept_journal(accept=False),
    "rules back-to-file": back_to_file,
}


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which Daypass was never started, without a setting of its own."""
    for name in [one for one in os.environ if one.startswith(("DAYPASS_", "AWS_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_doctor_in_an_empty_folder_changes_nothing_and_says_each_cause_once(empty: Path):
    """Neither a database nor a key; and it says that the rules are missing, whatever else is."""
    ran = subprocess.run(
        [sys.executable, "-m", "daypass", "doctor", "--json"], capture_output=True, text=True, check=False
    )
    said = json.loads(ran.stdout)
    wrong = [one["sentence"] for one in said if not one["ok"]]
    to_come = [
        one["sentence"].partition(" is not there yet")[0] for one in said if "first start makes it" in one["sentence"]
    ]

    assert to_come == ["The journal's key daypass-journal.key", "The journal's head daypass-journal.head"]
    assert list(empty.iterdir()) == []
    for words in (
        "rules.yaml:1: The file cannot be read",
        "run `daypass migrate`",
        "AWS credentials",
        "No Slack is set",
    ):
        assert len([sentence for sentence in wrong if words in sentence]) == 1
    assert len(wrong) == 4


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
def test_whoever_only_looks_makes_nothing(empty: Path, look: Callable[[], object]):
    """The key is made by a start and the database by a migration, and by nothing else."""
    with pytest.raises(Misconfigured):
        look()

    assert list(empty.iterdir()) == []


def test_a_database_is_made_by_a_migration_alone(empty: Path):
    """Reading and writing say how to make it."""
    store = database.open("sqlite:///daypass.db")
    for use in (store.now, store.must_take_writes, store.check):
        with pytest.raises(Misconfigured, match=r"There is no database .*daypass.db yet; run `daypass migrate`"):
            use()
    assert not store.has_journal()
    assert list(empty.iterdir()) == []

    store.migrate()
    store.check()
    store.close()
    assert Path("daypass.db") in {one.relative_to(empty) for one in empty.iterdir()}
