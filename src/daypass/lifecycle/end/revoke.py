"""
Take a grant away: a right of those who decide on it, of whoever has it, and of the owners of the rules.

It needs the ledger alone; see enders.py.
"""

from datetime import datetime

from daypass.lifecycle.end.extensions import end_chain
from daypass.lifecycle.end.permissions import Enders
from daypass.lifecycle.idempotency import ended_so, must_say_no_other_reason
from daypass.lifecycle.schedules.series import end_series_if_any
from daypass.model.errors import NotYours, TooLate
from daypass.model.grant import Ending, Grant, GrantId, Why
from daypass.model.principal import PrincipalId


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
