"""
Approve with a passkey, `/approve/TICKET`: what is approved, in words, and one button.

What the page shows is what is signed for: the request and the length are bound to the ticket. Opening the page changes
nothing, so whatever looks at links ahead of people does no harm.
"""

from calendar import day_abbr
from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from fastapi import APIRouter, Request
from fastapi.responses import Response

from daypass.doors.services import Services
from daypass.doors.web.passkeys_page import Answered, Ceremony, ceremony_page, name_of, refused_page
from daypass.doors.wire.passkeys import DoneOut
from daypass.lifecycle.approval import decide
from daypass.lifecycle.approval.stages import Click
from daypass.lifecycle.passkeys import confirm
from daypass.lifecycle.passkeys.proof import Signed
from daypass.lifecycle.passkeys.relying_party import site
from daypass.model.errors import DaypassError
from daypass.model.grant import Grant, GrantId
from daypass.model.lease import Term
from daypass.model.length import words_for_length
from daypass.model.principal import PrincipalId
from daypass.model.request import Recurrence
from daypass.model.request import Request as Asked
from daypass.ports.asker import is_asking
from daypass.resources.registry import describe


def routes(services: Services) -> APIRouter:
    """The page, and where its answer goes."""
    router = APIRouter(include_in_schema=False)

    @router.get("/approve/{ticket}")
    def show(ticket: str, request: Request) -> Response:
        try:
            offer = confirm.offer(ticket, at=site(services.public_url), ledger=services.ledger, now=services.clock())
        except DaypassError as error:
            return refused_page(request, error, services)
        return ceremony_page(request, _approving(ticket, offer, services))

    @router.post("/approve")
    def approve(answer: Answered) -> DoneOut:
        confirmed = confirm.confirm(
            Signed(ticket=answer.ticket, answer=answer.proof or {}),
            approve=lambda request_id, by, length: _approve(request_id, by, length, services),
            at=site(services.public_url),
            ledger=services.ledger,
            now=services.clock(),
        )
        return _told(confirmed, services)

    return router


def _approve(request_id: GrantId, by: PrincipalId, length: timedelta | None, services: Services) -> Grant | None:
    is_asking(by)
    click = Click(by=by, length=length, second_factor=True)
    return decide.approve_with(request_id, click, judge=services.judge, now=services.clock())


def _approving(ticket: str, offer: confirm.ApprovalOffer, services: Services) -> Ceremony:
    return Ceremony(
        title="Approve this?",
        sentence=f"You are {name_of(offer.by, services)}. Your passkey signs for exactly what stands here.",
        rows=tuple(_rows(offer, services)),
        advice="If you did not press Approve just now, close this page and tell whoever runs Daypass.",
        button="Approve with your passkey",
        answer_to="/approve",
        ticket=ticket,
        prove=offer.prove,
    )


def _rows(offer: confirm.ApprovalOffer, services: Services) -> Iterator[tuple[str, str]]:
    request = offer.request
    yield "Who", name_of(request.principal, services)
    if request.principal != request.requestor:
        yield "Asked by", name_of(request.requestor, services)
    yield "What", describe(request.entitlement)
    yield "For how long", _how_long(offer.term, _zone(offer.by, services))
    if request.recurs is not None:
        yield "Again and again", _windows(request.recurs)
    if offer.term != request.term:
        yield "Asked for", _how_long(request.term, _zone(offer.by, services))
    yield "Why", request.reason or "(no reason given)"
    if request.ask.wish.note:
        yield "Note to the approvers", request.ask.wish.note
    yield "Request", request.id


def _told(confirmed: confirm.Confirmed, services: Services) -> DoneOut:
    request: Asked = confirmed.request
    who, what = name_of(request.principal, services), describe(request.entitlement)
    if confirmed.grant is None:
        return DoneOut(title="Your approval counts", sentence=f"{who} waits for others now, to {what}.")
    return DoneOut(title="Approved", sentence=f"{who} may {what}. You can close this page.")


def _how_long(term: Term, zone: ZoneInfo) -> str:
    length = words_for_length(term.length) if term.length is not None else ""
    until = f"until {_moment(term.until, zone)}" if term.until is not None else ""
    start = f", not before {_moment(term.starts, zone)}" if term.starts is not None else ""
    return f"{length or until}{start}"


def _windows(recurs: Recurrence) -> str:
    days = ", ".join(day_abbr[day - 1] for day in sorted(recurs.days))
    return f"{days} {recurs.opens:%H:%M} to {recurs.closes:%H:%M} ({recurs.tz}), {recurs.first} to {recurs.last}"


def _moment(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M:%S} ({zone.key})"


def _zone(person: PrincipalId, services: Services) -> ZoneInfo:
    try:
        return ZoneInfo(services.directory.principal(person).tz)
    except (DaypassError, ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
