"""
Which entry is the first wrong one, once a root does not match.

The place signatures decide, in the order of the file: the first line that was not put at its index by the key's owner
is the first wrong one, whatever else was done to the file. That costs one Ed25519 verification for each entry since the
last good checkpoint (some 7,000 a second). What was done to it (removed, inserted, moved) is found by looking
where the true entry and the strange line belong; for an attacker who also renumbered the lines, that search goes
128 entries far, and what lies further counts as altered or removed.
"""

from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO

from daypass.journal.journal_line import Placed
from daypass.journal.key import PublicKey
from daypass.journal.lines import entry_line_number, entry_lines
from daypass.journal.verdict import BrokenJournal, JournalFault

_NEAR = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspect:
    """A file of which the first `covered` entries, and the checkpoints among them, are known to be right."""

    file: BinaryIO
    key: PublicKey
    covered: int

    def first_wrong(self, until: int) -> BrokenJournal | None:
        """Name the first entry from `covered` up to `until` that is not at its place; None when all are."""
        if until <= self.covered:
            return None
        for index, line in enumerate(islice(entry_lines(self.file), self.covered, until), start=self.covered):
            placed = Placed.parse(line)
            if placed is None or placed.index != index or not placed.was_put_at(index, self.key):
                return self.wrong(index, line)
        return None

    def wrong(self, index: int, line: bytes) -> BrokenJournal:
        """Say what was done where entry `index` should stand and `line` stands."""
        stranger = self._belongs(line, index)
        where = f"Entry {index} (line {entry_line_number(self.file, index)})"
        if stranger is not None and stranger < index:
            told = f"{where} is not the one written there: entry {stranger} stands there a second time."
            return BrokenJournal(index=index, fault=JournalFault.INSERTED, sentence=told)
        if stranger is not None:
            return self.missing(index, f"{where} is not in its place, where entry {stranger} stands instead")
        if self._stands_later(index):
            told = f"{where} is forged: a line was inserted there, and the true entry {index} comes after it."
            return BrokenJournal(index=index, fault=JournalFault.INSERTED, sentence=told)
        told = f"{where} was altered: it is not what was written and signed in that place."
        return BrokenJournal(index=index, fault=JournalFault.ALTERED, sentence=told)

    def missing(self, index: int, observed: str) -> BrokenJournal:
        """Say whether an entry that is not where it should be was moved or removed."""
        if self._stands_later(index):
            return BrokenJournal(
                index=index, fault=JournalFault.REORDERED, sentence=f"{observed}; it was moved further down."
            )
        return BrokenJournal(index=index, fault=JournalFault.REMOVED, sentence=f"{observed}; it was removed.")

    def _belongs(self, line: bytes, index: int) -> int | None:
        """Which other index the line was signed for: the one it claims, or one near by."""
        placed = Placed.parse(line)
        if placed is None:
            return None
        near = (index + step for distance in range(1, _NEAR) for step in (distance, -distance))
        for other in (placed.index, *near):
            if other >= 0 and other != index and placed.was_put_at(other, self.key):
                return other
        return None

    def _stands_later(self, index: int) -> bool:
        """Whether the true entry `index` is in the file after its place."""
        claim = b',"index":%d,"place":"' % index
        for at, line in enumerate(entry_lines(self.file)):
            if at > index and (claim in line or at - index < _NEAR):
                placed = Placed.parse(line)
                if placed is not None and placed.was_put_at(index, self.key):
                    return True
        return False
