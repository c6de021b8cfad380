"""Examples that a document keeps: asks, and what the rules must say of them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One example, with its line in the document."""

    name: str
    line: int
