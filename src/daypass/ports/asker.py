"""
On whose behalf something is looked up, so that nobody uses up what Slack allows all of us (people/slack_budget).

A door opens a place for whoever has come (`visited`), and writes into it who that is once it knows (`is_asking`). The
place goes along into every thread that works for them. Without one nobody is behind it: a chore, or a delivery. What a
chore looks up is marked so (`unhurried`): nobody waits for it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from daypass.model.principal import NOBODY, PrincipalId


@dataclass(slots=True, kw_only=True)
class _Visit:
    """One request, and who has made it."""

    by: PrincipalId = NOBODY
    """NOBODY is all who came without a login, together."""


_VISIT: ContextVar[_Visit | None] = ContextVar("visit", default=None)


@contextmanager
def visited(by: PrincipalId = NOBODY) -> Iterator[None]:
    """Whatever is looked up in here is looked up for this one; at first, perhaps, for somebody without a login."""
    token = _VISIT.set(_Visit(by=by))
    try:
        yield
    finally:
        _VISIT.reset(token)


def is_asking(person: PrincipalId) -> None:
    """Say who has come; from here on they answer for what is looked up."""
    if (visit := _VISIT.get()) is not None:
        visit.by = person


def asker() -> PrincipalId | None:
    """For whom this is done; None when nobody waits for it at a door."""
    visit = _VISIT.get()
    return visit.by if visit else None


_CHORE: ContextVar[bool] = ContextVar("chore", default=False)


@contextmanager
def unhurried() -> Iterator[None]:
    """Whatever is looked up in here is looked up by a chore: nobody waits for it."""
    token = _CHORE.set(True)
    try:
        yield
    finally:
        _CHORE.reset(token)


def by_a_chore() -> bool:
    """Whether this is done by a chore."""
    return _CHORE.get()
