"""The journal in its tree: every entry once, in one order, signed, and never rewritten."""

import io
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from daypass.journal.checkpoint import open_checkpoint
from daypass.journal.damage import BookDamaged
from daypass.journal.key import Signer
from daypass.journal.note import BadNote
from daypass.journal.proof import verify_consistency, verify_inclusion
from daypass.journal.tree import leaf_hash
from daypass.journal.verdict import Verified
from daypass.journal.verify import verify
from daypass.model.errors import DaypassError, Misconfigured, NotFound
from daypass.ports import SignedCheckpoint
from daypass.store import database as databases
from daypass.store.commit import commit
from daypass.store.journal import SqlBook
from daypass.store.ledger import SqlLedger
from daypass.store.tiles import SqlTiles
from tests.heads import HandHead
from tests.keys import SIGNER
from tests.store.facts import a_grant, fact


@pytest.fixture
def of_another_key(database, database_url, head):
    """The same book, opened by a process that has another key of the same name."""
    opened = databases.open(database_url, Signer.generate(database.signer.name))
    yield SqlBook(opened, head)
    opened.close()


def _write(ledger, count):
    ledger.record(*(fact(a_grant(), number=number) for number in range(count)))


def _verdict(book, signer):
    return verify(io.BytesIO(b"".join(book.export())), signer.public)


def test_an_empty_book_has_no_checkpoint_and_shows_nothing(book, signer):
    """Before the first entry: size 0, no checkpoint, nothing to fold, and nothing that a file could prove."""
    assert (book.checkpoint(), book.fold()) == (SignedCheckpoint(size=0, note=""), 0)
    assert not isinstance(_verdict(book, signer), Verified)


def test_entries_are_folded_in_batches_and_the_book_verifies(book, ledger, signer):
    """Each fold takes up to its limit; the file checks with the public key alone."""
    _write(ledger, 25)

    assert [book.fold(10) for _ in range(4)] == [10, 10, 5, 0]
    assert (book.checkpoint().size, book.waiting()) == (25, 0)
    assert isinstance(_verdict(book, signer), Verified)


def test_the_book_has_its_entries_in_the_order_they_were_written(book, ledger):
    """Line after line, with nothing left out."""
    _write(ledger, 12)
    book.fold(5)
    book.fold()

    lines = b"".join(book.export()).splitlines()

    assert [number for line in lines for number in range(12) if b'"number":%d}' % number in line] == list(range(12))


def test_a_checkpoint_states_the_tree_and_is_signed(book, ledger, signer):
    """It opens with the published key and has the tree's size."""
    _write(ledger, 3)
    book.fold()

    checkpoint = open_checkpoint(book.checkpoint().note, signer.public)

    assert (checkpoint.size, book.public_key()) == (3, signer.public.text)


def test_every_entry_is_proven_to_be_in_the_book(book, ledger, signer):
    """The proof of each entry has the entry's line, and leads to the root of the checkpoint it comes with."""
    _write(ledger, 21)
    book.fold(8)
    book.fold()
    entries = [line for line in b"".join(book.export()).splitlines() if line.startswith(b'{"entry":')]
    proofs = [book.inclusion(index) for index in range(21)]

    assert [proof.line for proof in proofs] == entries
    assert all(_proves_inclusion(proof, signer) for proof in proofs)


def test_a_longer_book_is_proven_to_begin_with_the_shorter(book, ledger, signer):
    """The proof comes with both checkpoints, and connects them; that of another size does not."""
    _write(ledger, 13)
    book.fold(5)
    before = book.checkpoint()
    book.fold()

    proof = book.consistency(5)

    assert (proof.older, proof.newer) == (before, book.checkpoint())
    assert _proves_consistency(proof, signer)
    assert not _proves_consistency(replace(proof, hashes=book.consistency(4).hashes), signer)


