"""
Approve with a passkey.

The errand is done, in the journal and for good, before the approval is given: whatever comes of that, neither the
address nor the passkey's answer is good for a second one.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from daypass.lifecycle.approval.too_late import decided_already
from daypass.lifecycle.passkeys.ceremony import Json
from daypass.lifecycle.passkeys.one_time_links import done, find
from daypass.lifecycle.passkeys.proof import Signed, asked, prove
from daypass.lifecycle.passkeys.relying_party import Site
from daypass.model.errors import Conflict, TooLate
from daypass.model.event import Detail, EntryKind, Event
from daypass.model.fact import Fact
from daypass.model.grant import Grant, GrantId
from daypass.model.lease import Term
from daypass.model.passkey import OneTimeLink, Purpose
from daypass.model.principal import PrincipalId
from daypass.model.request import Request, RequestState
from daypass.ports import Ledger


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalOffer:
    """What the page shows, and asks of the browser."""

    by: PrincipalId
    request: Request
    term: Term
    """As it would be approved."""
    prove: Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmed:
    """What was approved, and what came of it."""

    request: Request
    """As it stood before."""
    term: Term
    grant: Grant | None
    """None while others must approve too."""


Approve = Callable[[GrantId, PrincipalId, timedelta | None], Grant | None]
"""`review.approve` of a request, by somebody, for a length, with `second_factor=True`."""


def offer(ticket: str, *, at: Site, ledger: Ledger, now: datetime) -> ApprovalOffer:
    """Look at what an address is for; nothing is written. Raises NotFound, TooLate also for a request decided since."""
    errand = find(ticket, Purpose.APPROVE, ledger=ledger, now=now)
    request = _waiting(errand, ledger)
    return ApprovalOffer(
        by=errand.principal,
        request=request,
        term=_term(request, errand),
        prove=asked(ticket, errand, at=at, ledger=ledger),
    )


def confirm(signed: Signed, *, approve: Approve, at: Site, ledger: Ledger, now: datetime) -> Confirmed:
    """
    Approve once the passkey's answer holds.

    Raises NotFound, TooLate, NotYours when the answer does not hold, and whatever `approve` raises.
    """
    errand = find(signed.ticket, Purpose.APPROVE, ledger=ledger, now=now)
    request = _waiting(errand, ledger)
    used = prove(signed, errand, at=at, ledger=ledger, now=now)
    details: dict[str, Detail] = {"passkey": used.credential_id, "errand": errand.ticket_hash}
    event = Event(kind=EntryKind.PASSKEY_USED, at=now, actor=errand.principal, subject=request.id, details=details)
    try:
        ledger.record(Fact(event=event, changes=(used, done(errand)), told=False))
    except Conflict:
        raise TooLate("This address was used already; it is good for once.") from None
    grant = approve(request.id, errand.principal, errand.length)
    return Confirmed(request=request, term=_term(request, errand), grant=grant)


def _waiting(errand: OneTimeLink, ledger: Ledger) -> Request:
    request = ledger.request(GrantId(errand.subject))
    if request.state is not RequestState.PENDING:
        raise decided_already(request)
    return request


def _term(request: Request, errand: OneTimeLink) -> Term:
    return request.term if errand.length is None else request.term.cut_to(errand.length)
