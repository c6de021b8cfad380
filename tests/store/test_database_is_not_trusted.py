"""Whoever can write to the database, and has no key, cannot have another history signed, or an entry left out of it."""

import io

import pytest
from sqlalchemy import text

from daypass.journal.damage import BookDamaged, HeadMissing, JournalDamaged
from daypass.journal.note import BadNote
from daypass.journal.verdict import Verified
from daypass.journal.verify import verify
from daypass.model.event import EntryKind
from daypass.store import database as databases
from daypass.store.journal import SqlBook
from tests.heads import HandHead
from tests.keys import SIGNER
from tests.store.edits import edit, rewrite
from tests.store.facts import a_grant, ending, fact, stored
from tests.store.racing import race

UNFOLDED = {
    "hidden from the fold": "UPDATE journal SET leaf_index = 999999, leaf_hash = entry, place = entry WHERE id = 8",
    "all hidden": "UPDATE journal SET leaf_index = id + 999, leaf_hash = entry, place = entry WHERE id > 6",
    "hidden before the tree": "UPDATE journal SET leaf_index = -1, leaf_hash = entry, place = entry WHERE id = 8",
    "deleted": "DELETE FROM journal WHERE id = 8",
    "moved to the end": "UPDATE journal SET id = 100 WHERE id = 8",
    "put under another subject": "UPDATE journal SET subject = 'somebody' WHERE id = 8",
    "of another writer": "UPDATE journal SET writer = writer + 1 WHERE id = 8",
    "of another number": "UPDATE journal SET counter = 100 WHERE id = 8",
    "without its MAC": "UPDATE journal SET mac = previous WHERE id = 8",
    "twice": "INSERT INTO journal ($) SELECT $ FROM journal WHERE id = 8",
    "an old one again": "INSERT INTO journal ($) SELECT $ FROM journal WHERE id = 2",
    "made up": "INSERT INTO journal ($) SELECT 'x', entry, 7, 1, previous, mac FROM journal WHERE id = 1",
}
"""Edits of what is committed and not signed yet: rows 7 to 10 of 10."""


@pytest.fixture
def written(database, book, ledger):
    """Six signed entries and four that wait."""
    ledger.record(*(fact(a_grant(), number=number) for number in range(6)))
    book.fold()
    ledger.record(*(fact(a_grant(), number=number) for number in range(6, 10)))
    return database


@pytest.mark.parametrize("statement", UNFOLDED.values(), ids=UNFOLDED.keys())
@pytest.mark.parametrize("restarted", [False, True], ids=["at once", "after a restart"])
def test_an_entry_that_was_touched_before_it_is_signed_stops_the_signing(written, book, head, statement, restarted):
    """Changed, hidden, moved, missing or put in: nothing is signed, and nothing is given any more."""
    signed = book.checkpoint()
    edit(written, statement)

    with pytest.raises(BookDamaged):
        (SqlBook(written, head) if restarted else book).fold()

    assert book.checkpoint() == signed
    assert written.damage.found


def test_words_changed_before_they_are_signed_stop_the_signing(written, book):
    """Another actor in an entry that waits."""
    rewrite(written, "id = 8", b"daypass", b"nobody0")

    with pytest.raises(BookDamaged, match="is not what was committed"):
        book.fold()


def test_a_history_put_back_and_written_again_is_not_signed(written, book, head, ledger):
    """Rows, tree and checkpoints put back to an earlier head, the entries inserted again: no process signs that."""
    early = _state(written)
    book.fold()
    other = SqlBook(written, HandHead(head.text))
    edit(
        written,
        "DELETE FROM journal WHERE leaf_index >= 6",
        f"UPDATE tree SET size = 6, peaks = '{early.peaks}'",  # noqa: S608 - the test's own
        "DELETE FROM checkpoints WHERE size > 6",
        "INSERT INTO journal ($) SELECT $ FROM journal WHERE id = 1",
    )

    for each in (book, other, SqlBook(written, head)):
        with pytest.raises(BookDamaged, match="has 6 signed entries, and 10 were signed: the last 4 are gone"):
            each.fold()
    assert book.checkpoint().size == 6


