"""
What time it is at AWS, as its answers say.

A lease is judged by AWS's clock, and AWS refuses signatures that are more than 15 minutes off. Every answer carries the
time in its Date header, refusals included; so nobody has to ask, except after a long silence.
"""

import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from botocore.exceptions import ClientError

from daypass.aws.clients import Clients
from daypass.aws.refusals import asking
from daypass.model.errors import Unavailable

SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class TimedAnswer:
    """One answer: what time it said, and between which readings of a monotonic clock it came about."""

    date: datetime
    sent: float
    received: float

    def ahead(self, ours: Callable[[float], datetime]) -> tuple[timedelta, timedelta]:
        """
        Between what bounds our clock is ahead of AWS's; `ours` says what ours showed at a monotonic reading.

        The header has whole seconds, and the answer was written at some moment between sending and receiving: an
        answer that was long under way proves little, and never too much.
        """
        return ours(self.sent) - self.date - SECOND, ours(self.received) - self.date


class AwsTime:
    """Hears the Date of every answer that these clients get."""

    def __init__(self, clients: Clients, monotonic: Callable[[], float]) -> None:
        """Listen from now on."""
        self._clients = clients
        self._monotonic = monotonic
        self._sent = threading.local()
        self.last: TimedAnswer | None = None
        """The newest answer."""
        clients.listen(sending=self._sending, answered=self._answered)

    def ask(self) -> None:
        """Ask AWS for any answer, STS first and else IAM. Raises Unavailable when there is none with a date."""
        before = self.last
        try:
            self._ask_sts()
        except Unavailable:  # what is taken out of IAM does not wait for STS
            with asking("iam:GetUser"), suppress(ClientError):
                self._clients.iam.get_user()
        if self.last is before:
            raise Unavailable("AWS's answer has no Date header, so its clock cannot be compared with ours.")

    def _ask_sts(self) -> None:
        with asking("sts:GetCallerIdentity"), suppress(ClientError):  # a clock that is far off gets nothing else
            self._clients.sts.get_caller_identity()

    def _sending(self) -> None:
        self._sent.at = self._monotonic()

    def _answered(self, headers: Mapping[str, str]) -> None:
        told = headers.get("date") or headers.get("Date")
        if told:
            with suppress(ValueError):
                self.last = TimedAnswer(parsedate_to_datetime(told), self._sent.at, self._monotonic())
