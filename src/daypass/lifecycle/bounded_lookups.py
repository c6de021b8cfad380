"""
Look-ups that hold up nobody: each is waited for so long, and nothing is refused because one hangs.

An outage costs the first who asks that patience, and the next ones nothing.

A verb that only takes access away has the ledger and one of these, and neither people nor rules (enders.Enders). What
cannot be found out within two seconds is None, and the ledger alone decides then.
"""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from datetime import datetime
from typing import Any, Protocol, TypeVar

from daypass.model.decision import Approvers
from daypass.model.errors import Unavailable
from daypass.model.principal import Principal, PrincipalId
from daypass.model.request import Request
from daypass.rules.load.read import RuleBook

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


class Lookups(Protocol):
    """What is known now, where it can be looked up. Nothing here raises; None is what could not be found out."""

    def person(self, principal_id: PrincipalId) -> Principal | None:
        """Somebody as the directory has them now."""
        ...

    def deciders_if_known(self, request: Request, now: datetime) -> Approvers | None:
        """Who may decide on a request under the rules of now."""
        ...

    def owners_if_known(self) -> Approvers | None:
        """Whom the rules of now name as their owners."""
        ...


def owners_of(rules: RuleBook) -> Approvers:
    """The owners whom rules name, as who may decide."""
    named = rules.owners
    return Approvers(people=named.people, slack_groups=named.slack_groups, groups=named.directory_groups)
