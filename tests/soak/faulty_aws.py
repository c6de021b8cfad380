"""An AWS in a dict that fails as real ones do: not at all, half, twice, late; and that kills who speaks with it."""

from collections import Counter
from dataclasses import dataclass, field
from random import Random
from threading import Lock
from typing import Any

from daypass.model.errors import Throttled, Unavailable
from daypass.model.grant import Grant, GrantId, Presence
from tests.hands import HandAws


class Killed(BaseException):
    """A worker's process has ended here: nothing of it runs on, and nothing is caught."""


@dataclass
class FaultyAws(HandAws):
    """Fails before a call or after it, by its dice; the same seed throws the same for the same order of calls."""

    dice: Random = field(default_factory=Random)
    faults: Counter[str] = field(default_factory=Counter)
    quiet: bool = False
    """Whether it has stopped failing."""
    _hidden: set[GrantId] = field(default_factory=set)
    _lock: Lock = field(default_factory=Lock)

    def provision(self, grant: Grant, *more: Any, **named: Any) -> None:
        """Hold it, or not, or hold it and not say so, or show it a moment later."""
        self._fail("before provisioning")
        with self._lock:
            super().provision(grant, *more, **named)
            if self._throw(0.02):
                self._hidden.add(grant.id)
        self._fail("after provisioning")

    def revoke(self, grant: Grant, *more: Any, **named: Any) -> Presence:
        """Hold it no longer, or do, or do not and say nothing."""
        self._fail("before revoking")
        with self._lock:
            seen = super().revoke(grant, *more, **named)
        self._fail("after revoking")
        return seen

    def observe(self, grant: Grant, *more: Any, **named: Any) -> Presence:
        """Say whether it is held; of some, once, what was so a moment ago."""
        self._fail("looking")
        with self._lock:
            seen = super().observe(grant, *more, **named)
            if grant.id in self._hidden:
                self._hidden.discard(grant.id)
                return Presence.ABSENT
        return seen

    def _fail(self, where: str) -> None:
        if self.quiet:
            return
        thrown = self._thrown()
        kind, error = next(((kind, error) for most, kind, error in _FAULTS if thrown < most), ("", None))
        if error is not None:
            with self._lock:
                self.faults[f"{kind} {where}"] += 1
            raise error(f"AWS: {kind}.")

    def _throw(self, share: float) -> bool:
        return not self.quiet and self.dice.random() < share

    def _thrown(self) -> float:
        with self._lock:
            return self.dice.random()


_FAULTS: tuple[tuple[float, str, type[BaseException]], ...] = (
    (0.0008, "the worker was killed", Killed),
    (0.02, "no answer", Unavailable),
    (0.03, "too fast", Throttled),
    (0.032, "something nobody foresaw", RuntimeError),
)
"""Up to which throw of the dice, what happens, and how it shows."""
