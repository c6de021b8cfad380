"""
What a ledger that was restored from a backup must not do: grant once more what it knows as approved only.

Since the backup it may have been granted, used, ended, or taken away; nobody can say. So all of it is ended, in words
that tell the people to ask again.
"""

from datetime import datetime

from daypass.lifecycle.end.end_early import ending_event
from daypass.model.errors import Unavailable
from daypass.model.fact import Fact
from daypass.model.grant import Ending, Grant, GrantState, Why
from daypass.model.principal import OPERATOR
from daypass.ports import Ledger

_ROUNDS = 20
"""Each one that leaves something is one in which somebody else moved it."""


def end_approved(*, os_user: str, ledger: Ledger, now: datetime) -> int:
    """End every grant that is approved and was not seen in AWS; returns how many."""
    note = f"The database was restored from a backup, as {os_user} said on the machine. Ask again if you still need it."
    ending = Ending(why=Why.RESTORED, by=OPERATOR, at=now, note=note)
    ended = 0
    for _ in range(_ROUNDS):
        facts = [_ended(one, ending) for one in ledger.each_grant(states=(GrantState.APPROVED,))]
        if not facts:
            return ended
        ended += len(facts) - len(ledger.record_each(facts))
    raise Unavailable("Grants that are approved only are being changed all the time; stop Daypass and try again.")


def _ended(grant: Grant, ending: Ending) -> Fact:
    return Fact(event=ending_event(grant, ending), changes=(grant.ending_now(ending),))