def test_an_approval_hidden_as_it_is_written_is_an_alarm(database, book, ledger):
    """Hidden over and over, also at an index of the tree where another entry is: its writer looks for it."""
    ledger.record(*(fact(a_grant(), number=number) for number in range(4)))
    book.fold()
    ledger.record(fact(a_grant(), kind=EntryKind.REQUEST_APPROVED))
    edit(database, "UPDATE journal SET leaf_index = 2, leaf_hash = entry, place = entry WHERE id = 5")
    assert book.fold() == 0

    with pytest.raises(BookDamaged, match="claims a place in the tree that was never signed"):
        book.look_for_own()


def test_an_entry_deleted_as_it_is_written_is_an_alarm(database, book, ledger):
    """Also when it is its writer's last, so that no gap tells of it."""
    ledger.record(fact(a_grant(), kind=EntryKind.REQUEST_APPROVED))
    edit(database, "DELETE FROM journal")
    assert book.fold() == 0

    with pytest.raises(BookDamaged, match="is gone from the journal"):
        book.look_for_own()


def test_waiting_for_the_fold_is_no_alarm(database, book, ledger):
    """However long nobody folds, an entry that is there is not called hidden; once it is signed it is forgotten."""
    ledger.record(fact(a_grant()))

    book.look_for_own()
    assert len(database.writers.last()) == 1

    book.fold()
    book.look_for_own()
    assert database.writers.last() == ()
    assert not database.damage.found


SIGNED = {
    "its subject": "UPDATE journal SET subject = 'somebody' WHERE id = 3",
    "its place": "UPDATE journal SET place = (SELECT place FROM journal WHERE id = 2) WHERE id = 3",
    "its MAC": "UPDATE journal SET mac = previous WHERE id = 3",
    "the entry itself": "DELETE FROM journal WHERE id = 3",
    "its words": "UPDATE journal SET entry = (SELECT entry FROM journal WHERE id = 2) WHERE id = 3",
    "an older checkpoint": "UPDATE checkpoints SET note = replace(note, 'PeterNeumann', 'somebody') WHERE size = 3",
}


@pytest.mark.parametrize("statement", SIGNED.values(), ids=SIGNED.keys())
def test_the_scrub_finds_what_was_changed_after_it_was_signed(database, book, ledger, statement):
    """Every entry, its place, its binding and every checkpoint are looked at, by a page at a time."""
    ledger.record(*(fact(a_grant(), number=number) for number in range(6)))
    assert (book.fold(3), book.fold(3), book.scrub()) == (3, 3, 6)
    edit(database, statement)

    with pytest.raises((BookDamaged, BadNote)):
        book.scrub()

    assert database.damage.found


def test_a_forged_entry_is_no_evidence(written, ledger):
    """Whoever reads a story to decide does not wait for the fold to find it."""
    grant = a_grant()
    ledger.record(fact(grant, kind=EntryKind.REQUEST_APPROVED))
    edit(written, f"INSERT INTO journal ($) SELECT '{grant.id}', entry, 7, 1, previous, mac FROM journal WHERE id = 1")  # noqa: S608 - the test's own

    assert [event.kind for event in ledger.story(grant.id)] == [EntryKind.REQUEST_APPROVED]
    assert written.damage.found


class _Killed(BaseException):
    """What no code catches, as SIGKILL."""


class _Dying(HandHead):
    """A place whose process is killed at one of its writes, before or after it."""

    def __init__(self, text, at, *, after):
        super().__init__(text)
        self._left, self._after = at, after

    def replace(self, old, new):
        self._left -= 1
        if self._left == 0 and not self._after:
            raise _Killed
        super().replace(old, new)
        if self._left == 0:
            raise _Killed


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("at", [1, 2], ids=["pending", "confirmed"])
def test_after_a_kill_exactly_the_batch_that_was_begun_is_done_again(written, head, ledger, signer, at, after):
    """Whichever write of the head it dies at; entries that came meanwhile wait for the next batch."""
    dying = _Dying(head.text, at, after=after)
    with pytest.raises(_Killed):
        SqlBook(written, dying).fold()
    ledger.record(fact(a_grant(), number=10))

    restarted = SqlBook(written, HandHead(dying.text))
    while restarted.fold():
        pass

    sizes = [6, 11] if (at, after) == (1, False) else [6, 10, 11]
    with written.reading() as connection:
        assert list(connection.execute(text("SELECT size FROM checkpoints ORDER BY size")).scalars()) == sizes
    assert isinstance(verify(io.BytesIO(b"".join(restarted.export())), signer.public), Verified)


