"""A session that can only end things, for who has no login while Slack is dead. It needs the ledger alone."""

from fastapi import Request, Response
from fastapi.responses import JSONResponse

from daypass.doors.address import address_of
from daypass.doors.api.authentication import Now, WithServices
from daypass.doors.api.login import PACED, RateLimitedTry, slower
from daypass.doors.api.router import api_router
from daypass.doors.language import parse_person
from daypass.doors.wire.handout import TokenOut
from daypass.doors.wire.inputs import EndWithCode, EndWithPasskey
from daypass.doors.wire.passkeys import AddressOut
from daypass.lifecycle.attempts import Stranger
from daypass.lifecycle.break_glass.redeem import counts
from daypass.lifecycle.end import session
from daypass.model.errors import Refusal
from daypass.model.network import whose

router = api_router("panic and freezes", "/end-session")


@router.post("", status_code=201, response_model=TokenOut, responses=PACED)
def with_code(
    body: EndWithCode, request: Request, response: Response, services: WithServices, now: Now
) -> TokenOut | JSONResponse:
    """Open it with a break-glass code, which is spent by that."""
    address = address_of(request, request.app.state.trusted_proxies)
    good = counts(body.code, ledger=services.ledger, now=now)
    if not good and request.app.state.pace.too_fast(RateLimitedTry.SEALED_CODE, whose(address), now):
        return slower()
    token = session.open_with_code(
        body.code, stranger=Stranger(address=address, attempts=services.attempts), ledger=services.ledger, now=now
    )
    response.headers["Cache-Control"] = "no-store"
    left = int((token.expires_at - now).total_seconds())
    return TokenOut(access_token=token.text, expires_in=left, expires_at=token.expires_at, principal=token.principal)


@router.post("/passkey", response_model=AddressOut, responses=PACED)
def with_passkey(body: EndWithPasskey, request: Request, services: WithServices, now: Now) -> AddressOut | JSONResponse:
    """Be handed the address at which a passkey confirms a command line that waits (`only_end` at its login)."""
    try:
        address = session.address_for(
            parse_person(body.person),
            body.user_code,
            public_url=services.public_url,
            logins=services.logins,
            now=now,
        )
    except Refusal:
        if request.app.state.pace.too_fast(
            RateLimitedTry.USER_CODE, whose(address_of(request, request.app.state.trusted_proxies)), now
        ):
            return slower()
        raise
    return AddressOut(url=address.url, expires_in=int((address.ends - now).total_seconds()))
