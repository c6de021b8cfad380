"""A small book to tamper with, its key, and how its file is taken apart and put together."""

import io
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

from daypass.journal.entry import canonical
from daypass.journal.export import Exported, export
from daypass.journal.fold import fold
from daypass.journal.key import Signer
from daypass.journal.tree import EMPTY
from daypass.journal.verdict import BrokenJournal, Verdict, Verified
from daypass.journal.verify import verify

SIGNER = Signer.parse("PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")
KEY = SIGNER.public
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """The lines of a book's file, each with its newline, and every checkpoint that was signed, by size."""

    lines: tuple[bytes, ...]
    notes: dict[int, str]

    @property
    def file(self) -> bytes:
        """The file's bytes."""
        return b"".join(self.lines)


def entry(number: int, actor: str = "U1") -> bytes:
    """An entry's canonical bytes; different numbers give different ones."""
    at = NOON + timedelta(seconds=number)
    return canonical({"kind": "grant.activated", "at": at, "actor": actor, "subject": f"g{number}", "details": {}})


@cache
def book(size: int = 20, batch: int = 4, spacing: int = 6, signer: Signer = SIGNER, actor: str = "U1") -> Book:
    """A book folded in batches: with the values given, checkpoints stand at 8, 16 and 20."""
    frontier = EMPTY
    rows: list[Exported] = []
    notes: dict[int, str] = {}
    for start in range(0, size, batch):
        entries = [entry(number, actor) for number in range(start, min(start + batch, size))]
        folded = fold(frontier, entries, signer)
        frontier = folded.frontier
        rows += map(Exported, entries, folded.signatures)
        notes[frontier.size] = folded.checkpoint_note
    return Book(lines=tuple(export(signer.public, rows, notes.items(), spacing=spacing)), notes=notes)


def is_entry(line: bytes) -> bool:
    """Whether a line of the file is an entry."""
    return line.startswith(b'{"entry":')


def renumbered(lines: list[bytes]) -> list[bytes]:
    """The lines with the plain index of each entry rewritten to where it now stands."""
    numbers = iter(range(len(lines)))
    return [
        re.sub(rb'"index":\d+,"place"', b'"index":%d,"place"' % next(numbers), line) if is_entry(line) else line
        for line in lines
    ]


def judged(lines: bytes | list[bytes] | tuple[bytes, ...], against: str | None = None) -> Verdict:
    """The verdict on a file of these bytes or lines."""
    content = lines if isinstance(lines, bytes) else b"".join(lines)
    return verify(io.BytesIO(content), KEY, against)


def verified(lines: bytes | list[bytes] | tuple[bytes, ...], against: str | None = None) -> Verified:
    """The verdict on a file that must verify."""
    verdict = judged(lines, against)
    assert isinstance(verdict, Verified), verdict
    return verdict


def broken(lines: bytes | list[bytes] | tuple[bytes, ...], against: str | None = None) -> BrokenJournal:
    """The verdict on a file that must be found broken."""
    verdict = judged(lines, against)
    assert isinstance(verdict, BrokenJournal), verdict
    return verdict
