"""
Words that a reason must have in it, as RE2 understands them: linear in the reason, whatever the pattern.

A match counts when it stands as words of its own: INC-1 is in `see INC-1.`, not in XINC-12.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import re2

from daypass.model.decision import TicketId
from daypass.model.errors import BadInput

MOST_TICKETS = 5
"""How many tickets of one reason are looked up, so that nobody floods the tracker by way of a reason."""

_LONGEST = 200
_MOST_MEMORY = 1 << 20
"""Bytes of one compiled pattern; RE2 itself refuses what would need more."""
_LETTER = r"[^\pL\pM\pN_]"
"""What may stand beside a word: anything that is not part of one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """One pattern; `text` as somebody wrote it, the rest compiled from it."""

    text: str
    compiled: Any = field(compare=False, repr=False)

    def __str__(self) -> str:
        return self.text

    def within(self, reason: str) -> bool:
        """Whether the reason has it, as words of their own."""
        return self.compiled.search(_bytes(reason)) is not None

    def found(self, reason: str) -> Iterator[str]:
        """Go through what the reason has of it, from left to right."""
        rest = _bytes(reason)
        while match := self.compiled.search(rest):
            yield match.group(1).decode()
            rest = rest[match.end(1) :]


def parse_wording(text: str) -> Wording:
    """Read a pattern. Raises BadInput (field `reason`) with a sentence that says what to write instead."""
    if len(text) > _LONGEST:
        raise _refused(f"A pattern of {len(text)} characters is too long; {_LONGEST} are the most.")
    try:
        # By itself first: `a)(b` would be whole only within the brackets that are put around it.
        alone = _compiled(text)
        whole = _compiled(rf"(?:\A|{_LETTER})({text})(?:\z|{_LETTER})")
    except (re2.error, UnicodeEncodeError) as error:
        raise _refused(f"“{text:.60}” is not a pattern that RE2 reads{_why(error)}. See docs/rules.md.") from None
    if alone.fullmatch(b""):
        raise _refused(f"“{text:.60}” is found in every reason, as it also matches nothing at all; ask for a word.")
    return Wording(text=text, compiled=whole)


def tickets(wording: Wording, reason: str) -> tuple[TicketId, ...]:
    """The tickets that a reason names, each once, and of very many the first few."""
    named = dict.fromkeys(TicketId(found) for found in wording.found(reason))
    return tuple(named)[:MOST_TICKETS]


def is_called(wording: Wording, ticket: TicketId) -> bool:
    """Whether a ticket is called as a rule wants it: the whole of its name, and nothing beside it."""
    return tickets(wording, ticket) == (ticket,)


def _compiled(text: str) -> Any:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = _MOST_MEMORY
    return re2.compile(text, options)


def _why(error: Exception) -> str:
    said = error.args[0] if error.args else b""
    return f": {said.decode(errors='replace'):.80}" if isinstance(said, bytes) else ""


def _bytes(reason: str) -> bytes:
    # Half a surrogate pair, which JSON can carry, is no reason to fall over.
    return reason.encode(errors="replace")


def _refused(sentence: str) -> BadInput:
    return BadInput(sentence, field="reason")


TICKET = parse_wording("[A-Z][A-Z0-9]+-[0-9]+")
"""How tickets are called where a rule does not say: INC-42."""
