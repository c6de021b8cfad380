"""A schedule of people on call, whoever keeps it."""

from datetime import datetime
from typing import Protocol


class OnCallSchedule(Protocol):
    """
    One schedule, asked about one moment.

    Nobody on call is an empty set. A schedule that cannot be understood raises: an answer is never guessed.
    """

    def on_call(self, now: datetime) -> frozenset[str]:
        """E-mail addresses of those on call at that moment, lower case. Raises Unavailable or Misconfigured."""
