"""Going back to the rules file by the settings and the database alone, as whoever runs Daypass does it."""

from datetime import timedelta
from pathlib import Path

import pytest

from daypass.lifecycle.rule_changes.versions import digest_of
from daypass.model.errors import BadInput
from daypass.model.event import EntryKind, Event
from daypass.model.fact import Fact
from daypass.model.grant import GrantId
from daypass.model.rule_change import RulesVersion
from daypass.rules.rule.rule import AllowRule
from daypass.store.head_file import HeadFile
from daypass.store.journal import SqlBook
from daypass.store.ledger import SqlLedger
from daypass.store.rules_file import RulesFile
from daypass.store.rules_in_force import RulesInForce
from daypass.wiring.rules import back_to_file
from tests.doors.house import RULES
from tests.keys import SIGNER, write_key
from tests.makers import BOB, NOON
from tests.tables import with_tables

SHORTER = RULES.replace("max: 8h", "max: 2h")


@pytest.fixture
def rules(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RulesInForce:
    """A house's rules, of which an owner put another version in force; its settings are around."""
    file = tmp_path / "rules.yaml"
    file.write_text(RULES)
    monkeypatch.setenv("DAYPASS_STORE_URL", sqlite_url)
    monkeypatch.setenv("DAYPASS_RULES_FILE", str(file))
    monkeypatch.setenv("DAYPASS_JOURNAL_KEY_FILE", str(tmp_path / "journal.key"))
    monkeypatch.setenv("DAYPASS_JOURNAL_HEAD", str(tmp_path / "journal.head"))
    monkeypatch.setenv("DAYPASS_JOURNAL_ORIGIN", SIGNER.name)
    write_key(tmp_path / "journal.key")
    store = with_tables(sqlite_url)
    SqlBook(store, HeadFile(tmp_path / "journal.head")).fold()
    ledger = SqlLedger(store)
    version = RulesVersion(
        number=1, text=SHORTER, digest=digest_of(SHORTER), author=BOB, at=NOON, change=GrantId("chg0000000aa")
    )
    ledger.record(Fact(event=Event(kind=EntryKind.RULES_CHANGED, at=NOON, actor=BOB), changes=(version,), told=False))
    return RulesInForce(ledger, RulesFile(file))


def longest(rules: RulesInForce) -> timedelta:
    """For how long the first rule in force lends at most."""
    first = rules().rules[0]
    assert isinstance(first, AllowRule)
    return first.longest


def test_the_file_counts_again_as_the_version_after_the_newest(rules: RulesInForce):
    """For every process on that database, at its next look."""
    assert longest(rules) == timedelta(hours=2)

    assert back_to_file() == 2
    assert longest(rules) == timedelta(hours=8)


def test_where_the_file_counts_already_it_is_said(rules: RulesInForce):
    """Nothing is written twice."""
    back_to_file()

    with pytest.raises(BadInput, match="in force already"):
        back_to_file()
    assert rules.version(NOON).number == 2
