"""End what was lent for a ticket once that ticket is closed."""

from contextlib import suppress
from datetime import datetime

import structlog

from daypass.lifecycle.finish import finish
from daypass.lifecycle.parties import Parties
from daypass.lifecycle.weighing import as_ask
from daypass.model.decision import Needs, Question, Ticket, TicketId
from daypass.model.errors import NotFound, TooLate
from daypass.model.event import Event, Kind
from daypass.model.fact import Fact
from daypass.model.grant import Ending, Grant, GrantState, Why
from daypass.model.principal import DAYPASS
from daypass.model.request import Request
from daypass.ports import Directory, Ledger

_LIVE = (GrantState.APPROVED, GrantState.ACTIVE)
_MOST = 10_000

log = structlog.get_logger()


def end_closed(*, directory: Directory, ledger: Ledger, now: datetime) -> int:
    """
    End every live grant whose ticket is known to be closed; returns how many.

    A ticket that cannot be looked up ends nothing: the grant's own date does.
    """
    asked = ((grant, ledger.request(grant.id)) for grant in ledger.grants(states=_LIVE, limit=_MOST))
    bound = [(grant, request) for grant, request in asked if request.ticket is not None]
    tickets: dict[TicketId, Ticket | None] = {}
    ended = 0
    for grant, request in bound:
        assert request.ticket is not None  # noqa: S101 - chosen above
        if request.ticket not in tickets:
            tickets[request.ticket] = _look_up(request, request.ticket, directory, now)
        ticket = tickets[request.ticket]
        if ticket is not None and not ticket.open:
            ended += _end(grant, ticket, ledger, now)
    return ended


def _look_up(request: Request, ticket: TicketId, directory: Directory, now: datetime) -> Ticket | None:
    try:
        principal = Parties.of(as_ask(request), directory).principal
    except NotFound:
        return None
    question = Question(
        principal=principal,
        entitlement=request.entitlement,
        length=None,
        delivery=request.delivery,
        reason=request.reason,
    )
    return directory.circumstances(question, Needs(tickets=frozenset({ticket})), at=now).tickets.get(ticket)


def _end(grant: Grant, ticket: Ticket, ledger: Ledger, now: datetime) -> bool:
    note = f"{ticket.id} is {ticket.status.lower() or 'closed'}."
    with suppress(TooLate):
        finish(grant.id, Ending(why=Why.TICKET, by=DAYPASS, at=now, note=note), ledger=ledger)
        event = Event(
            kind=Kind.TICKET_CLOSED,
            at=now,
            actor=DAYPASS,
            subject=grant.id,
            details={"ticket": ticket.id, "status": ticket.status},
        )
        ledger.record(Fact(event=event, told=False))
        log.info("grant.ticket_closed", grant=grant.id, ticket=ticket.id)
        return True
    return False
