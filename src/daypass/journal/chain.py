"""
Entries bound when they are committed: what stands in the journal before it is signed is not anybody's to change.

Each writer (a connection of a process) has a chain of its own:

    entry 1  ->  MAC 1  ->  entry 2  ->  MAC 2  -> ...        MAC n = HMAC(key, writer, n, MAC n-1, subject, entry n)

Who has the database and not the key can make no MAC. So a row that was changed fits no MAC; one that was taken out,
put in, moved or hidden leaves a gap, a repetition or a break in its writer's chain, and `Chains.follow` refuses it.
What is cut off the end of a chain leaves no gap: its writer, as long as it lives, looks for what it wrote last.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hmac import compare_digest
from typing import NamedTuple

import msgspec

from daypass.journal.damage import BookDamaged
from daypass.journal.encoding import mac

PURPOSE = "daypass journal binding v1"
"""What the key is derived for; see Signer.derive."""

_ENCODER = msgspec.json.Encoder()


class ChainEnd(NamedTuple):
    """The last entry of a writer's chain so far: its number, and the MAC that the next one begins from."""

    counter: int = 0
    mac: bytes = b""


BEGINNING = ChainEnd()
"""Before a writer's first entry."""


def bind(last: ChainEnd, key: bytes, *, writer: int, subject: str | None, entry: bytes) -> ChainEnd:
    """Bind the next entry of a writer; returns its number and its MAC, which the one after it begins from."""
    counter = last.counter + 1
    return ChainEnd(counter, _mac(key, _heading(writer, counter, last.mac, subject), entry))


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """An entry as it is stored, with its place in its writer's chain."""

    subject: str | None
    entry: bytes
    writer: int
    counter: int
    previous: bytes
    mac: bytes

    @property
    def end(self) -> ChainEnd:
        """What the writer's next entry begins from."""
        return ChainEnd(counter=self.counter, mac=self.mac)

    def holds(self, key: bytes) -> bool:
        """Whether a process that has the key committed exactly this, with this subject, at this place in its chain."""
        try:
            expected = _mac(key, _heading(self.writer, self.counter, self.previous, self.subject), self.entry)
            return compare_digest(expected, self.mac)
        except (AttributeError, TypeError, ValueError):  # a column holds what never was bytes, a number or a text
            return False


@dataclass(slots=True)
class Chains:
    """How far each writer's chain has been followed."""

    key: bytes
    ends: dict[int, ChainEnd] = field(default_factory=dict)

    def follow(self, entries: Iterable[Bound]) -> Mapping[int, ChainEnd]:
        """
        Follow entries in the order of the journal; returns the new ends, and keeps none of them itself.

        Raises BookDamaged for one that was changed, for a gap and for a repetition.
        """
        ends: dict[int, ChainEnd] = {}
        for one in entries:
            if not one.holds(self.key):
                raise BookDamaged(f"{_name(one)} is not what was committed: its binding does not fit it.")
            last = ends.get(one.writer) or self.ends.get(one.writer, BEGINNING)
            if one.counter > last.counter + 1:
                raise BookDamaged(
                    f"{_name(one)} follows number {last.counter} of its writer: {one.counter - last.counter - 1} in "
                    "between are missing from the journal."
                )
            if one.counter <= last.counter or one.previous != last.mac:
                raise BookDamaged(f"{_name(one)} stands in the journal twice, or was moved.")
            ends[one.writer] = one.end
        return ends


def _heading(writer: int, counter: int, previous: bytes, subject: str | None) -> bytes:
    return _ENCODER.encode((writer, counter, previous.hex(), subject))


def _mac(key: bytes, heading: bytes, entry: bytes) -> bytes:
    """JSON has no line break in it, so that where the heading ends and the entry begins is never in doubt."""
    return mac(key, b"%b\n%b" % (heading, entry))


def _name(one: Bound) -> str:
    about = f" about {one.subject}" if one.subject else ""
    return f"The journal entry{about} (number {one.counter} of writer {one.writer:x})"
