"""What the verifier says of files: intact, unfinished, foreign and mangled ones."""

import gzip
import io
import tracemalloc

import pytest

from daypass.journal.export import Exported, export
from daypass.journal.fold import fold
from daypass.journal.journal_line import Placed
from daypass.journal.key import Signer
from daypass.journal.lines import MAX_LINE
from daypass.journal.tree import EMPTY, EMPTY_ROOT
from daypass.journal.verdict import BrokenJournal, JournalFault, Verified
from daypass.journal.verify import verify
from tests.journal.books import KEY, SIGNER, book, broken, entry, is_entry, judged, renumbered, verified

BOOK = book()
LINES = list(BOOK.lines)
CHECKPOINTS = [at for at, line in enumerate(LINES) if not is_entry(line)][1:]


def test_an_intact_book_is_verified():
    """All entries, all checkpoints, nothing left uncovered."""
    verdict = verified(LINES)

    assert (verdict.size, verdict.checkpoints) == (20, 3)
    assert verdict.sentence == "20 entries verified under 3 checkpoints."


def test_the_root_is_the_one_signed():
    """The verdict's root is that of the book's last checkpoint."""
    assert verified(LINES).root == fold(EMPTY, [entry(number) for number in range(20)], SIGNER).frontier.root()


def test_a_book_without_entries_is_verified():
    """Nothing happened yet, and a checkpoint that was kept says so too; the file alone shows nothing."""
    assert broken(list(export(KEY, [], []))).fault is JournalFault.TRUNCATED
    verdict = verified(list(export(KEY, [], [])), against=fold(EMPTY, [], SIGNER).checkpoint_note)

    assert verdict == Verified(size=0, root=EMPTY_ROOT, checkpoints=0)


@pytest.mark.parametrize("cut", [1, 2, 3, 22])
def test_an_export_that_no_checkpoint_closes_is_refused(cut):
    """Lines cut off the end are missed, be it the last checkpoint alone or all but the first line."""
    verdict = broken(LINES[:-cut])

    assert verdict.fault is JournalFault.TRUNCATED
    assert "no checkpoint" in verdict.sentence


def test_an_entry_without_a_checkpoint_must_be_in_its_place_too():
    """A forged line at the end is found though no checkpoint covers it."""
    lines = LINES[:-1]
    lines[-1] = lines[-1].replace(b'"U1"', b'"U2"')

    assert (broken(lines).index, broken(lines).fault) == (19, JournalFault.ALTERED)


def test_an_entry_without_a_checkpoint_must_state_its_own_index():
    """The plain index in a line, which any reader of the file goes by, cannot be rewritten unseen."""
    lines = LINES[:-1]
    lines[-1] = lines[-1].replace(b'"index":19', b'"index":18')

    assert broken(lines).index == 19


def test_an_intact_file_is_read_once():
    """What the checkpoints cover is not gone through a second time."""

    class Counted(io.BytesIO):
        total = 0

        def read(self, size: int | None = -1, /) -> bytes:
            block = super().read(size)
            self.total += len(block)
            return block

    file = Counted(BOOK.file)

    assert isinstance(verify(file, KEY), Verified)
    assert file.total <= len(BOOK.file)


def test_a_book_shown_with_fewer_checkpoints_is_as_good():
    """The last checkpoint vouches for all that earlier ones did."""
    lines = [line for at, line in enumerate(LINES) if at not in CHECKPOINTS[:2]]

    assert (verified(lines).size, verified(lines).checkpoints) == (20, 1)


@pytest.mark.parametrize("renumber", [list, renumbered], ids=["as it is", "renumbered"])
@pytest.mark.parametrize(
    ("edit", "index", "fault"),
    [
        (lambda e: e.__setitem__(5, e[5].replace(b'"U1"', b'"U2"')), 4, JournalFault.ALTERED),
        (lambda e: e.__delitem__(5), 4, JournalFault.REMOVED),
        (lambda e: e.__delitem__(slice(5, 8)), 4, JournalFault.REMOVED),
        (lambda e: e.__delitem__(CHECKPOINTS[0] - 1), 7, JournalFault.REMOVED),
        (lambda e: e.__delitem__(CHECKPOINTS[2] - 1), 19, JournalFault.REMOVED),
        (lambda e: e.insert(5, e[5].replace(b'"U1"', b'"U2"')), 4, JournalFault.INSERTED),
        (lambda e: e.insert(5, e[2]), 4, JournalFault.INSERTED),
        (lambda e: e.append(e[2]), 20, JournalFault.INSERTED),
        (lambda e: e.__setitem__(slice(3, 5), [e[4], e[3]]), 2, JournalFault.REORDERED),
        (lambda e: e.insert(15, e.pop(5)), 4, JournalFault.REORDERED),
        (lambda e: e.insert(5, e.pop(15)), 4, JournalFault.REORDERED),
    ],
)
def test_the_first_wrong_entry_is_named_with_what_was_done(edit, index, fault, renumber):
    """Altered, removed, inserted and reordered are told apart, also when the lines were renumbered to hide it."""
    lines = list(LINES)
    edit(lines)
    verdict = broken(renumber(lines))

    assert (verdict.index, verdict.fault) == (index, fault)
    assert f"entry {index}" in verdict.sentence.lower()


