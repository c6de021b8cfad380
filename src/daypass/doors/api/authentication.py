"""Who is calling: the person or the robot a bearer token speaks for, as the directory has them at this moment."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Depends, HTTPException, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Send
from starlette.types import Scope as Connection

from daypass.doors.language import parse_id
from daypass.doors.services import Services
from daypass.lifecycle.bots.identify import identify, identify_frozen_too
from daypass.lifecycle.bots.tokens import AGENT_PREFIX
from daypass.lifecycle.break_glass.cached_identity import StandIn, user_of
from daypass.lifecycle.end.permissions import remembered
from daypass.model.bot import Bot
from daypass.model.errors import BadInput, DaypassError, Misconfigured, NotFound, NotYours, Unavailable
from daypass.model.login import LoginScope
from daypass.model.principal import ROBOT, Principal, PrincipalId
from daypass.ports import Directory
from daypass.ports.asker import visited

_BEARER = HTTPBearer(auto_error=False, scheme_name="login", description="A token of `daypass login`, or of a robot.")
_NOT_LOGGED_IN = "You are not logged in; run `daypass login`."


async def _services(request: Request) -> Services:
    found = request.app.state.services
    assert isinstance(found, Services)  # noqa: S101 - build() put it there
    return found


WithServices = Annotated[Services, Depends(_services)]


async def _now(services: WithServices) -> datetime:
    return services.clock()


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


def may_send_rules(services: Services, headers: Headers) -> bool:
    """
    Whether the headers have a token of somebody's that may decide: then the body may be a whole text of rules.

    Whether they own the rules is asked of the directory, once it is read. Raises Unavailable when it cannot be told.
    """
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        return False
    try:
        _speaker(LoginScope.DECIDE, services, services.clock(), token.strip(), frozen_too=True)
    except (HTTPException, NotYours):
        return False
    return True


def is_login(services: Services, headers: Headers) -> bool:
    """Whether the headers have a token that is somebody's; no while that cannot be told."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        return False
    try:
        identify(token.strip(), logins=services.logins, ledger=services.ledger, now=services.clock())
    except DaypassError:
        return False
    return True


class Visits:
    """Counts what is looked up during a request to who has made it: to nobody, until a token says who that is."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Connection, receive: Receive, send: Send) -> None:
        """Answer as ASGI asks."""
        with visited():
            await self._app(scope, receive, send)


def _speaking_for(scope: LoginScope) -> Callable[[Services, datetime, str], Principal]:
    """Make the dependency that finds the caller, whose login must be one for this."""

    def caller(services: WithServices, now: Now, token: BearerToken) -> Principal:
        speaker = _speaker(scope, services, now, token)
        return _active(speaker, services, services.directory.principal)

    return caller


def _speaker(
    scope: LoginScope, services: Services, now: datetime, token: str, *, frozen_too: bool = False
) -> PrincipalId:
    """Whom a token speaks for, that may do this. Raises 401, NotYours, or NotAllowed while they are frozen."""
    _logged_in(services, now, token)
    identified = identify_frozen_too if frozen_too else identify
    return identified(token, logins=services.logins, ledger=services.ledger, now=now, scope=scope)


@dataclass(frozen=True, slots=True, kw_only=True)
class UrgentCaller:
    """Somebody who asks, perhaps while the directory does not answer: then they can do nothing but break glass."""

    principal: Principal
    directory: Directory
    """Knows this one person also while nobody else can be looked up."""
    missing: Unavailable | None = None
    """Why they are only known by heart; None when the directory has just said who they are."""
    agent: bool = False
    """Whether it is an agent that speaks for them."""

    def must_be_let(self, *, urgent: bool) -> None:
        """Raise Unavailable for an ordinary ask while the directory does not answer, NotYours for an agent's urgent."""
        if self.missing is not None and not urgent:
            raise self.missing
        if self.agent and urgent:
            raise NotYours("An agent breaks no glass; a person has to.")


def _who_may_be_urgent(services: WithServices, now: Now, token: BearerToken) -> UrgentCaller:
    speaker, agent = _speaker(LoginScope.ASK, services, now, token), token.startswith(AGENT_PREFIX)
    try:
        principal = _active(speaker, services, services.directory.principal)
    except Unavailable as missing:
        known = services.directory.last_known(speaker)
        if known is None:
            raise
        principal = _active(speaker, services, lambda _: known)
        return UrgentCaller(
            principal=principal, directory=StandIn(services.directory, known), missing=missing, agent=agent
        )
    return UrgentCaller(principal=principal, directory=services.directory, agent=agent)


