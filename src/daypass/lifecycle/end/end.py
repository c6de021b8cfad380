"""
End a grant: by the one who has it, or by whoever may revoke it.

It needs the ledger alone; see permissions.py.
"""

from datetime import datetime

from daypass.lifecycle.end.extensions import end_chain
from daypass.lifecycle.end.permissions import Enders
from daypass.lifecycle.handout.first import room_left
from daypass.lifecycle.idempotency import ended_so, must_say_no_other_reason
from daypass.lifecycle.schedules.series import end_series_if_any
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


def revoke(grant_id: GrantId, *, by: PrincipalId, reason: str, enders: Enders, now: datetime) -> Grant:
    """
    End somebody's grant with what prolongs it, and with a window of a series all that were still to open.

    Taken away again by the same person it is answered as before; with another reason it is refused, as the first one
    stands. Raises NotYours for who may not end it, TooLate when it has ended otherwise.
    """
    ledger = enders.ledger
    request = ledger.request(grant_id)
    if not enders.may_end(request, by, now):
        raise NotYours("You are not among those who may decide on this grant.")
    ending = Ending(why=Why.REVOKED, by=by, at=now, note=reason.strip())
    series_ended = end_series_if_any(request, by=by, ledger=ledger, now=now, note=reason.strip())
    try:
        return end_chain(grant_id, ending, ledger=ledger)
    except TooLate:
        grant = ledger.grant(grant_id)
        if series_ended:
            return grant
        if grant.ending is None or not ended_so(grant, by, Why.REVOKED):
            raise
        must_say_no_other_reason(grant.ending.note, ending.note, grant.principal)
        return grant
