"""Who is calling: the person a bearer token speaks for, as the directory has them at this moment."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

from fastapi import Depends, HTTPException, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from daypass.doors.desk import Desk
from daypass.lifecycle import login
from daypass.model.errors import NotFound, NotYours
from daypass.model.event import Scope
from daypass.model.principal import Principal, PrincipalId

_BEARER = HTTPBearer(auto_error=False, scheme_name="login", description="A token from `daypass login`.")
_NOT_LOGGED_IN = "You are not logged in; run `daypass login`."


async def _desk(request: Request) -> Desk:
    found = request.app.state.desk
    assert isinstance(found, Desk)  # noqa: S101 - build() put it there
    return found


AtDesk = Annotated[Desk, Depends(_desk)]


async def _now(desk: AtDesk) -> datetime:
    return desk.clock()


async def bearer_token(given: Annotated[HTTPAuthorizationCredentials | None, Security(_BEARER)]) -> str:
    """The token that was sent. Raises 401 when there is none."""
    if given is None or not given.credentials:
        raise unauthorized(_NOT_LOGGED_IN)
    return given.credentials


Now = Annotated[datetime, Depends(_now)]
BearerToken = Annotated[str, Depends(bearer_token)]


def unauthorized(sentence: str) -> HTTPException:
    """Make the 401 that asks for a login (RFC 6750, section 3)."""
    return HTTPException(401, sentence, headers={"WWW-Authenticate": "Bearer"})


def _speaking_for(scope: Scope) -> Callable[[Desk, datetime, str], Principal]:
    """Make the dependency that finds the caller, whose login must be one for this."""

    def caller(desk: AtDesk, now: Now, token: BearerToken) -> Principal:
        try:
            speaker = login.identify(token, logins=desk.logins, now=now)
        except NotYours as error:
            raise unauthorized(error.sentence) from None
        login.identify(token, logins=desk.logins, now=now, scope=scope)
        return _active(speaker, desk)

    return caller


def _active(speaker: PrincipalId, desk: Desk) -> Principal:
    try:
        principal = desk.directory.principal(speaker)
    except NotFound:
        raise NotYours("Your Slack account is not known here any more.") from None
    if not principal.active:
        raise NotYours("Your Slack account is deactivated, and so are your logins.")
    return principal


Reader = Annotated[Principal, Depends(_speaking_for(Scope.READ))]
Asker = Annotated[Principal, Depends(_speaking_for(Scope.ASK))]
Decider = Annotated[Principal, Depends(_speaking_for(Scope.DECIDE))]
User = Annotated[Principal, Depends(_speaking_for(Scope.USE))]
