"""
A grant and those that prolong it: one access to whoever has it, and ended as one.

    first <---- more <---- still more        each names what it extends; each has an end of its own in AWS

Who says that they are done, and who takes it away, mean all of it; and what was ended before its time is not prolonged
by a click that comes later. The row of the first one's request is written beside both, unchanged, so that of a click
that ends and one that prolongs at the same moment the second sees the first.
"""

from datetime import datetime

from daypass.lifecycle.end.end_early import ending_event, how_it_ended, must_live
from daypass.lifecycle.end.pending_extensions import closings
from daypass.lifecycle.retries import tries
from daypass.model.errors import Conflict, Misconfigured, NotFound, TooLate, Unavailable
from daypass.model.fact import Fact
from daypass.model.grant import Ending, Grant, GrantId, GrantState, Why
from daypass.model.request import Request
from daypass.ports import Ledger

_LIVE = (GrantState.APPROVED, GrantState.ACTIVE)


def end_chain(grant_id: GrantId, ending: Ending, *, ledger: Ledger) -> Grant:
    """
    End a grant with all that it prolongs and that prolongs it; what was asked for more time of it is closed.

    Returns the grant as it is then. Raises TooLate when nothing of it was left to end, Unavailable when others change
    it all the time.
    """
    for _ in tries():
        grant = ledger.grant(grant_id)
        ended = [one.ending_now(ending) for one in _alive(grant, ending.at, ledger)]
        facts = [Fact(event=ending_event(one, ending), changes=(one,)) for one in ended]
        seen = Fact(event=facts[0].event, changes=(ended[0], *_beside(grant, ledger)))
        try:
            ledger.record(seen, *facts[1:], *closings(grant, ending, ledger))
        except Conflict:
            continue
        return ended[0] if ended[0].id == grant_id else grant
    raise Unavailable("Too many people are changing this grant at once; try again in a moment.")


def must_go_on(extended: GrantId, ledger: Ledger) -> Request:
    """
    Check that what would be prolonged was not ended before its time; one whose time is over may have waited for it.

    Returns the row to be written beside. Raises TooLate.
    """
    grant = ledger.grant(extended)
    if grant.ending is not None and grant.ending.why is not Why.EXPIRED:
        raise TooLate(f"What this would prolong is not there any more. {how_it_ended(grant)} It has to be asked anew.")
    return _first(grant, ledger)


def _alive(grant: Grant, now: datetime, ledger: Ledger) -> list[Grant]:
    """All that lives of an access, the grant itself before the others. Raises TooLate when nothing does."""
    kin = [one for one in ledger.chain(grant.chain) if one.id != grant.id and _lives(one, now)]
    try:
        must_live(grant, now)
    except TooLate:
        if not kin:
            raise
        return kin
    return [grant, *kin]


def _lives(grant: Grant, now: datetime) -> bool:
    return grant.state in _LIVE and not (grant.lease is not None and now >= grant.lease.ends)


def _beside(grant: Grant, ledger: Ledger) -> tuple[Request, ...]:
    """The row that stands for the whole access; without it nothing prolongs it, and it is ended all the same."""
    try:
        return (_first(grant, ledger),)
    except (NotFound, Misconfigured):
        return ()


def _first(grant: Grant, ledger: Ledger) -> Request:
    return ledger.request(grant.chain)
