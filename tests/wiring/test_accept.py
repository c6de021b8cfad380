"""Accepting a journal on the machine: what a restored ledger knows as approved only is ended before that."""

from pathlib import Path

import pytest

from daypass.model.event import Event, Kind
from daypass.model.fact import Fact
from daypass.model.grant import Delivery, Grant, GrantState, Why, new_grant_id
from daypass.model.lease import Term
from daypass.store.book import SqlBook
from daypass.store.head_file import HeadFile
from daypass.store.ledger import SqlLedger
from daypass.wiring import accept_journal
from tests.keys import SIGNER, write_key
from tests.makers import ANN, HOUR, NOON, READ_REPORTS
from tests.tables import with_tables


@pytest.mark.parametrize("lost", [True, False])
def test_f07_a_restored_ledger_ends_what_was_approved_only(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lost: bool
):
    """Where no head is remembered it is ended and said; where the journal extends the remembered one it stays."""
    file, head = tmp_path / "journal.key", tmp_path / "journal.head"
    monkeypatch.setenv("DAYPASS_STORE_URL", sqlite_url)
    monkeypatch.setenv("DAYPASS_RULES_FILE", str(tmp_path / "rules.yaml"))
    monkeypatch.setenv("DAYPASS_JOURNAL_KEY_FILE", str(file))
    monkeypatch.setenv("DAYPASS_JOURNAL_HEAD", str(head))
    monkeypatch.setenv("DAYPASS_JOURNAL_ORIGIN", SIGNER.name)
    write_key(file)
    store = with_tables(sqlite_url)
    ledger, book = SqlLedger(store), SqlBook(store, HeadFile(head))
    book.fold()
    grant = Grant(
        id=new_grant_id(),
        principal=ANN,
        entitlement=READ_REPORTS,
        delivery=Delivery.POLICY,
        term=Term(length=HOUR),
        approved_at=NOON,
    )
    event = Event(kind=Kind.REQUEST_APPROVED, at=NOON, actor=ANN, subject=grant.id)
    ledger.record(Fact(event=event, changes=(grant,)))
    book.fold()
    if lost:
        head.unlink()
    said = accept_journal(accept=True)

    now = ledger.grant(grant.id)
    if lost:
        assert (now.state, now.ending and now.ending.why) == (GrantState.ENDING, Why.RESTORED)
        assert "ended, as it may have been used since the backup" in said
    else:
        assert now.state is GrantState.APPROVED
    store.close()