def test_growth_is_proven_up_to_any_checkpoint_that_was_signed(book, ledger, signer):
    """Not only up to the newest; where nothing was signed of the smaller tree, the proof says so."""
    _write(ledger, 13)
    while book.fold(4):
        pass

    pairs = [(4, 8), (8, 12), (4, 12), (12, 12)]
    proofs = [book.consistency(first, size) for first, size in pairs]

    assert [(proof.first, proof.newer.size) for proof in proofs] == pairs
    assert all(_proves_consistency(proof, signer) for proof in proofs)
    assert book.consistency(3, 8).older is None


def test_a_proof_and_its_checkpoint_are_of_one_moment(database, book, ledger, signer):
    """Also when the tree grows between any two looks into the database."""
    _write(ledger, 5)
    book.fold()
    busy = SqlBook(_Busy(database, ledger, book))  # type: ignore[arg-type]  # a database that writes at each look

    assert _proves_inclusion(busy.inclusion(3), signer)
    assert _proves_consistency(busy.consistency(5), signer)
    assert _proves_consistency(busy.consistency(5, 7), signer)


def test_a_checkpoints_size_is_the_one_that_was_signed(database, book, ledger):
    """Whatever else the database says of it."""
    _write(ledger, 5)
    book.fold()
    with database.writing() as connection:
        connection.execute(text("UPDATE checkpoints SET size = 4"))

    assert (book.checkpoint().size, book.consistency(4).newer.size) == (5, 5)


def test_a_checkpoint_that_another_key_signed_is_not_handed_out(of_another_key, book, ledger):
    """What is stored is not trusted: it is looked at each time."""
    _write(ledger, 1)
    book.fold()

    for hand_out in (
        of_another_key.checkpoint,
        lambda: of_another_key.inclusion(0),
        lambda: of_another_key.consistency(1),
    ):
        with pytest.raises(BadNote):
            hand_out()


@pytest.mark.parametrize("index", [-1, 3, 10**12])
def test_an_entry_that_is_not_in_the_book_has_no_proof(book, ledger, index):
    """NotFound, with how many there are."""
    _write(ledger, 3)
    book.fold()
    _write(ledger, 1)

    with pytest.raises(NotFound, match="it has 3"):
        book.inclusion(index)


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        (2, 1, r"No checkpoint of 1 entries was signed; leave it out for the newest \(3\)"),
        (0, 4, "No checkpoint of 4 entries"),
        (0, -1, "No checkpoint of -1 entries"),
        (0, 10**30, "No checkpoint of 10{30} entries"),
        (-1, 2, "no tree of -1 entries within one of 2"),
        (3, 2, "no tree of 3 entries within one of 2"),
        (4, None, "no tree of 4 entries within one of 3"),
    ],
)
def test_trees_that_are_not_there_have_no_proof(book, ledger, first, second, told):
    """NotFound, with the sizes there are."""
    _write(ledger, 3)
    book.fold(2)
    book.fold()

    with pytest.raises(NotFound, match=told):
        book.consistency(first, second)


def test_an_empty_book_proves_nothing(book):
    """NotFound, for either proof."""
    with pytest.raises(NotFound, match="it has 0"):
        book.inclusion(0)
    with pytest.raises(NotFound, match="no checkpoint yet"):
        book.consistency(0)


def test_an_entry_that_was_lost_has_no_proof(database, book, ledger):
    """The operator is told, rather than the auditor misled."""
    _write(ledger, 5)
    book.fold()
    _without_guards(database, "DELETE FROM journal WHERE leaf_index = 2")

    with pytest.raises(BookDamaged, match="Entry 2 of the journal is missing"):
        book.inclusion(2)


def test_an_entry_that_commits_late_is_never_skipped(postgres_url, signer):
    """PostgreSQL hands out numbers before the commit: a smaller one that appears later is still taken."""
    database = databases.open(postgres_url, SIGNER)
    database.migrate()
    book = SqlBook(database, HandHead())
    book.fold()
    with database.writing() as slow:
        commit(slow, [fact(a_grant(), number=1)], database.sealer)
        SqlLedger(database).record(fact(a_grant(), number=2))
        assert book.fold() == 1

    assert (book.fold(), book.checkpoint().size, book.waiting()) == (1, 2, 0)
    assert isinstance(_verdict(book, signer), Verified)
    database.close()


