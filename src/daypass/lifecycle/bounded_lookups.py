"""
Look-ups that may not hold up anybody: each is waited for so long, and no more are begun behind one that hangs.

An outage costs the first who asks that patience, and the next ones nothing.
"""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from typing import Any, TypeVar

from daypass.model.errors import Unavailable

PATIENCE_S = 2.0
_AT_ONCE = 4

T = TypeVar("T")


class Soon:
    """Asks in threads of its own."""

    def __init__(self, *, patience_s: float, name: str, silent: str) -> None:
        """Take for how long, a name for the threads, and the sentence for what got no answer."""
        self._patience_s, self._silent = patience_s, silent
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix=name)
        self._hanging: Future[Any] | None = None

    def __call__(self, ask: Callable[[], T]) -> T:
        """Ask. Raises Unavailable without an answer in time, and whatever asking raises."""
        if self._hanging is not None and not self._hanging.done():
            raise Unavailable(self._silent)
        asking = self._threads.submit(copy_context().run, ask)
        try:
            return asking.result(timeout=self._patience_s)
        except TimeoutError:
            self._hanging = asking
            raise Unavailable(self._silent) from None
