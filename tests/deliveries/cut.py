"""Daypass cut off in the middle: after its n-th call to AWS the process is dead."""

from typing import Any

from daypass.aws.clients import Clients


class Killed(BaseException):
    """What a SIGKILL looks like from inside: nothing catches it."""


class Fuse:
    """Lets a number of calls reach AWS and lets the answer of the last one be lost."""

    def __init__(self, clients: Clients, calls: int) -> None:
        """Count the calls of these clients from now on."""
        self.arm(calls)
        for client in (clients.iam, clients.sts):
            client.meta.events.register_first("before-call.*.*", self._before)
            client.meta.events.register_first("after-call.*.*", self._after)

    def arm(self, calls: int) -> None:
        """Begin to count anew, as in a new process."""
        self._left = calls
        self._burnt = False

    @property
    def burnt(self) -> bool:
        """Whether it came to a cut."""
        return self._burnt

    def _before(self, **_: Any) -> None:
        if self._burnt:
            raise Killed

    def _after(self, **_: Any) -> None:
        self._left -= 1
        if self._left <= 0:
            self._burnt = True
            raise Killed
