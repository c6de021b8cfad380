"""Who is calling: the person or the robot a bearer token speaks for, as the directory has them at this moment."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Annotated

from fastapi import Depends, HTTPException, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from daypass.doors.desk import Desk
from daypass.lifecycle.robots.identify import identify
from daypass.model.errors import NotFound, NotYours
from daypass.model.event import Scope
from daypass.model.kept import Robot
from daypass.model.principal import ROBOT, Principal, PrincipalId

_BEARER = HTTPBearer(auto_error=False, scheme_name="login", description="A token of `daypass login`, or of a robot.")
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
            speaker = identify(token, logins=desk.logins, ledger=desk.ledger, now=now)
        except NotYours as error:
            raise unauthorized(error.sentence) from None
        identify(token, logins=desk.logins, ledger=desk.ledger, now=now, scope=scope)
        return _active(speaker, desk)

    return caller


def _active(speaker: PrincipalId, desk: Desk) -> Principal:
    try:
        principal = desk.directory.principal(speaker)
    except NotFound:
        whose = "This robot" if speaker.startswith(ROBOT) else "Your Slack account"
        raise NotYours(f"{whose} is not known here any more.") from None
    if principal.robot:
        _must_be_answered_for(desk.ledger.find(Robot, speaker), desk)
    if not principal.active:
        raise NotYours("Your Slack account is deactivated, and so are your logins.")
    return principal


def _must_be_answered_for(robot: Robot, desk: Desk) -> None:
    with suppress(NotFound):
        if desk.directory.principal(robot.owner).active:
            return
    raise NotYours(f"Whoever answers for {robot.id} has left; an owner of the rules must adopt it.")


Reader = Annotated[Principal, Depends(_speaking_for(Scope.READ))]
Asker = Annotated[Principal, Depends(_speaking_for(Scope.ASK))]
Decider = Annotated[Principal, Depends(_speaking_for(Scope.DECIDE))]
User = Annotated[Principal, Depends(_speaking_for(Scope.USE))]
