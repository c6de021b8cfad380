"""End what was lent for a ticket once that ticket is closed."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from itertools import islice

import structlog

from daypass.lifecycle.end.end_early import finish
from daypass.lifecycle.judge import Judge
from daypass.model.decision import Needs, Ticket, TicketId
from daypass.model.errors import TooLate
from daypass.model.event import EntryKind, Event
from daypass.model.fact import Fact
from daypass.model.grant import Ending, Grant, GrantState, Why
from daypass.model.principal import DAYPASS
from daypass.ports import Facts, Ledger

_LIVE = (GrantState.APPROVED, GrantState.ACTIVE)
_AT_ONCE = 20
"""So many tickets are asked for at the same time."""

log = structlog.get_logger()


def end_closed(*, judge: Judge, now: datetime) -> int:
    """
    End every live grant whose ticket is known to be closed; returns how many.

    Whose grant it is is asked of nobody: it ends also while Slack is away, and for somebody who has left. A ticket that
    cannot be looked up ends nothing: the grant's own date does.
    """
    ledger = judge.ledger
    asked = ((grant, ledger.request(grant.id)) for grant in ledger.each_grant(states=_LIVE))
    bound = [(grant, request, request.ticket) for grant, request in asked if request.ticket is not None]
    tickets: dict[TicketId, Ticket] = {}
    for some in _batched(dict.fromkeys(ticket for *_, ticket in bound), _AT_ONCE):
        tickets |= _look_up(frozenset(some), judge.facts, now)
    return sum(
        _end(grant, tickets[ticket], ledger, now)
        for grant, _, ticket in bound
        if ticket in tickets and not tickets[ticket].open
    )


def _batched(tickets: Iterable[TicketId], size: int) -> Iterator[list[TicketId]]:
    left = iter(tickets)
    while some := list(islice(left, size)):
        yield some


def _look_up(tickets: frozenset[TicketId], facts: Facts, now: datetime) -> Mapping[TicketId, Ticket]:
    """Look tickets up at once."""
    return facts.circumstances(Needs(tickets=tickets), at=now).tickets


def _end(grant: Grant, ticket: Ticket, ledger: Ledger, now: datetime) -> bool:
    note = f"{ticket.id} is {ticket.status.lower() or 'closed'}."
    with suppress(TooLate):
        finish(grant.id, Ending(why=Why.TICKET, by=DAYPASS, at=now, note=note), ledger=ledger)
        event = Event(
            kind=EntryKind.TICKET_CLOSED,
            at=now,
            actor=DAYPASS,
            subject=grant.id,
            details={"ticket": ticket.id, "status": ticket.status},
        )
        ledger.record(Fact(event=event, told=False))
        log.info("grant.ticket_closed", grant=grant.id, ticket=ticket.id)
        return True
    return False
