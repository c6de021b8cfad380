"""Who is told of what happens: each reads lines of its own, so that none waits for another."""

from collections.abc import Mapping
from enum import StrEnum

from daypass.model.event import EntryKind


class Listener(StrEnum):
    """One who is told. The name stands in the outbox and in the metrics."""

    SLACK = "slack"
    GLASS_HOOK = "glass-hook"
    """The operator's hook for break glass, which rings a telephone."""


_HEARS: Mapping[Listener, frozenset[EntryKind]] = {
    Listener.SLACK: frozenset(EntryKind),
    Listener.GLASS_HOOK: frozenset({EntryKind.GLASS_BROKEN}),
}


def listeners(kind: EntryKind) -> tuple[Listener, ...]:
    """Who is told of what happened, set up or not: whoever writes it need not know."""
    return tuple(one for one in Listener if kind in _HEARS[one])
