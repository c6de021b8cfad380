"""
Whether a write to AWS may still be made: asked right before each one, wherever it comes from.

    with writing_under(fence):        the worker, the sweep, the doctor: each says in whose name it writes
        provisioner.provision(...)    the clients ask the fence before each attempt to send a write, and tell it
                                      afterwards whether AWS answered

A worker may be stopped, or AWS may be slow, for longer than a claim lasts; another worker has then gone on with the
grant, and what the first one would still write is wrong. A write outside of any fence is refused, so that a new
delivery cannot forget to ask.

The times that this rests on stand here, in seconds:

    attempt 7      one attempt of the SDK: 2 to connect, 5 of silence
    flight 12      how long after its fence a write may still take effect: an attempt, and 5 for an AWS that carries
                   out what nobody waits for any more
    hold 30        a claim; renewed by each call to AWS that finds less than half of it left, so that the longest
                   attempt ends well before the claim does
"""

from contextvars import ContextVar
from datetime import timedelta
from typing import Protocol

from daypass.model.errors import Conflict

CONNECT_S = 2
READ_S = 5
TRIES = 3
"""Attempts of the SDK at one call, its pauses of at most 1 and 2 seconds between them."""
ATTEMPT = timedelta(seconds=CONNECT_S + READ_S)
FLIGHT = ATTEMPT + timedelta(seconds=5)
HOLD = timedelta(seconds=30)


class Overtaken(Conflict):
    """The write must not be made: somebody else went on with this grant meanwhile."""


class UnfencedError(AssertionError):
    """Somebody writes to AWS and did not say in whose name. A mistake in Daypass."""


class Fence(Protocol):
    """Asked before each attempt to send something to AWS, and told what became of the writes."""

    def ask(self, write: str) -> None:
        """Let `iam:PutUserPolicy` be sent now, or raise Overtaken or Unavailable."""
        ...

    def told(self, write: str, *, settled: bool) -> None:
        """Hear whether it is known what became of a write; one without an answer may still be carried out."""
        ...

    def reading(self) -> None:
        """Let a call be sent that changes nothing. Raises Overtaken."""
        ...


class Free:
    """A fence that lets everything through: for writes that need no claim, and say why."""

    def __init__(self, why: str) -> None:
        """Take the reason."""
        self.why = why

    def ask(self, write: str) -> None:
        """Let it be sent."""

    def told(self, write: str, *, settled: bool) -> None:
        """Remember nothing."""

    def reading(self) -> None:
        """Let it be sent."""


_current: ContextVar[Fence | None] = ContextVar("fence", default=None)


class writing_under:  # noqa: N801 - used as a verb; a class, because each ending passes through one
    """Put every call to AWS inside the block, in this thread, under this fence."""

    __slots__ = ("_before", "_fence")

    def __init__(self, fence: Fence) -> None:
        """Take the fence."""
        self._fence = fence

    def __enter__(self) -> None:
        self._before = _current.set(self._fence)

    def __exit__(self, *raised: object) -> None:
        _current.reset(self._before)


def ask_fence(write: str) -> None:
    """Raise unless this write may be sent now. The clients call it right before each attempt."""
    fence = _current.get()
    if fence is None:
        raise UnfencedError(f"{write} was about to be sent to AWS outside of any fence.")
    fence.ask(write)


def tell_fence(write: str, *, settled: bool) -> None:
    """Say what became of an attempt."""
    if (fence := _current.get()) is not None:
        fence.told(write, settled=settled)


def read_under_fence() -> None:
    """Keep a claim alive while its worker reads."""
    if (fence := _current.get()) is not None:
        fence.reading()
