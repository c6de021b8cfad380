"""
How long to wait before trying again. There is no last attempt.

Exponential with full jitter and a cap (Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog), so that ten
thousand grants that failed together do not come back together.
"""

import random
from datetime import timedelta

FIRST = timedelta(seconds=1)
CAP = timedelta(minutes=1)
"""However often it failed, AWS is asked again within a minute."""


def pause(attempts: int, draw: random.Random) -> timedelta:
    """
    The pause before the next try, after `attempts` failures in a row (1 or more).

    Between half and the whole of FIRST * 2^(attempts-1), at most CAP: never nothing, so that a failing row cannot spin.
    """
    whole = min(CAP, FIRST * (1 << min(max(attempts, 1) - 1, 16)))
    return whole * draw.uniform(0.5, 1.0)