def test_many_sequencers_give_each_entry_one_place(database, ledger, signer):
    """Four fold at once while others write: every entry is in the tree once, and the book verifies."""
    books = [SqlBook(database, HandHead()) for _ in range(4)]
    for book in books:
        book.fold()

    def fold_all(book):
        return sum(book.fold(7) for _ in range(60))

    with ThreadPoolExecutor(6) as pool:
        writers = [pool.submit(_write, ledger, 60) for _ in range(2)]
        folded = sum(pool.map(fold_all, books))
        for writer in writers:
            writer.result()
    while more := books[0].fold():
        folded += more

    assert (folded, books[0].checkpoint().size, books[0].waiting()) == (120, 120, 0)
    assert isinstance(_verdict(books[0], signer), Verified)


def test_an_export_is_of_one_moment(book, ledger, signer):
    """What is folded while the file is written is not in it, and the file verifies."""
    _write(ledger, 5)
    book.fold()
    lines = book.export()
    first = next(lines)

    _write(ledger, 5)
    book.fold()

    file = first + b"".join(lines)
    assert file.count(b'{"entry":') == 5
    assert isinstance(verify(io.BytesIO(file), signer.public), Verified)


@pytest.mark.long
def test_an_export_longer_than_a_page_is_whole(book, ledger, signer):
    """Pages of rows and of checkpoints meet without a gap."""
    _write(ledger, 2300)
    while book.fold(2):
        pass

    verdict = _verdict(book, signer)

    assert isinstance(verdict, Verified)
    assert b"".join(book.export()).count(b'{"entry":') == 2300


DAMAGE = {
    "a tree of another size": "UPDATE tree SET size = 6",
    "another tree": "UPDATE tree SET peaks = replace(replace(peaks, '1', '2'), 'a', '1')",
    "half a tree": "UPDATE tree SET peaks = substr(peaks, 1, 60)",
    "no tree": "DELETE FROM tree",
    "a lost checkpoint": "DELETE FROM checkpoints",
    "a checkpoint changed": "UPDATE checkpoints SET note = replace(note, 'PeterNeumann', 'somebody')",
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE.keys())
def test_nothing_is_added_to_a_book_that_does_not_fit_its_checkpoint(database, book, head, ledger, damage):
    """A process that starts on a damaged tree says so and signs nothing."""
    _write(ledger, 5)
    book.fold()
    with database.writing() as connection:
        connection.execute(text(damage))
    _write(ledger, 1)

    with pytest.raises((BookDamaged, BadNote)) as raised:
        SqlBook(database, head).fold()

    assert isinstance(raised.value, DaypassError)
    assert book.waiting() == 1


def test_entries_lost_from_the_end_are_noticed(database, book, ledger, signer):
    """Also when somebody got past the guards of the table."""
    _write(ledger, 5)
    book.fold()
    _without_guards(database, "DELETE FROM journal WHERE leaf_index = 4")

    with pytest.raises(BookDamaged, match="has 5 entries, but 4 of them are stored"):
        SqlBook(database).check()


def test_another_key_does_not_go_on_with_the_book(of_another_key, book, ledger):
    """One book has one key."""
    _write(ledger, 1)
    book.fold()
    _write(ledger, 1)

    with pytest.raises(Misconfigured, match="The remembered head is of the journal"):
        of_another_key.fold()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal SET subject = 'somebody' WHERE leaf_index = 0",
        "UPDATE journal SET subject = 'somebody' WHERE leaf_index IS NULL",
        "UPDATE journal SET leaf_index = 7 WHERE leaf_index = 0",
        "UPDATE journal SET leaf_index = NULL, leaf_hash = NULL, place = NULL WHERE leaf_index = 0",
        "UPDATE journal SET leaf_index = 9 WHERE leaf_index IS NULL",
        "DELETE FROM journal WHERE leaf_index = 0",
        "DELETE FROM journal WHERE leaf_index IS NULL",
        "DELETE FROM journal",
    ],
)
def test_the_journal_is_only_ever_added_to(database, book, ledger, statement):
    """The database itself refuses to rewrite or drop an entry, folded or not."""
    _write(ledger, 1)
    book.fold()
    _write(ledger, 1)

    with pytest.raises(IntegrityError, match="only ever added to"), database.writing() as connection:
        connection.execute(text(statement))


