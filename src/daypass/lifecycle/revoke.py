"""Take a grant away from somebody: a right of those who may decide on it."""

from datetime import datetime

from daypass.lifecycle.chain import end_chain
from daypass.lifecycle.recurring import end_series_if_any
from daypass.lifecycle.repeated import ended_so
from daypass.lifecycle.weighing import deciders
from daypass.model.errors import NotYours, TooLate
from daypass.model.grant import Ending, Grant, GrantId, Why
from daypass.model.principal import PrincipalId
from daypass.ports import Directory, Ledger
from daypass.rules.document import RuleBook


def revoke(  # noqa: PLR0913 - who ends what and why, its three collaborators, and the moment
    grant_id: GrantId,
    *,
    by: PrincipalId,
    reason: str,
    rules: RuleBook | None,
    directory: Directory,
    ledger: Ledger,
    now: datetime,
) -> Grant:
    """
    End somebody's grant with what prolongs it, and with a window of a series all that were still to open.

    Taken away again by the same person it is answered as before. Raises NotYours for who may not decide on it, TooLate
    when it has ended otherwise.
    """
    request = ledger.request(grant_id)
    may = deciders(request, rules=rules, directory=directory, ledger=ledger, now=now)
    if not may.include(directory.principal(by)):
        raise NotYours("You are not among those who may decide on this grant.")
    ending = Ending(why=Why.REVOKED, by=by, at=now, note=reason.strip())
    series_ended = end_series_if_any(request, by=by, ledger=ledger, now=now)
    try:
        return end_chain(grant_id, ending, ledger=ledger)
    except TooLate:
        grant = ledger.grant(grant_id)
        if series_ended or ended_so(grant, by, Why.REVOKED):
            return grant
        raise
