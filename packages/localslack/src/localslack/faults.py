"""
What is to go wrong, set at run time by a test or by the demo.

Each fault is a small counter or switch that the server asks at the one place where it bites.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from localslack.wire import RefusedError

_MINUTE_S = 60.0


@dataclass(slots=True, kw_only=True)
class Planned:
    """A refusal for the next `left` calls; of one method, or of any when `method` is empty."""

    left: int
    method: str
    refusal: RefusedError


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """How one method of the Web API fails, for as long as this is set."""

    hangs_s: float = 0.0
    """Seconds before anything comes; longer than a client waits, it is a time-out."""
    status: int = 200
    """Anything but 200 comes without a body of Slack's."""
    error: str = ""
    """An error of Slack's, such as unknown_method."""
    retry_after: int = 0
    """With it the answer is a 429."""
    without: str = ""
    """This field is left out of the answer, wherever it would be."""
    of: str = ""
    """Only of the thing with this id."""


@dataclass(slots=True)
class Faults:
    """The faults in force."""

    unavailable: bool = False
    """Every Web API call and response URL answers 503 (Slack is down behind its front)."""
    slow_by: float = 0.0
    """Seconds that every Web API answer is held back."""
    lose_answers: int = 0
    """The next n Web API calls take effect, but the connection breaks before the answer."""
    deliver_twice: int = 0
    """The next n interactions or commands are delivered a second time."""
    deliver_events_twice: int = 0
    """The next n events are delivered a second time although the app took them."""
    hold_back: int = 0
    """Collect the next n deliveries and send them in reverse order once they are complete."""
    broken: dict[str, Broken] = field(default_factory=dict)
    """By method; `*` is every method that is not named."""
    planned: list[Planned] = field(default_factory=list)
    allowed: dict[str, int] = field(default_factory=dict)
    """Calls of a method that are answered within a minute; the others get 429, as from Slack itself."""
    clock: Callable[[], float] = time.monotonic
    """Whose minutes these are."""
    made: dict[str, list[float]] = field(default_factory=dict)

    def rate_limit(self, calls: int, *, retry_after: int = 1, method: str = "") -> None:
        """Answer the next calls with 429 and a Retry-After of so many seconds."""
        refusal = RefusedError("ratelimited", status=429, headers={"Retry-After": str(retry_after)})
        self.planned.append(Planned(left=calls, method=method, refusal=refusal))

    def refuse(self, error: str, *, calls: int = 1, method: str = "") -> None:
        """Answer the next calls with an error of Slack's, such as fatal_error."""
        self.planned.append(Planned(left=calls, method=method, refusal=RefusedError(error)))

    def of(self, method: str) -> Broken:
        """How a method fails now."""
        return self.broken.get(method) or self.broken.get("*") or Broken()

    def bite(self, method: str) -> None:
        """Raise what is planned for this call, if anything, and 429 beyond what is allowed in a minute."""
        broken = self.of(method)
        if broken.retry_after:
            raise RefusedError("ratelimited", status=429, headers={"Retry-After": str(broken.retry_after)})
        if broken.error:
            raise RefusedError(broken.error)
        self._count(method)
        for plan in self.planned:
            if plan.left > 0 and plan.method in ("", method):
                plan.left -= 1
                raise plan.refusal

    def _count(self, method: str) -> None:
        if method not in self.allowed:
            return
        now = self.clock()
        recent = self.made[method] = [at for at in self.made.get(method, []) if now - at < _MINUTE_S]
        if len(recent) >= self.allowed[method]:
            left = max(1, round(_MINUTE_S - (now - recent[0])))
            raise RefusedError("ratelimited", status=429, headers={"Retry-After": str(left)})
        recent.append(now)

    def clear(self) -> None:
        """End all faults."""
        self.unavailable, self.slow_by, self.lose_answers = False, 0.0, 0
        self.deliver_twice = self.deliver_events_twice = self.hold_back = 0
        self.broken.clear()
        self.planned.clear()
        self.allowed.clear()

    def take(self, name: str) -> bool:
        """Use up one of a counted fault; False when none is left."""
        left: int = getattr(self, name)
        if left > 0:
            setattr(self, name, left - 1)
        return left > 0
