"""
The few kinds of value that Block Kit is made of.

`shapes.py` writes Block Kit down with them, `check.py` holds a payload against that.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

PLAIN = ("plain_text",)
EITHER = ("plain_text", "mrkdwn")


@dataclass(frozen=True, slots=True)
class Str:
    """A string of `least` to `most` characters; `like` is a regular expression for all of it."""

    most: int
    least: int = 0
    like: str = ""
    called: str = "string"


@dataclass(frozen=True, slots=True)
class Bool:
    """True or false."""


@dataclass(frozen=True, slots=True)
class Int:
    """A whole number between `least` and `most`, both included."""

    least: int = 0
    most: int = 2**53


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of these words."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Text:
    """A text object of one of these kinds."""

    most: int
    kinds: tuple[str, ...] = PLAIN
    least: int = 1


@dataclass(frozen=True, slots=True)
class Obj:
    """An object of the named shape, which has no type of its own."""

    shape: str


@dataclass(frozen=True, slots=True)
class Typed:
    """An element or part whose `type` names its shape, one of these."""

    types: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AnyBlock:
    """A block of whatever type Block Kit knows."""


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list of `least` to `most` such values."""

    of: "Spec"
    most: int
    least: int = 1


@dataclass(frozen=True, slots=True)
class Anything:
    """A value that is not looked into."""


Spec = Str | Bool | Int | OneOf | Text | Obj | Typed | AnyBlock | ListOf | Anything


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """An object: its fields, which of them must be there, and of which groups one must be."""

    fields: Mapping[str, Spec]
    required: tuple[str, ...] = ()
    one_of: tuple[tuple[str, ...], ...] = field(default=())
