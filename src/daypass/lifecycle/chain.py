"""
What was prolonged is one access: a grant, what extends it, and what extends that.

    first <---- more time <---- more time again        each a grant of its own, with an end of its own in AWS

Who says that they are done, or takes it away, means all of it, whichever of these they name.
"""

from collections.abc import Callable
from contextlib import suppress

from daypass.model.errors import NotFound, TooLate
from daypass.model.grant import Grant, GrantId, GrantState
from daypass.ports import Ledger

_LIVE = (GrantState.APPROVED, GrantState.ACTIVE)
_ALL = 1000


def others_alive(grant: Grant, ledger: Ledger) -> list[Grant]:
    """Every other grant of the same access that lives or is about to."""
    first = _first(grant, ledger)
    live = ledger.grants(principal=grant.principal, states=_LIVE, limit=_ALL)
    return [one for one in live if one.id != grant.id and _first(one, ledger) == first]


def end_all(grant: Grant, end: Callable[[GrantId], Grant], *, ledger: Ledger) -> Grant:
    """
    End a grant and all others of the same access; `end` ends one.

    Returns the grant as it is then. Raises TooLate when none of them was left to end.
    """
    others = others_alive(grant, ledger)
    ended = False
    for other in others:
        with suppress(TooLate):
            end(other.id)
            ended = True
    try:
        return end(grant.id)
    except TooLate:
        if not ended:
            raise
        return ledger.grant(grant.id)


def _first(grant: Grant, ledger: Ledger) -> GrantId:
    """The grant with which the access began."""
    seen = {grant.id}
    while grant.extends is not None and grant.extends not in seen:
        seen.add(grant.extends)
        try:
            grant = ledger.grant(grant.extends)
        except NotFound:
            break
    return grant.id
