"""
End one thing as whoever runs Daypass, on the machine: a grant, a waiting request, a schedule, a preapproval.

Who may is whoever reads the settings and the database there; the journal has the name of their user.
"""

from dataclasses import replace
from datetime import datetime

from daypass.lifecycle.end.extensions import end_chain
from daypass.lifecycle.retries import overtaken
from daypass.lifecycle.schedules.series import end_series_if_any
from daypass.model.errors import NotFound, TooLate
from daypass.model.event import EntryKind, Event
from daypass.model.fact import Fact
from daypass.model.grant import Ending, GrantId, Why
from daypass.model.preapproval import Preapproval
from daypass.model.principal import OPERATOR
from daypass.model.record import Validity
from daypass.model.request import Approval, Request, RequestState
from daypass.ports import Ledger


def end_as_operator(subject: GrantId, *, os_user: str, reason: str, ledger: Ledger, now: datetime) -> str:
    """End whatever has this id; returns what it was. Raises NotFound, TooLate when it is over."""
    note = f"The operator ended it on the machine, as {os_user}. {reason.strip()}".strip()
    return overtaken(lambda: _end(subject, os_user, note, ledger, now))


def _end(subject: GrantId, os_user: str, note: str, ledger: Ledger, now: datetime) -> str:
    """Raises Conflict when somebody else moved it at the same moment."""
    try:
        request = ledger.request(subject)
    except NotFound:
        return _withdraw(subject, os_user, ledger, now)
    if request.state is RequestState.PENDING:
        _deny(request, note, ledger, now)
        return "request"
    series_ended = end_series_if_any(request, by=OPERATOR, ledger=ledger, now=now, note=note)
    ending = Ending(why=Why.REVOKED, by=OPERATOR, at=now, note=note)
    try:
        end_chain(subject, ending, ledger=ledger)
    except NotFound:
        raise TooLate("This request was decided, and there is no grant of it to end.") from None
    except TooLate:
        if not series_ended:
            raise
        return "schedule"
    return "grant"


def _deny(request: Request, note: str, ledger: Ledger, now: datetime) -> None:
    approval = Approval(by=OPERATOR, at=now, rule=request.rule, note=note)
    event = Event(kind=EntryKind.REQUEST_DENIED, at=now, actor=OPERATOR, subject=request.id, details={"reason": note})
    ledger.record(Fact(event=event, changes=(request.decided(RequestState.DENIED, approval),)))


def _withdraw(subject: GrantId, os_user: str, ledger: Ledger, now: datetime) -> str:
    try:
        permit = ledger.find(Preapproval, subject)
    except NotFound:
        raise NotFound(f"There is no grant, request or approval in advance {subject} here.") from None
    if permit.state is not Validity.OPEN:
        raise TooLate("This approval in advance was taken back before.")
    event = Event(
        kind=EntryKind.PERMIT_WITHDRAWN, at=now, actor=OPERATOR, subject=permit.id, details={"os_user": os_user}
    )
    ledger.record(Fact(event=event, changes=(replace(permit, state=Validity.CLOSED),)))
    return "approval in advance"
