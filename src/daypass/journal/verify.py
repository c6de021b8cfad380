"""
A book's file checked with the public key and nothing else: `daypass verify FILE`.

The fast path hashes raw lines and compares roots with the signed checkpoints; since a leaf is a whole line, a root that
matches vouches for every byte before it. Only where a root does not match, and for entries that no checkpoint
covers, the place signatures are asked (blame). There is no unsigned hash in the file, so there is none that an
attacker could rewrite to match.

What a file alone cannot show: that it was cut off right after one of its checkpoints, or that the key's owner wrote
two books. A checkpoint saved elsewhere shows both: give it as `against`.
"""

from dataclasses import dataclass
from typing import BinaryIO

import msgspec

from daypass.journal.blame import Suspect
from daypass.journal.checkpoint import Checkpoint, open_checkpoint
from daypass.journal.entry import BadEntry, read_entry
from daypass.journal.export import (
    CHECKPOINT_BEGINS,
    WORDS_BEGIN,
    BadWords,
    header,
    read_checkpoint_line,
    read_words_line,
)
from daypass.journal.journal_line import Placed
from daypass.journal.key import PublicKey
from daypass.journal.lines import MAX_LINE, CutOff, LineTooLong, stretches
from daypass.journal.note import BadNote
from daypass.journal.tree import EMPTY, Frontier, leaf_hash
from daypass.journal.verdict import BrokenJournal, JournalFault, Verdict, Verified

_MAX_HEADER = 4096
_NOT_A_JOURNAL = "This is not a journal of Daypass: its first line is not the one that `daypass journal export` writes."


def verify(file: BinaryIO, key: PublicKey, against: str | None = None) -> Verdict:
    """
    Check a book's file, opened for reading bytes and able to seek, against its public key.

    `against` is a signed checkpoint of the same book, older or newer, that was kept elsewhere. Never raises because
    of what the file holds.
    """
    try:
        saved = None if against is None else open_checkpoint(against, key)
    except BadNote as error:
        return BrokenJournal(
            fault=JournalFault.WRONG_KEY, sentence=f"The saved checkpoint cannot be used. {error.sentence}"
        )
    file.seek(0)
    return _check_header(file.readline(_MAX_HEADER), key) or _Walk(file=file, key=key, saved=saved).to_the_end()