def test_two_processes_that_race_for_the_journal_sign_each_entry_once(postgres_url, tmp_path):
    """One signs at a time, each follows the other, and none finds damage; tests/soak lets them race for a thousand."""
    assert sum(race(postgres_url, (tmp_path / "one", tmp_path / "other"), entries=50)) == 50


def _state(database):
    with database.reading() as connection:
        return connection.execute(text("SELECT size, peaks FROM tree")).one()


def test_a_damaged_journal_gives_nothing_and_ends_everything(written, book, ledger):
    """Requests, approvals and hand-outs are refused in a sentence; an end is recorded as always."""
    grant = a_grant()
    ledger.record(fact(grant, kind=EntryKind.REQUEST_APPROVED))
    edit(written, "DELETE FROM journal WHERE id = 8")
    with pytest.raises(BookDamaged):
        book.fold()

    with pytest.raises(JournalDamaged, match="Ending access works as always"):
        ledger.record(fact(a_grant(), kind=EntryKind.REQUEST_APPROVED))
    refused = fact(a_grant(), kind=EntryKind.GRANT_PROVISIONING)
    ended = fact(ending(stored(grant)), kind=EntryKind.GRANT_ENDING)
    assert ledger.record_each([refused, ended]) == [refused]
    assert ledger.grant(grant.id) == stored(ending(stored(grant)))


def test_a_restored_database_is_signed_again_only_when_an_operator_accepts_it(written, book, head):
    """Older than the remembered head: nothing is signed until it is accepted, which every process then notices."""
    early = _state(written)
    book.fold()
    _put_back(written, early)
    with pytest.raises(BookDamaged):
        book.fold()

    accepted, before = SqlBook(written, head).accept()

    assert before is not None
    assert (accepted.size, before.size) == (6, 10)
    assert book.fold() == 0
    assert not written.damage.found


def test_a_lost_head_signs_nothing_until_an_operator_accepts_the_journal(written, book):
    """A new replica, a lost volume: the journal is not empty, and nothing is remembered of it."""
    lost = HandHead()
    with pytest.raises(HeadMissing, match="remembers no head of it"):
        SqlBook(written, lost).fold()
    assert book.waiting() == 4

    SqlBook(written, lost).accept()

    assert SqlBook(written, lost).fold() == 4


def test_a_new_replica_signs_once_another_confirms_the_head(written, database_url, book):
    """It asks through the database; whoever remembers the head answers with a MAC, and nobody has to accept."""
    joined = databases.open(database_url, SIGNER)
    new = SqlBook(joined, HandHead())
    with pytest.raises(HeadMissing):
        new.fold()
    assert joined.damage.found

    book.fold(limit=2)

    assert (new.fold(), book.waiting()) == (2, 0)
    assert not joined.damage.found
    joined.close()


@pytest.mark.parametrize("forged", ["size = 6, root = 'x', mac = (SELECT mac FROM journal WHERE id = 1)"])
def test_nobody_confirms_a_head_without_the_key(written, forged):
    """An answer that no replica gave confirms nothing."""
    new = SqlBook(written, HandHead())
    with pytest.raises(HeadMissing):
        new.fold()
    edit(written, f"UPDATE head_questions SET {forged}")  # noqa: S608 - the test's own

    with pytest.raises(HeadMissing):
        new.fold()


def test_a_replica_that_found_damage_confirms_nothing(written, book):
    """What it remembers may be right, but nobody goes on by it before an operator has looked."""
    new = SqlBook(written, HandHead())
    with pytest.raises(HeadMissing):
        new.fold()
    written.damage.report("Something is wrong.")

    book.fold()

    with pytest.raises(HeadMissing):
        new.fold()


def _put_back(database, early):
    edit(
        database,
        "DELETE FROM journal WHERE leaf_index >= 6",
        f"UPDATE tree SET size = 6, peaks = '{early.peaks}'",  # noqa: S608 - the test's own
        "DELETE FROM checkpoints WHERE size > 6",
    )
