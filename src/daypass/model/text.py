"""
Sentences that speak of somebody: words, and references in their places.

A door renders each reference as its readers know people. So nobody looks for ids in a sentence, and what a caller wrote
is words, whatever it looks like.
"""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of whom a sentence speaks."""

    id: str


Text = tuple[str | Person, ...]
"""A sentence, piece by piece."""


def text_of(*pieces: str | Person | Text) -> Text:
    """Put a sentence together out of words, references and texts."""
    flat = [one for piece in pieces for one in (piece if isinstance(piece, tuple) else (piece,))]
    return tuple(one for one in flat if one)


def rendered(text: Text, person: Callable[[str], str] = str) -> str:
    """The sentence with each person as `person` names them; by their ids for the journal and the log."""
    return "".join(person(one.id) if isinstance(one, Person) else one for one in text)


def people_in(text: Text) -> tuple[str, ...]:
    """Those of whom it speaks, each once, in order."""
    return tuple(dict.fromkeys(one.id for one in text if isinstance(one, Person)))


def listed(people: tuple[str, ...]) -> Text:
    """Several people, with commas between them."""
    return tuple(piece for one in people for piece in (", ", Person(one)))[1:]
