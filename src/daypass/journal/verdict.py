"""What can be said of a book's file, as values with a sentence for a person."""

from dataclasses import dataclass
from enum import StrEnum


class JournalFault(StrEnum):
    """The ways a book's file can be wrong."""

    ALTERED = "altered"
    """The entry's text is not what was written in its place."""
    REMOVED = "removed"
    """The entry is missing."""
    INSERTED = "inserted"
    """A line stands here that was never written here: a forged one, or a second copy of an earlier one."""
    REORDERED = "reordered"
    """The entry is still in the file, further down."""
    WORDS = "words"
    """What stands beside an entry is not what somebody wrote there; the entry is."""
    CHECKPOINT = "checkpoint"
    """A checkpoint is damaged, forged or in the wrong place; no entry before it is wrong."""
    TRUNCATED = "truncated"
    """The file ends in the middle of a line, or before the end of a checkpoint saved elsewhere."""
    FORKED = "forked"
    """Entries and checkpoints are each rightly signed, but of two different books."""
    UNREADABLE = "unreadable"
    """The file, or a line of it, is not of a journal."""
    WRONG_KEY = "wrong key"
    """The file, or the saved checkpoint, belongs to another key or another book."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """Every entry is what was written, where it was written, and a checkpoint closes the file."""

    size: int
    root: bytes
    checkpoints: int
    """Checkpoints in the file, each of them checked."""
    spoken: int = 0
    """Entries with words beside them, each of them checked."""

    @property
    def sentence(self) -> str:
        """The verdict for a person."""
        beside = f", and the text of {self.spoken:,} of them" if self.spoken else ""
        return (
            f"{_count(self.size, 'entry', 'entries')} verified under {_count(self.checkpoints, 'checkpoint')}{beside}."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenJournal:
    """The file is not the book. `index` is the first wrong entry, counted from 0; None when no entry is to blame."""

    fault: JournalFault
    sentence: str
    index: int | None = None


Verdict = Verified | BrokenJournal


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"