@dataclass(slots=True, kw_only=True)
class _Walk:
    """How far the file has been read, and how much of that is proven."""

    file: BinaryIO
    key: PublicKey
    saved: Checkpoint | None
    frontier: Frontier = EMPTY
    covered: int = 0
    checkpoints: int = 0
    spoken: int = 0
    last: bytes = b""
    """The line before, when it is an entry's."""
    root_at_saved: bytes | None = None

    def to_the_end(self) -> Verdict:
        """Read the file from where it stands and judge it."""
        ends_badly: BrokenJournal | None = None
        self._take([])
        try:
            for lines, other in stretches(self.file):
                self._take([leaf_hash(line) for line in lines])
                self.last = lines[-1] if lines else self.last
                if other is not None and (wrong := self._close(other)):
                    return wrong
        except LineTooLong:
            ends_badly = self._at_the_end(JournalFault.UNREADABLE, f"is longer than {MAX_LINE:,} bytes, as no entry is")
        except CutOff:
            ends_badly = self._at_the_end(JournalFault.TRUNCATED, "is cut off in the middle")
        return self._first_wrong() or ends_badly or self._against_saved() or self._open_end() or self._verified()

    def _take(self, leaves: list[bytes]) -> None:
        """Grow the tree; on the way past the saved checkpoint's size, remember the root there."""
        ahead = self.saved.size - self.frontier.size if self.saved else -1
        if 0 <= ahead <= len(leaves):
            self.frontier = self.frontier.extend(leaves[:ahead])
            self.root_at_saved = self.frontier.root()
            leaves = leaves[ahead:]
        self.frontier = self.frontier.extend(leaves)

    def _close(self, line: bytes) -> BrokenJournal | None:
        """Check a line that is not an entry: the words of the one before, or the checkpoint of all before."""
        before, self.last = self.last, b""
        if line.startswith(WORDS_BEGIN):
            return self._compare(line, before)
        if not line.startswith(CHECKPOINT_BEGINS):
            return self._first_wrong() or self._stray(line)
        try:
            checkpoint = read_checkpoint_line(line, self.key)
        except BadNote as error:
            return self._first_wrong() or self._bad_checkpoint(error.sentence)
        if not self.covered < checkpoint.size == self.frontier.size:
            return self._first_wrong() or self._misplaced(checkpoint)
        if checkpoint.root != self.frontier.root():
            return self._first_wrong() or self._forked()
        self.covered = self.frontier.size
        self.checkpoints += 1
        return None

    def _compare(self, line: bytes, before: bytes) -> BrokenJournal | None:
        """Check the words that stand beside an entry against the hashes in it."""
        self.spoken += 1
        placed = Placed.parse(before)
        try:
            index, words = read_words_line(line)
            hashes = {} if placed is None or placed.index != index else read_entry(placed.entry).hashes
        except (BadWords, BadEntry):
            return self._first_wrong() or self._foreign_words("cannot be read")
        strange = next((word.name for word in words if hashes.get(word.name) != word.hash), None)
        if strange is None:
            return None
        return self._first_wrong() or self._foreign_words(f"is not what was written ({strange})")

    def _foreign_words(self, how: str) -> BrokenJournal:
        told = f"The text of entry {self.frontier.size - 1} (line {self._line() - 1}) {how}."
        return BrokenJournal(index=max(self.frontier.size - 1, 0), fault=JournalFault.WORDS, sentence=told)

    def _first_wrong(self) -> BrokenJournal | None:
        """Ask the place signatures of all entries read since the last good checkpoint."""
        return self._suspect().first_wrong(self.frontier.size)

    def _suspect(self) -> Suspect:
        return Suspect(file=self.file, key=self.key, covered=self.covered)

    def _line(self) -> int:
        """The number of the line after those read, counted from 1."""
        return self.frontier.size + self.checkpoints + self.spoken + 2

    def _at_the_end(self, fault: JournalFault, what: str) -> BrokenJournal:
        told = f"Line {self._line()}, where entry {self.frontier.size} or a checkpoint should stand, {what}."
        return BrokenJournal(index=self.frontier.size, fault=fault, sentence=told)

    def _stray(self, line: bytes) -> BrokenJournal:
        wrong = self._suspect().wrong(self.frontier.size, line)
        return (
            wrong if wrong.fault is JournalFault.INSERTED else self._at_the_end(JournalFault.UNREADABLE, "is neither")
        )

    def _bad_checkpoint(self, why: str) -> BrokenJournal:
        told = f"The checkpoint on line {self._line()} does not hold. {why} The entries before it are in order."
        return BrokenJournal(fault=JournalFault.CHECKPOINT, sentence=told)

    def _misplaced(self, checkpoint: Checkpoint) -> BrokenJournal:
        size = self.frontier.size
        if checkpoint.size > size:
            observed = f"Entry {size} is missing before the checkpoint of {checkpoint.size} (line {self._line()})"
            return self._suspect().missing(size, observed)
        return self._bad_checkpoint(f"It is of {checkpoint.size} entries and stands after {size}.")

    def _forked(self) -> BrokenJournal:
        told = (
            f"The checkpoint on line {self._line()} is of another book: each entry from {self.covered} to "
            f"{self.frontier.size - 1} is rightly signed, but together they are not what the same key signed there."
        )
        return BrokenJournal(fault=JournalFault.FORKED, sentence=told)

    def _against_saved(self) -> BrokenJournal | None:
        """Compare the file with a checkpoint kept elsewhere."""
        if self.saved is None:
            return None
        if self.saved.size > self.frontier.size:
            told = (
                f"The book was cut short, or exported before the checkpoint was saved: the saved checkpoint covers "
                f"{self.saved.size} entries, the file ends after {self.frontier.size}."
            )
            return BrokenJournal(index=self.frontier.size, fault=JournalFault.TRUNCATED, sentence=told)
        if self.root_at_saved != self.saved.root:
            told = (
                f"The book was forked: its first {self.saved.size} entries are not those that the same key signed in "
                "the saved checkpoint."
            )
            return BrokenJournal(fault=JournalFault.FORKED, sentence=told)
        self.covered = max(self.covered, self.saved.size)
        return None

    def _open_end(self) -> BrokenJournal | None:
        """Refuse a file whose last entry no checkpoint covers: what came after it may have been cut off."""
        if self.covered == self.frontier.size and (self.frontier.size or self.saved):
            return None
        if not self.frontier.size:
            told = "The file has no entries and no checkpoint, so that it shows nothing."
            return BrokenJournal(fault=JournalFault.TRUNCATED, sentence=told)
        told = (
            f"The file is incomplete: no checkpoint closes it after its last entry ({self.frontier.size - 1}), and "
            "what came after may have been cut off. Export it again."
        )
        return BrokenJournal(index=None, fault=JournalFault.TRUNCATED, sentence=told)

    def _verified(self) -> Verified:
        return Verified(
            size=self.frontier.size,
            root=self.frontier.root(),
            checkpoints=self.checkpoints,
            spoken=self.spoken,
        )


class _Header(msgspec.Struct, forbid_unknown_fields=True):
    daypass: str
    key: str
    version: int


def _check_header(line: bytes, key: PublicKey) -> BrokenJournal | None:
    """Make sure that the file is a book, and the book of this key."""
    if line == header(key) + b"\n":
        return None
    if not line:
        return BrokenJournal(fault=JournalFault.UNREADABLE, sentence="The file is empty.")
    if header(key).startswith(line):
        return BrokenJournal(
            fault=JournalFault.TRUNCATED, sentence="The file is cut off in the middle of its first line."
        )
    if line.endswith(b"\r\n"):
        told = "The file's line ends were changed to CR LF on the way, so no line is what was signed. Fetch it again."
        return BrokenJournal(fault=JournalFault.UNREADABLE, sentence=told)
    try:
        told_by_file = msgspec.json.decode(line, type=_Header)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return BrokenJournal(fault=JournalFault.UNREADABLE, sentence=_NOT_A_JOURNAL)
    return _other_book(told_by_file, key)


def _other_book(told: _Header, key: PublicKey) -> BrokenJournal:
    """Say why a first line in good JSON is not this book's."""
    if told.daypass != "journal" or (told.version, told.key) == (1, key.text):
        return BrokenJournal(fault=JournalFault.UNREADABLE, sentence=_NOT_A_JOURNAL)
    if told.version != 1:
        sentence = f"This journal is of form {told.version}, which this version of Daypass does not know."
        return BrokenJournal(fault=JournalFault.UNREADABLE, sentence=f"{sentence} Verify it with a newer one.")
    sentence = f"The file says that it was signed with the key {told.key!r:.300}, but the key given is {key.text!r}."
    return BrokenJournal(fault=JournalFault.WRONG_KEY, sentence=sentence)
