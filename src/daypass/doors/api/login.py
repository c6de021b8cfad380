"""
Logging in from a command line: the device flow, after RFC 8628, with JSON in and out.

    POST /v1/login/device   a device code to keep and a user code to show
    POST /v1/login/token    the token, once the person has confirmed the code in Slack; until then a 400 whose code is
                            authorization_pending, slow_down or expired_token (RFC 8628, section 3.5)
    POST /v1/logout         ends this login, or all of them
"""

from collections import OrderedDict
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any

from fastapi import Query, Request, Response
from fastapi.responses import JSONResponse

from daypass.doors.address import address_of
from daypass.doors.api.authentication import KnownToken, Now, Reader, WithServices
from daypass.doors.api.router import api_router
from daypass.doors.refusals import Code
from daypass.doors.wire.handout import DeviceCode, PrincipalOut, TokenOut
from daypass.doors.wire.inputs import BeginLogin, CollectToken
from daypass.doors.wire.problem import refusal
from daypass.doors.wire.queries import Everywhere
from daypass.lifecycle import login
from daypass.lifecycle.bots.identify import identify
from daypass.model.errors import NotFound, TooLate
from daypass.model.login import LoginScope
from daypass.model.secret import digest

router = api_router("login")

_REMEMBERED = 2_000


class RateLimitedTry(StrEnum):
    """What is tried over and over, each with a pace of its own: a try of one kind never holds up another."""

    WAITING_LOGIN = "waiting login"
    """By its device code, which its command line alone has."""
    SEALED_CODE = "sealed code"
    """By the network that a code without use came from."""
    USER_CODE = "user code"
    """By the network that a user code of no waiting login came from."""


class Pace:
    """
    When each was last tried. A courtesy of this process, not a limit to rely on.

    It is asked only once a try has come to nothing: what is good goes through, whatever others did before.
    """

    def __init__(self) -> None:
        self._tried: dict[RateLimitedTry, OrderedDict[str, datetime]] = {kind: OrderedDict() for kind in RateLimitedTry}

    def too_fast(self, kind: RateLimitedTry, whose: str, now: datetime) -> bool:
        """Whether this one tries sooner than it was told to; remembers when it tried last and was heard."""
        tried, one = self._tried[kind], digest(whose)
        before = tried.get(one)
        if before is not None and now - before < timedelta(seconds=login.POLL_EVERY_S - 1):
            return True
        tried[one] = now
        tried.move_to_end(one)
        if len(tried) > _REMEMBERED:
            tried.popitem(last=False)
        return False


PACED: dict[int | str, dict[str, Any]] = {429: {"description": "Too many tries."}}
"""Said of an operation that answers with `slower`."""


def slower() -> JSONResponse:
    """Refuse a try that comes too soon after the last."""
    return refusal(429, "Wait two seconds before the next try.", code=Code.SLOW_DOWN, headers={"Retry-After": "2"})


@router.post("/login/device", responses=PACED)
def begin(body: BeginLogin, request: Request, services: WithServices, now: Now) -> DeviceCode:
    """Begin a login. The person types `/daypass login CODE` in Slack and confirms there."""
    address = address_of(request, request.app.state.trusted_proxies)
    scopes = [LoginScope.END] if body.only_end else LoginScope
    begun = login.begin(
        body.client or "a command line", address=address, logins=services.logins, now=now, scopes=scopes
    )
    return DeviceCode(
        device_code=begun.device_code,
        user_code=begun.user_code,
        verification_uri=f"{services.public_url}/login",
        expires_in=int((begun.expires_at - now).total_seconds()),
        interval=begun.interval_s,
    )


@router.post("/login/token", response_model=TokenOut)
def collect(body: CollectToken, request: Request, services: WithServices, now: Now) -> TokenOut | JSONResponse:
    """Ask whether the code was confirmed."""
    try:
        token = login.collect(body.device_code, logins=services.logins, ledger=services.ledger, now=now)
    except (NotFound, TooLate):
        return refusal(400, "This login has lapsed or was used; run `daypass login` again.", code=Code.EXPIRED)
    if token is None and request.app.state.pace.too_fast(RateLimitedTry.WAITING_LOGIN, body.device_code, now):
        return refusal(400, f"Ask every {login.POLL_EVERY_S} seconds, not more often.", code=Code.SLOW_DOWN)
    if token is None:
        return refusal(400, "Nobody has confirmed the code yet.", code=Code.PENDING)
    left = int((token.expires_at - now).total_seconds())
    return TokenOut(access_token=token.text, expires_in=left, expires_at=token.expires_at, principal=token.principal)


@router.post("/logout", status_code=204)
def logout(
    token: KnownToken,
    services: WithServices,
    now: Now,
    which: Annotated[Everywhere, Query()],
) -> Response:
    """End this login, or all of this person's: that takes a login of their own, and not an agent's or a code's."""
    if which.everywhere:
        speaker = identify(token, logins=services.logins, ledger=services.ledger, now=now, scope=LoginScope.DECIDE)
        login.end_all(by=speaker, logins=services.logins, ledger=services.ledger, now=now)
    else:
        login.end(token, logins=services.logins, ledger=services.ledger, now=now)
    return Response(status_code=204)


@router.get("/me")
def me(caller: Reader) -> PrincipalOut:
    """Say who the token speaks for."""
    return PrincipalOut(id=caller.id, name=caller.name, tz=caller.tz, aws=caller.aws.arn if caller.aws else None)
