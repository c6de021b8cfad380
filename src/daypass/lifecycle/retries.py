"""
Trying again when somebody else moved the same row first: at once, then after pauses that grow.

Of many who do something about the same person at the same moment one is first at each try. Without pauses those who
look more things up lose every time; drawn at random, the pauses let one after the other through. Twenty tries last four
seconds at most on average, which a person waits for, and then they are told to ask again.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from random import Random
from typing import TypeVar

from daypass.model.errors import Conflict

T = TypeVar("T")

MOST = 20
_FIRST_S, _LONGEST_S = 0.01, 0.5
_DICE = Random()  # noqa: S311 - spreads load, guards nothing


def tries() -> Iterator[int]:
    """Yield at each try how many are left after it, and wait a little before each but the first."""
    for done in range(MOST):
        if done:
            longest_s = min(_LONGEST_S, _FIRST_S * 2**done)
            time.sleep(_DICE.uniform(0, longest_s))
        yield MOST - done - 1


def overtaken(once: Callable[[], T]) -> T:
    """Do something again when somebody else moved the same row first, a few times. Raises Conflict after that."""
    for left in tries():
        if not left:
            break
        with suppress(Conflict):
            return once()
    return once()