def test_the_journal_is_not_emptied(postgres_url):
    """PostgreSQL's TRUNCATE asks no row trigger; it is refused too."""
    database = databases.open(postgres_url, SIGNER)
    database.migrate()

    with pytest.raises(IntegrityError, match="only ever added to"), database.writing() as connection:
        connection.execute(text("TRUNCATE journal"))
    database.close()


def test_a_book_altered_behind_its_back_no_longer_verifies(database, book, ledger, signer):
    """Whoever gets past the guards and rewrites an entry is found out by the file alone."""
    _write(ledger, 4)
    book.fold()
    sql = {"sqlite": "CAST(replace(CAST(entry AS TEXT), 'daypass', 'nobody') AS BLOB)"}.get(
        _kind(database), "convert_to(replace(convert_from(entry, 'UTF8'), 'daypass', 'nobody'), 'UTF8')"
    )
    _without_guards(database, f"UPDATE journal SET entry = {sql} WHERE leaf_index = 2")  # noqa: S608 - the test's own

    assert not isinstance(_verdict(book, signer), Verified)


class _Busy:
    """A database in which an entry is written and folded right before each look into it."""

    def __init__(self, database, ledger, book):
        self._database, self._ledger, self._book = database, ledger, book
        self.signer = database.signer

    def reading(self):
        """Grow the tree, then look."""
        _write(self._ledger, 1)
        self._book.fold()
        return self._database.reading()


def _proves_inclusion(proof, signer):
    checkpoint = open_checkpoint(proof.checkpoint.note, signer.public)
    assert checkpoint.size == proof.checkpoint.size
    return verify_inclusion(leaf_hash(proof.line), proof.index, checkpoint.size, proof.hashes, checkpoint.root)


def _proves_consistency(proof, signer):
    before, after = (open_checkpoint(one.note, signer.public) for one in (proof.older, proof.newer))
    assert (before.size, after.size) == (proof.first, proof.newer.size)
    return verify_consistency(before.size, after.size, proof.hashes, before.root, after.root)


def _kind(database):
    with database.reading() as connection:
        return connection.dialect.name


def _without_guards(database, statement):
    with database.writing() as connection:
        if connection.dialect.name == "sqlite":
            connection.execute(text("DROP TRIGGER journal_is_not_rewritten"))
            connection.execute(text("DROP TRIGGER journal_is_not_shortened"))
        else:
            connection.execute(text("ALTER TABLE journal DISABLE TRIGGER USER"))
        connection.execute(text(statement))


def test_a_proof_holds_whatever_is_stored_for_a_shortcut(book, ledger, database, signer):
    """Made with stored hashes, without them, and with one that was changed: each leads to the signed root."""
    _write(ledger, 600)
    while book.fold():
        pass
    without = (book.inclusion(7), book.consistency(300))

    assert SqlTiles(database).extend() == 2
    assert SqlTiles(database).extend() == 0
    assert (book.inclusion(7), book.consistency(300)) == without
    with database.writing() as connection:
        connection.execute(text("UPDATE tiles SET hash = :other"), {"other": b"x" * 32})
    assert (book.inclusion(7), book.consistency(300)) == without
    checkpoint = open_checkpoint(without[0].checkpoint.note, signer.public)
    assert verify_inclusion(leaf_hash(without[0].line), 7, 600, without[0].hashes, checkpoint.root)