def _user(request: Request, services: WithServices, now: Now, token: BearerToken) -> Principal:
    """Whoever is handed something of a grant; of one for which they broke glass also while no directory answers."""
    return _of_grant(_speaker(LoginScope.USE, services, now, token), request, services)


def _looking(services: WithServices, now: Now, token: BearerToken) -> Principal:
    """Whoever looks at what is theirs; while nobody can say who they are, as the ledger knows them."""
    speaker = _speaker(LoginScope.READ, services, now, token)
    try:
        return _active(speaker, services, services.judge.find)
    except (Unavailable, Misconfigured):
        return remembered(speaker, services.ledger)


def _ending(*scopes: LoginScope) -> Callable[[Services, datetime, str], PrincipalId]:
    """
    Make the dependency that finds who ends something: by the row of their login and nothing else.

    Nothing is looked up, so that no outage refuses it (B7). Any of the scopes will do.
    """

    def ender(services: WithServices, now: Now, token: BearerToken) -> PrincipalId:
        for scope in scopes[:-1]:
            with suppress(NotYours):
                return _speaker(scope, services, now, token, frozen_too=True)
        return _speaker(scopes[-1], services, now, token, frozen_too=True)

    return ender


def _of_grant(speaker: PrincipalId, request: Request, services: Services) -> Principal:
    try:
        grant_id = parse_id(request.path_params["request_id"])
    except BadInput:  # of no grant at all; who is calling comes first, and then it is refused
        return _active(speaker, services, services.directory.principal)
    return _active(
        speaker, services, lambda who: user_of(grant_id, who, directory=services.directory, records=services.ledger)
    )


def _logged_in(services: WithServices, now: Now, token: BearerToken) -> str:
    """The token itself, of whoever it is. Raises 401."""
    try:
        identify(token, logins=services.logins, ledger=services.ledger, now=now)
    except NotYours as error:
        raise unauthorized(error.sentence) from None
    return token


def speaker(token: str, services: Services, now: datetime) -> Principal:
    """Whom a token speaks for, as the directory has them or else as the ledger knows them. Raises NotYours."""
    who = identify(token, logins=services.logins, ledger=services.ledger, now=now)
    return services.judge.person(who) or remembered(who, services.ledger)


def _active(speaker: PrincipalId, services: Services, find: Callable[[PrincipalId], Principal]) -> Principal:
    try:
        principal = find(speaker)
    except NotFound:
        whose = "This robot" if speaker.startswith(ROBOT) else "Your Slack account"
        raise NotYours(f"{whose} is not known here any more.") from None
    if principal.robot:
        _must_be_answered_for(services.ledger.find(Bot, speaker), services)
    if not principal.active:
        raise NotYours("Your Slack account is deactivated, and so are your logins.")
    return principal


def _must_be_answered_for(robot: Bot, services: Services) -> None:
    with suppress(NotFound):
        if services.directory.principal(robot.owner).active:
            return
    raise NotYours(f"Whoever answers for {robot.id} has left; an owner of the rules must adopt it.")


Reader = Annotated[Principal, Depends(_speaking_for(LoginScope.READ))]


def _lifting(services: WithServices, now: Now, token: BearerToken) -> Principal:
    """Whoever lifts a freeze, which holds for everybody while everything is frozen."""
    return _active(
        _speaker(LoginScope.DECIDE, services, now, token, frozen_too=True), services, services.directory.principal
    )


Lifter = Annotated[Principal, Depends(_lifting)]
Looker = Annotated[Principal, Depends(_looking)]
Asker = Annotated[Principal, Depends(_speaking_for(LoginScope.ASK))]
Decider = Annotated[Principal, Depends(_speaking_for(LoginScope.DECIDE))]
KnownToken = Annotated[str, Depends(_logged_in)]
"""A token that is somebody's."""
Urgent = Annotated[UrgentCaller, Depends(_who_may_be_urgent)]
User = Annotated[Principal, Depends(_user)]
EndingHeld = Annotated[PrincipalId, Depends(_ending(LoginScope.END, LoginScope.USE, LoginScope.ASK))]
"""Who ends what they have: whoever may use it may end it, and so may who may only ask."""
EndingAsked = Annotated[PrincipalId, Depends(_ending(LoginScope.END, LoginScope.ASK))]
"""Who takes back what they asked for."""
EndingForOthers = Annotated[PrincipalId, Depends(_ending(LoginScope.END, LoginScope.DECIDE))]
"""Who ends what others have; whether they may, the verb asks of the ledger."""
