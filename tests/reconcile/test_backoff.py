"""How long the loop waits between tries."""

import random
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from daypass.reconcile.backoff import CAP, FIRST, pause


class Most(random.Random):
    """Always draws the longest pause."""

    def uniform(self, _: float, b: float) -> float:
        """Draw it."""
        return b


@given(attempts=st.integers(1, 10**9), seed=st.integers())
def test_there_is_always_a_next_try_and_never_more_than_a_minute_away(attempts: int, seed: int) -> None:
    """However often it failed, the next try comes: not at once, and within the cap."""
    assert FIRST / 2 <= pause(attempts, random.Random(seed)) <= CAP  # noqa: S311 - jitter


def test_failures_that_came_together_do_not_come_back_together() -> None:
    """The pauses of many grants after the same number of failures are spread."""
    pauses = {pause(5, random.Random(seed)) for seed in range(100)}  # noqa: S311 - jitter

    assert len(pauses) > 90


def test_the_pause_grows() -> None:
    """The longest pause after more failures is longer, up to the cap."""
    assert [pause(n, Most()) for n in (1, 2, 3, 7, 50)] == [timedelta(seconds=s) for s in (1, 2, 4, 60, 60)]
