"""Say "I'm done": the one who has a grant ends it now."""

from datetime import datetime

from daypass.lifecycle.end.extensions import end_chain
from daypass.lifecycle.handout.first import room_left
from daypass.lifecycle.idempotency import ended_so
from daypass.model.errors import NotYours, TooLate
from daypass.model.grant import Ending, Grant, GrantId, Why
from daypass.model.principal import PrincipalId
from daypass.ports import Ledger


def drop(grant_id: GrantId, *, by: PrincipalId, ledger: Ledger, now: datetime) -> Grant:
    """
    End a grant of one's own, or that one asked for, with what prolongs it.

    Said again it is answered as before. Raises NotYours for others, TooLate when all of it has ended otherwise.
    """
    before = ledger.grant(grant_id)
    if before.principal != by and ledger.request(grant_id).requestor != by:
        raise NotYours("This grant is somebody else's; those who may decide on it can revoke it.")
    try:
        note = room_left(before, ledger=ledger, now=now)
        return end_chain(grant_id, Ending(why=Why.DONE, by=by, at=now, note=note), ledger=ledger)
    except TooLate:
        if ended_so(grant := ledger.grant(grant_id), by, Why.DONE):
            return grant
        raise
