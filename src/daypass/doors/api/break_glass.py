"""
Break glass: a sealed code in place of a login, new codes, and the reviews afterwards.

Who is logged in breaks glass with `urgent` in an ordinary request.
"""

from datetime import datetime

from fastapi import Request, Response
from fastapi.responses import JSONResponse

from daypass.doors.address import address_of
from daypass.doors.api.authentication import Decider, Now, Reader, WithServices
from daypass.doors.api.login import PACED, RateLimitedTry, slower
from daypass.doors.api.requests import Id
from daypass.doors.api.router import api_router
from daypass.doors.api.visibility import names
from daypass.doors.language import Spoken, parse_reason
from daypass.doors.services import Services
from daypass.doors.wire.access import RequestOut
from daypass.doors.wire.break_glass import (
    BreakGlassIn,
    BrokenOut,
    CloseReview,
    CodesLeftOut,
    DossierOut,
    ReviewOut,
    ReviewsOut,
    SealCodes,
    SealedOut,
)
from daypass.lifecycle.attempts import Stranger
from daypass.lifecycle.break_glass import codes
from daypass.lifecycle.break_glass.dossier import dossier
from daypass.lifecycle.break_glass.redeem import counts
from daypass.lifecycle.break_glass.review import close_review, find_review, may_review
from daypass.lifecycle.visibility import unknown
from daypass.model.break_glass import GlassReview
from daypass.model.errors import NotFound
from daypass.model.grant import GrantId
from daypass.model.network import whose
from daypass.model.principal import NOBODY, Principal
from daypass.model.request import Ask
from daypass.views.overview import reviews_for

router = api_router("break glass", "/glass")


@router.post("", status_code=201, response_model=BrokenOut, responses=PACED)
def break_glass(
    body: BreakGlassIn, request: Request, response: Response, services: WithServices, now: Now
) -> BrokenOut | JSONResponse:
    """Break glass with a sealed code, without a login; the token that comes back hands out what it gave."""
    address = address_of(request, request.app.state.trusted_proxies)
    good = counts(body.code, ledger=services.ledger, now=now)
    if not good and request.app.state.pace.too_fast(RateLimitedTry.SEALED_CODE, whose(address), now):
        return slower()
    stranger = Stranger(address=address, attempts=services.attempts)
    broken = codes.break_with_code(body.code, _asked(body, now=now), stranger=stranger, judge=services.judge, now=now)
    response.headers["Cache-Control"] = "no-store"
    return BrokenOut(
        access_token=broken.token,
        expires_in=int((broken.expires_at - now).total_seconds()),
        expires_at=broken.expires_at,
        principal=broken.request.principal,
        name=broken.person.name,
        tz=broken.person.tz,
        request=RequestOut.of(broken.request),
    )


@router.post("/codes", status_code=201)
def seal(caller: Decider, body: SealCodes, services: WithServices, now: Now) -> SealedOut:
    """Seal codes for the day when I cannot log in; older ones of mine are void. They are shown this once."""
    sealed = codes.seal(caller.id, count=body.count, days=body.days, judge=services.judge, now=now)
    return SealedOut(codes=list(sealed.codes), ends=sealed.ends)


@router.get("/codes")
def left(caller: Reader, services: WithServices, now: Now) -> CodesLeftOut:
    """Say how many of my codes still count."""
    found = codes.open_codes(caller.id, ledger=services.ledger, now=now)
    return CodesLeftOut(left=len(found), ends=max((code.ends for code in found), default=None))


@router.get("/reviews")
def reviews(caller: Reader, services: WithServices, now: Now) -> ReviewsOut:
    """List the reviews that wait for me, and those that are owed for what I did."""
    waiting = reviews_for(services.judge, caller, now)
    mine = services.ledger.all(GlassReview, owner=caller.id)
    people = {review.principal for review in waiting} | {review.closed_by for review in mine if review.closed_by}
    return ReviewsOut(
        waiting=[ReviewOut.of(review, now) for review in waiting],
        mine=[ReviewOut.of(review, now) for review in mine],
        names=names(people, services),
    )


@router.get("/{request_id}")
def show(caller: Reader, request_id: Id, services: WithServices, now: Now) -> DossierOut:
    """Show everything that is known of what was done."""
    _visible(request_id, caller, services, now)
    read = dossier(request_id, ledger=services.ledger)
    people = {read.request.principal, *(line.event.actor for line in read.lines), *read.review.reviewers.people}
    return DossierOut.of(read, names(people, services), now)


@router.post("/{request_id}/close")
def close(caller: Decider, request_id: Id, body: CloseReview, services: WithServices, now: Now) -> ReviewOut:
    """Close a review, with what I found."""
    closed = close_review(request_id, by=caller.id, note=parse_reason(body.note), judge=services.judge, now=now)
    return ReviewOut.of(closed, now)


def _asked(body: BreakGlassIn, *, now: datetime) -> Ask:
    fields = body.model_dump(exclude={"code"})
    return Spoken(**fields, urgent=True).understood(now=now, tz="UTC").ask(NOBODY)


def _visible(request_id: GrantId, caller: Principal, services: Services, now: datetime) -> None:
    """Raise NotFound unless it is theirs, or theirs to review."""
    try:
        review = find_review(request_id, services.ledger)
    except NotFound:
        raise unknown(request_id) from None
    if caller.id != review.principal and not may_review(review, caller, judge=services.judge, now=now):
        raise unknown(request_id)