def test_a_line_by_another_key_is_no_entry():
    """An attacker with a key of the same name cannot write a line that counts."""
    attacker = Signer.generate(KEY.name)
    forged = fold(EMPTY, [entry(number, "U9") for number in range(20)], attacker)
    lines = list(LINES)
    lines[7] = Placed(entry=entry(6, "U9"), index=6, signature=forged.signatures[6]).line + b"\n"

    assert (broken(lines).index, broken(lines).fault) == (6, JournalFault.ALTERED)


@pytest.mark.parametrize(
    ("edit", "word"),
    [
        (lambda e: e.insert(CHECKPOINTS[1], e[CHECKPOINTS[0]]), "of 8 entries and stands after 16"),
        (lambda e: e.insert(CHECKPOINTS[0] + 1, e[CHECKPOINTS[0]]), "of 8 entries and stands after 8"),
        (lambda e: e.insert(CHECKPOINTS[0] + 1, e.pop(CHECKPOINTS[0])), "of 8 entries and stands after 9"),
        (lambda e: e.__setitem__(-1, e[-1].replace(b"\\n20\\n", b"\\n21\\n")), "does not fit its text"),
    ],
)
def test_a_checkpoint_in_the_wrong_place_blames_no_entry(edit, word):
    """Checkpoints that were copied, moved or changed are found, and the entries are said to be in order."""
    lines = list(LINES)
    edit(lines)
    verdict = broken(lines)

    assert (verdict.fault, verdict.index) == (JournalFault.CHECKPOINT, None)
    assert word in verdict.sentence


def test_a_cut_at_a_checkpoint_is_found_by_a_checkpoint_kept_elsewhere():
    """Alone, the shorter file is an honest older book; against the saved checkpoint it is short by four."""
    cut = LINES[: CHECKPOINTS[1] + 1]
    verdict = broken(cut, against=BOOK.notes[20])

    assert verified(cut).size == 16
    assert (verdict.fault, verdict.index) == (JournalFault.TRUNCATED, 16)


@pytest.mark.parametrize("size", [4, 8, 12, 20])
def test_a_book_agrees_with_its_own_older_checkpoints(size):
    """Any checkpoint that was saved on the way agrees with the later file, exported or not."""
    assert verified(LINES, against=BOOK.notes[size]) == verified(LINES)


def test_a_saved_checkpoint_covers_what_the_file_leaves_open():
    """Entries without a checkpoint in the file are covered by the one that was kept."""
    assert verified(LINES[: CHECKPOINTS[1]], against=BOOK.notes[16]).size == 16
    assert broken(LINES[: CHECKPOINTS[1]], against=BOOK.notes[12]).fault is JournalFault.TRUNCATED


@pytest.mark.parametrize("size", [4, 20])
def test_a_second_book_by_the_same_key_is_a_fork(size):
    """A book rewritten by the key's owner verifies alone, and not against a checkpoint of the first."""
    rewritten = book(actor="U2")

    assert verified(rewritten.file).size == 20
    assert broken(rewritten.file, against=BOOK.notes[size]).fault is JournalFault.FORKED


def test_two_books_by_the_same_key_cannot_be_mixed():
    """Entries of one book under the checkpoints of another are found, though each signature is right."""
    other = list(book(actor="U2").lines)
    lines = [*LINES[:3], other[3], *LINES[4:]]

    assert broken(lines).fault is JournalFault.FORKED
    assert "from 0 to 7" in broken(lines).sentence


