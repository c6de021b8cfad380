"""Daypass with its door closed: requests written into the ledger as a test wants them, told one look at a time."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from daypass.doors.slack.acknowledge import Arrivals
from daypass.doors.slack.notify import Notifier
from daypass.doors.slack.workspace import web_client
from daypass.model.event import Detail, EntryKind, Event
from daypass.model.fact import Fact
from daypass.model.grant import Delivery, new_grant_id
from daypass.model.principal import DAYPASS
from daypass.model.request import Request
from tests.doors.slack.conftest import Office
from tests.makers import request

MINUTE = timedelta(minutes=1)


def notifier(office: Office) -> Notifier:
    """What one process tells with; it remembers what it drew."""
    return Notifier(office.services, web_client(office.settings), office.settings, Arrivals())


def tell(office: Office, by: Notifier | None = None) -> None:
    """Let it look until nothing is due."""
    teller = by or notifier(office)

    async def all_of_it() -> None:
        while await teller.run_once():
            pass

    asyncio.run(all_of_it())


def filed(office: Office, **changes: object) -> Request:
    """Write down a request of Ann's that Bob may decide on, or what the test changes of that."""
    made = request(**({"id": new_grant_id(), "delivery": Delivery.SESSION, "filed_at": office.clock()} | changes))
    event = Event(kind=EntryKind.REQUEST_FILED, at=made.filed_at, actor=made.requestor, subject=made.id)
    office.services.ledger.record(Fact(event=event, changes=(made,)))
    return office.services.ledger.request(made.id)


def happened(office: Office, kind: EntryKind, subject: Request, **details: Detail) -> Request:
    """Journal that something happened to a request, with the row as it is given."""
    event = Event(kind=kind, at=office.clock(), actor=DAYPASS, subject=subject.id, details=details)
    office.services.ledger.record(Fact(event=event, changes=(subject,)))
    return replace(subject, revision=subject.revision + 1)
