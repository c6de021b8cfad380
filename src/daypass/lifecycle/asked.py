"""
What can be asked at this moment besides the ledger: for adding to who may end something, never for refusing it.

A verb that only takes access away has the ledger and one of these, and no directory and no rules. What cannot be found
out within two seconds is None, and the ledger alone decides then.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

import structlog

from daypass.lifecycle.judge import Judge
from daypass.lifecycle.soon import PATIENCE_S, Soon, T
from daypass.model.decision import Approvers
from daypass.model.errors import DaypassError, Unavailable
from daypass.model.principal import Principal, PrincipalId
from daypass.model.request import Request
from daypass.rules.document import RuleBook

_SILENT = "Who is who cannot be looked up now; it will be tried again."

log = structlog.get_logger()


class Asked(Protocol):
    """What is known now, where it can be asked. Nothing here raises; None is what could not be found out."""

    def person(self, principal_id: PrincipalId) -> Principal | None:
        """Somebody as the directory has them now."""
        ...

    def find(self, principal_id: PrincipalId) -> Principal:
        """Somebody as the directory has them now, soon. The one that raises: NotFound, Unavailable, Misconfigured."""
        ...

    def deciders(self, request: Request, now: datetime) -> Approvers | None:
        """Who may decide on a request under the rules of now."""
        ...

    def owners(self) -> Approvers | None:
        """Whom the rules of now name as their owners."""
        ...


class NobodyAsked:
    """Asks nobody: for the operator on the machine, and for whoever came without a login."""

    def person(self, principal_id: PrincipalId) -> Principal | None:  # noqa: ARG002 - the protocol's
        """Nothing is asked."""
        return None

    def find(self, principal_id: PrincipalId) -> Principal:  # noqa: ARG002 - the protocol's
        """Nothing is asked."""
        raise Unavailable("Nobody is asked who somebody is here.")

    def deciders(self, request: Request, now: datetime) -> Approvers | None:  # noqa: ARG002 - the protocol's
        """Nothing is asked."""
        return None

    def owners(self) -> Approvers | None:
        """Nothing is asked."""
        return None


class AskedNow:
    """
    Asks the directory and the rules, each answer for two seconds at most.

    While one that was given up still hangs, nothing more is asked: an outage costs the first who ends something two
    seconds, and the next ones nothing.
    """

    def __init__(self, judge: Judge, *, patience_s: float = PATIENCE_S) -> None:
        """Take whom to ask; nothing is asked yet."""
        self._judge = judge
        self._soon = Soon(patience_s=patience_s, name="ask-now", silent=_SILENT)

    def person(self, principal_id: PrincipalId) -> Principal | None:
        """Somebody as the directory has them now."""
        return self._if_known("who somebody is", lambda: self._judge.people.principal(principal_id))

    def find(self, principal_id: PrincipalId) -> Principal:
        """Somebody as the directory has them now, soon. Raises NotFound, Unavailable, Misconfigured."""
        return self._soon(lambda: self._judge.people.principal(principal_id))

    def deciders(self, request: Request, now: datetime) -> Approvers | None:
        """Who may decide on a request under the rules of now."""
        return self._if_known("who may decide", lambda: self._judge.deciders(request, now))

    def owners(self) -> Approvers | None:
        """Whom the rules of now name as their owners."""
        return self._if_known("who owns the rules", lambda: owners_of(self._judge.rules()))

    def _if_known(self, what: str, ask: Callable[[], T]) -> T | None:
        try:
            return self._soon(ask)
        except DaypassError as error:
            log.info("asked.in_vain", lacking=what, because=error.report)
            return None


def owners_of(rules: RuleBook) -> Approvers:
    """The owners whom rules name, as who may decide."""
    named = rules.owners
    return Approvers(people=named.people, slack_groups=named.slack_groups, groups=named.directory_groups)
