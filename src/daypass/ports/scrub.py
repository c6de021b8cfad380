"""The ledger, gone over as a whole: which rows are not what Daypass wrote."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class AlteredRow:
    """A row of the ledger that was changed outside Daypass, or cannot be read."""

    row: str
    """Its table and key, such as grants/abcdefgh2345."""
    because: str
    """A sentence."""


class Scrub(Protocol):
    """Goes over the whole ledger."""

    def altered(self) -> Iterator[AlteredRow]:
        """Look at every row once, and give those that are not what Daypass wrote. Takes as long as it takes."""
        ...
