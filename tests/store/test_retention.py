"""What is over is deleted after a while; the journal, the scrub and all that goes on are as they were."""

import io
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from daypass.journal.verdict import Verified
from daypass.journal.verify import verify
from daypass.model.errors import NotFound
from daypass.model.event import EntryKind
from daypass.model.grant import GrantState, new_grant_id
from daypass.model.rule_change import ChangeState, RulesChange
from daypass.ports import Message
from daypass.store import retention
from daypass.store.retention import SqlRetention
from daypass.store.scrub import SqlScrub
from daypass.store.tables import checkpoints
from tests.makers import ANN, BOB, NOON
from tests.store.edits import edit
from tests.store.facts import a_grant, a_login, a_request, ending, fact

YEAR = timedelta(days=365)
OLD, NEW = NOON - 2 * YEAR, NOON
BEFORE = NOON - YEAR


@pytest.fixture
def old(database) -> SqlRetention:
    """What deletes."""
    return SqlRetention(database)


def a_change(state: ChangeState, filed_at=OLD) -> RulesChange:
    """A change of the rules, as it stands."""
    return RulesChange(
        id=new_grant_id(), author=BOB, base=1, text="version: 1\n", note="", filed_at=filed_at, state=state
    )


def test_the_place_of_a_message_is_forgotten_when_what_it_is_about_is_over(old, ledger, postings):
    """Of an ended grant after a year; never of a live one, of a request that waits or of a change that does."""
    over, live, waits = ending(a_grant(GrantState.ACTIVE)).ended(NOON), a_grant(), a_request()
    change = a_change(ChangeState.PENDING)
    ledger.record(fact(over), fact(live), fact(waits), fact(change))
    old_ts, new_ts = f"{OLD.timestamp():.6f}", f"{NEW.timestamp():.6f}"
    for subject in (over.id, live.id, waits.id, change.id):
        postings.remember(subject, "card", Message(channel=f"D{subject}", ts=old_ts))
    postings.remember(over.id, "card", Message(channel="C", ts=new_ts))

    assert old.drop_messages(before=BEFORE) == 1
    assert [one.ts for one in postings.recall(over.id, "card")] == [new_ts]
    assert all(postings.recall(one, "card") for one in (live.id, waits.id, change.id))


def test_a_login_is_deleted_when_it_has_been_over_for_long(old, database, ledger, logins):
    """Whoever had it is logged in as little as before; nobody takes its absence for damage; another one stays."""
    for number, ended in enumerate((OLD, NEW)):
        logins.await_confirmation(a_login(number), now=NOON)
        login = replace(a_login(number), expires_at=ended, principal=ANN, token_hash=f"{number}", revision=1)
        ledger.record(fact(login, kind=EntryKind.LOGIN_CONFIRMED))

    assert old.drop_logins(before=BEFORE) == 1
    assert [one.token_hash for one in logins.of(ANN)] == ["1"]
    with pytest.raises(NotFound):
        logins.by_token("0")
    assert list(SqlScrub(database).altered()) == []


def test_a_change_of_the_rules_that_came_to_nothing_is_deleted_after_a_while(old, database, ledger):
    """One that waits or was applied stays, and so does a newer one."""
    kept = [a_change(ChangeState.PENDING), a_change(ChangeState.APPLIED), a_change(ChangeState.DENIED, filed_at=NEW)]
    gone = [a_change(state) for state in (ChangeState.OUTDATED, ChangeState.DENIED, ChangeState.WITHDRAWN)]
    ledger.record(*(_about(one) for one in (*kept, *gone)))

    assert old.drop_rule_changes(before=BEFORE) == 3
    assert {one.id for one in ledger.all(RulesChange)} == {one.id for one in kept}
    with pytest.raises(NotFound):
        ledger.find(RulesChange, gone[0].id)
    assert list(SqlScrub(database).altered()) == []


def test_a_change_that_waits_is_missed_when_somebody_else_deletes_it(database, ledger):
    """The scrub says so: by the journal it was never over."""
    change = a_change(ChangeState.PENDING)
    ledger.record(_about(change))
    edit(database, "DELETE FROM records")

    assert [one.row for one in SqlScrub(database).altered()] == [f"records/rules-change/{change.id}"]


def test_old_checkpoints_are_thinned_and_the_journal_verifies_as_before(
    old, database, ledger, book, signer, monkeypatch
):
    """The last one of each block stays, and all that are young; entries and the newest checkpoint are untouched."""
    monkeypatch.setattr(retention, "YOUNG", 6)
    monkeypatch.setattr(retention, "SPACING", 8)
    for _ in range(10):
        ledger.record(fact(a_grant()), fact(a_grant()))
        book.fold()

    assert old.thin_checkpoints() == 5
    with database.reading() as connection:
        assert sorted(connection.execute(select(checkpoints.c.size)).scalars()) == [8, 14, 16, 18, 20]
    assert isinstance(verify(io.BytesIO(b"".join(book.export())), signer.public), Verified)
    assert book.scrub() == 20


def _about(change: RulesChange):
    one = fact(change, kind=EntryKind.RULES_PROPOSED)
    return replace(one, event=replace(one.event, subject=change.id))