@pytest.mark.parametrize("note", ["", "nonsense\n", "a\n\n— b AAAA\n", book(signer=Signer.generate("other")).notes[20]])
def test_a_saved_checkpoint_that_is_none_is_refused(note):
    """Something else given as the saved checkpoint is said to be unusable; the file is not judged by it."""
    verdict = broken(LINES, against=note)

    assert verdict.fault is JournalFault.WRONG_KEY
    assert verdict.sentence.startswith("The saved checkpoint cannot be used.")


@pytest.mark.parametrize(
    ("content", "fault", "word"),
    [
        (b"", JournalFault.UNREADABLE, "empty"),
        (b"\n", JournalFault.UNREADABLE, "not a journal"),
        (b"kind,at,actor\n", JournalFault.UNREADABLE, "not a journal"),
        (b"{}\n", JournalFault.UNREADABLE, "not a journal"),
        (b'{"x":' + b"[" * 4000, JournalFault.UNREADABLE, "not a journal"),
        (bytes(range(256)) * 40, JournalFault.UNREADABLE, "not a journal"),
        (gzip.compress(BOOK.file), JournalFault.UNREADABLE, "not a journal"),
        (b"\xef\xbb\xbf" + BOOK.file, JournalFault.UNREADABLE, "not a journal"),
        (BOOK.file.replace(b"\n", b"\r\n"), JournalFault.UNREADABLE, "line ends"),
        (BOOK.file.replace(b'"version":1', b'"version":2'), JournalFault.UNREADABLE, "newer one"),
        (book(signer=Signer.generate("other.example")).file, JournalFault.WRONG_KEY, "other.example+"),
        (book(signer=Signer.generate(KEY.name)).file, JournalFault.WRONG_KEY, "the key given is"),
        (BOOK.file.replace(b",", b", ", 1), JournalFault.UNREADABLE, "not a journal"),
        (LINES[0][:50], JournalFault.TRUNCATED, "first line"),
        (LINES[0].rstrip(b"\n"), JournalFault.TRUNCATED, "first line"),
        (BOOK.file + b"x", JournalFault.TRUNCATED, "Line 25, where entry 20 or a checkpoint should stand, is cut off"),
        (BOOK.file[:-1], JournalFault.TRUNCATED, "Line 24, where entry 20 or a checkpoint should stand, is cut off"),
        (BOOK.file + b"\n", JournalFault.UNREADABLE, "Line 25"),
        (BOOK.file + b'{"entry":{}}\n', JournalFault.ALTERED, "Entry 20 (line 25)"),
        (BOOK.file + b"x" * (MAX_LINE + 1) + b"\n", JournalFault.UNREADABLE, "longer than"),
        (BOOK.file + b'{"checkpoint":' + b"[" * 99_999 + b"\n", JournalFault.CHECKPOINT, "not a checkpoint"),
    ],
)
def test_a_file_that_is_no_intact_book_gets_a_sentence(content, fault, word):
    """Foreign, binary, cut and mangled files are told apart in words, without an exception."""
    verdict = broken(content)

    assert (verdict.fault, word in verdict.sentence) == (fault, True), verdict.sentence
    assert verdict.sentence.endswith(".")


@pytest.mark.heavy
def test_a_file_cut_anywhere_is_never_taken_for_whole():
    """A beginning of the file is broken or an older book, and against the saved checkpoint it is always broken."""
    for stop in range(0, len(BOOK.file) - len(LINES[-1]), 7):
        verdict = judged(BOOK.file[:stop])

        assert isinstance(verdict, BrokenJournal) or verdict.size < 20
        assert broken(BOOK.file[:stop], against=BOOK.notes[20]).fault


def test_the_first_fault_is_told_before_the_cut_end():
    """A file that is cut off and altered further up is blamed for what comes first."""
    assert broken(BOOK.file.replace(b'"g3"', b'"gX"')[:-5]).index == 3


def test_memory_stays_flat():
    """A book of 20 MB and a line of 20 MB are judged in the memory of a few blocks."""
    rows = [Exported(entry(number).replace(b'"U1"', b'"%b"' % (b"U" * 100_000)), bytes(64)) for number in range(200)]
    long = io.BytesIO(b"".join(export(KEY, rows, [])))
    wide = io.BytesIO(LINES[0] + b"x" * 20_000_000)
    tracemalloc.start()
    try:
        verdicts = verify(long, KEY), verify(wide, KEY)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert [getattr(verdict, "index", None) for verdict in verdicts] == [0, 0]
    assert peak < 4_000_000
