"""Grants: end one, keep one for longer, take one away."""

from typing import Annotated

from fastapi import Depends, Header

from daypass.doors.api.authentication import Asker, EndingForOthers, EndingHeld, Now, WithServices
from daypass.doors.api.requests import Id
from daypass.doors.api.router import api_router
from daypass.doors.language import parse_reason, parse_term
from daypass.doors.wire.access import GrantOut, RequestOut
from daypass.doors.wire.inputs import ExtendGrant, WithReason
from daypass.lifecycle.end.end import drop
from daypass.lifecycle.end.end import revoke as revoking
from daypass.lifecycle.extend import MoreTime
from daypass.lifecycle.extend import extend as extending

router = api_router("grants", "/grants")


@router.post("/{request_id}/done")
def done(by: EndingHeld, request_id: Id, services: WithServices, now: Now) -> GrantOut:
    """End my own access now."""
    return GrantOut.of(drop(request_id, by=by, ledger=services.ledger, now=now), now)


def _more_time(
    caller: Asker,
    request_id: Id,
    body: ExtendGrant,
    now: Now,
    idempotency_key: Annotated[str, Header(max_length=200, description="As for a request.")] = "",
) -> MoreTime:
    return MoreTime(
        grant_id=request_id,
        by=caller.id,
        term=parse_term(body.for_, until=body.until, now=now, tz=caller.tz),
        reason=parse_reason(body.reason),
        key=idempotency_key and f"api {idempotency_key}",
    )


@router.post("/{request_id}/extend", status_code=201)
def extend(wanted: Annotated[MoreTime, Depends(_more_time)], services: WithServices, now: Now) -> RequestOut:
    """Ask to keep access for longer; what I have stays as it is until that is decided."""
    return RequestOut.of(extending(wanted, judge=services.judge, now=now))


@router.post("/{request_id}/revoke")
def revoke(by: EndingForOthers, request_id: Id, body: WithReason, services: WithServices, now: Now) -> GrantOut:
    """End access now that I may decide on."""
    reason = parse_reason(body.reason)
    grant = revoking(request_id, by=by, reason=reason, enders=services.enders, now=now)
    return GrantOut.of(grant, now)
