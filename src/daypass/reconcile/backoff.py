"""
How long to wait before trying again, and what the loop measures of itself.

Exponential with full jitter and a cap (Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog), so that ten
thousand grants that failed together do not come back together.
"""

import random
from datetime import timedelta

from prometheus_client import Counter, Gauge, Histogram

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


STEPS = Counter("daypass_steps_total", "Steps taken for grants, by what came of them.", ["outcome"])
LATENESS = Histogram(
    "daypass_step_lateness_seconds",
    "From the moment a grant was due to the end of its step.",
    buckets=(0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60, 300, 600, 3600),
)
SWEPT = Counter("daypass_swept_total", "Things of ours in AWS that no live grant accounted for, removed by the sweep.")
UNKNOWN = Gauge("daypass_unknown", "Things of ours in AWS of grants that the ledger does not know; left alone.")
STRANGERS = Gauge(
    "daypass_strangers", "Things in AWS under the mark of another Daypass, or an unknown one; left alone."
)
