"""Say "I'm done": the one who has a grant ends it now."""

from datetime import datetime

from daypass.lifecycle.chain import end_all
from daypass.lifecycle.finish import finish
from daypass.model.errors import NotYours
from daypass.model.grant import Ending, Grant, GrantId, Why
from daypass.model.principal import PrincipalId
from daypass.ports import Ledger


def drop(grant_id: GrantId, *, by: PrincipalId, ledger: Ledger, now: datetime) -> Grant:
    """
    End a grant of one's own, or that one asked for, and what prolongs it.

    Raises NotYours for others, TooLate when all of it has ended.
    """
    grant = ledger.grant(grant_id)
    if grant.principal != by and ledger.request(grant_id).requestor != by:
        raise NotYours("This grant is somebody else's; those who may decide on it can revoke it.")
    ending = Ending(why=Why.DONE, by=by, at=now)
    return end_all(grant, lambda one: finish(one, ending, ledger=ledger), ledger=ledger)
