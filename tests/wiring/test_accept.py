"""Accepting a journal on the machine: what a restored ledger knows as approved only is ended before that."""

import getpass
import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from daypass.journal.checkpoint import open_checkpoint
from daypass.journal.damage import BookDamaged
from daypass.model.event import EntryKind, Event
from daypass.model.fact import Fact
from daypass.model.grant import Delivery, Grant, GrantState, Why, new_grant_id
from daypass.model.lease import Term
from daypass.store import database as databases
from daypass.store.head_file import HeadFile
from daypass.store.journal import SqlBook
from daypass.store.ledger import SqlLedger
from daypass.wiring.accept import accept_journal
from tests.keys import SIGNER, write_key
from tests.makers import ANN, HOUR, NOON, READ_REPORTS
from tests.tables import with_tables


@pytest.fixture
def place(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> HeadFile:
    """Set what a process of this machine needs, and return where it remembers the journal's head."""
    file, head = tmp_path / "journal.key", tmp_path / "journal.head"
    monkeypatch.setenv("DAYPASS_STORE_URL", sqlite_url)
    monkeypatch.setenv("DAYPASS_RULES_FILE", str(tmp_path / "rules.yaml"))
    monkeypatch.setenv("DAYPASS_JOURNAL_KEY_FILE", str(file))
    monkeypatch.setenv("DAYPASS_JOURNAL_HEAD", str(head))
    monkeypatch.setenv("DAYPASS_JOURNAL_ORIGIN", SIGNER.name)
    write_key(file)
    return HeadFile(head)


def approved() -> Fact:
    """An approval, and the grant that it makes."""
    grant = Grant(
        id=new_grant_id(),
        principal=ANN,
        entitlement=READ_REPORTS,
        delivery=Delivery.POLICY,
        term=Term(length=HOUR),
        approved_at=NOON,
    )
    event = Event(kind=EntryKind.REQUEST_APPROVED, at=NOON, actor=ANN, subject=grant.id)
    return Fact(event=event, changes=(grant,))


@pytest.mark.parametrize("lost", [True, False])
def test_f07_a_restored_ledger_ends_what_was_approved_only(
    sqlite_url: str, tmp_path: Path, place: HeadFile, lost: bool
):
    """Where no head is remembered it is ended and said; where the journal extends the remembered one it stays."""
    store = with_tables(sqlite_url)
    ledger, book = SqlLedger(store), SqlBook(store, place)
    book.fold()
    fact = approved()
    ledger.record(fact)
    book.fold()
    if lost:
        (tmp_path / "journal.head").unlink()
    said = accept_journal(accept=True)

    assert fact.event.subject is not None
    now = ledger.grant(fact.event.subject)
    if lost:
        assert (now.state, now.ending and now.ending.why) == (GrantState.ENDING, Why.RESTORED)
        assert "ended, as it may have been used since the backup" in said
    else:
        assert now.state is GrantState.APPROVED
    store.close()


def _as_a_command(*words: str) -> str:
    command = [sys.executable, "-m", "daypass", "journal", "accept", *words]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
    return ran.stdout


def _called(*words: str) -> str:
    return accept_journal(accept="--yes" in words)


@pytest.mark.parametrize(
    ("remembered", "accept"), [(False, _as_a_command), (True, _called)], ids=["no head, as a command", "a newer head"]
)
def test_a_copied_database_is_signed_again_once_an_operator_accepts_it_on_the_machine(
    sqlite_url: str, tmp_path: Path, place: HeadFile, remembered: bool, accept: Callable[..., str]
):
    """The command shows size, root and what is missing, and changes nothing; with --yes the journal tells who did."""
    file, copy = tmp_path / "daypass.db", tmp_path / "copy.db"
    store = with_tables(sqlite_url)
    book = SqlBook(store, place)
    book.fold()
    SqlLedger(store).record(approved(), approved())
    book.fold()
    SqlLedger(store).record(approved())
    root = open_checkpoint(book.checkpoint().note, SIGNER.public).root.hex()
    with closing(sqlite3.connect(file)) as now, closing(sqlite3.connect(copy)) as then:
        now.backup(then)
    book.fold()
    store.close()
    for beside in tmp_path.glob("daypass.db*"):
        beside.unlink()
    copy.rename(file)
    if not remembered:
        (tmp_path / "journal.head").unlink()

    shown = accept()

    assert f"The database has 2 signed entries, with the root {root}" in shown
    assert ("3 were signed: the last one is missing" if remembered else "No head is remembered here") in shown
    assert "`daypass journal accept --yes`" in shown
    store = databases.open(sqlite_url, SIGNER)
    with pytest.raises(BookDamaged):
        SqlBook(store, place).fold()

    said = accept("--yes")

    assert root in said
    book = SqlBook(store, place)
    assert book.fold() > 0
    entries = [line["entry"] for line in map(json.loads, book.export()) if "entry" in line]
    [told] = [entry["details"] for entry in entries if entry["kind"] == "journal.accepted"]
    assert (told["operator"], told["size"], told["root"]) == (getpass.getuser(), 2, root)
    assert told["remembered_size"] == (3 if remembered else 0)
    store.close()
