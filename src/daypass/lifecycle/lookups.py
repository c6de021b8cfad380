"""
What can be looked up at this moment besides the ledger: for adding to who may end something, never for refusing it.

A verb that only takes access away has the ledger and one of these, and neither people nor rules (enders.Enders). What
cannot be found out within two seconds is None, and the ledger alone decides then.
"""

from datetime import datetime
from typing import Protocol

from daypass.model.decision import Approvers
from daypass.model.principal import Principal, PrincipalId
from daypass.model.request import Request
from daypass.rules.document.read import RuleBook


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
