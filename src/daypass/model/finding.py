"""Something that was found wrong with the journal, kept so that it is told once, and again when it is over."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from daypass.model.principal import DAYPASS
from daypass.model.record import Validity


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalFinding:
    """One thing that is wrong. Open for as long as it is."""

    because: str
    """What is wrong, as a sentence."""
    source: str
    """Which machine found it, and where that machine remembers the journal's head."""
    at: datetime
    """When it was found."""
    state: Validity = Validity.OPEN
    revision: int = 0

    @property
    def key(self) -> str:
        """The same for the same sentence, whoever finds it."""
        return hashlib.sha256(self.because.encode(errors="surrogateescape")).hexdigest()[:32]

    @property
    def owner(self) -> str:
        """Daypass itself."""
        return DAYPASS


@dataclass(frozen=True, slots=True, kw_only=True)
class Alteration:
    """A row of the ledger that was changed outside Daypass. Open for as long as it was not put right."""

    row: str
    """Its table and key."""
    because: str
    at: datetime
    """When it was found."""
    state: Validity = Validity.OPEN
    revision: int = 0

    @property
    def key(self) -> str:
        """The row."""
        return self.row

    @property
    def owner(self) -> str:
        """Daypass itself."""
        return DAYPASS
