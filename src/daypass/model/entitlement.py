"""What can be had: levels of access on one resource, with options. Which there are is known to the resource's kind."""

from collections.abc import Iterable
from dataclasses import dataclass

from daypass.model.errors import BadInput
from daypass.model.resource import Resource

LIST, READ, WRITE = "list", "read", "write"
"""Words that several kinds have for levels, and that mean the same wherever they are."""
ORDER = ("use", "list", "read", "write", "delete", "tagging", "permissions", "versions", "tags")
"""How levels and options are told: from the least to the most. A word that one kind alone has comes behind them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entitlement:
    """Levels of access on one resource, with the options that were asked for by name."""

    resource: Resource
    levels: frozenset[str]
    options: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if not self.levels:
            raise BadInput("Say which access you need, such as read.", field="level")

    def covers(self, other: "Entitlement") -> bool:
        """Whether the other is no more than this."""
        within = self.resource.holds(other.resource)
        return within and other.levels <= self.levels and other.options <= self.options

    def __str__(self) -> str:
        options = f" with {', '.join(sorted(self.options))}" if self.options else ""
        return f"{'+'.join(ordered(self.levels))} {self.resource}{options}"


def ordered(words: Iterable[str]) -> list[str]:
    """Put levels, or options, in the order in which they are told."""
    return sorted(words, key=lambda word: (ORDER.index(word) if word in ORDER else len(ORDER), word))
