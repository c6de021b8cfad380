"""
Which Slack this is: its address, the secrets that open it, and the one workspace whose people are ours.

A Slack user id means somebody only within a workspace. Who comes from another one (a shared channel, another
workspace of the organisation) is refused, whatever their id looks like. An app that is installed for a whole
organisation (Enterprise Grid) speaks for no one workspace, and serves nobody until it is installed in one.
"""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from daypass.doors.services import Services
from daypass.doors.slack.texts import refusals as sorry
from daypass.doors.slack.verbs import in_thread
from daypass.lifecycle.workspace import known_team, remember_team
from daypass.model.errors import DaypassError, Misconfigured, NotYours, Unavailable
from daypass.model.principal import PrincipalId

_PATIENCE_S = 10
_LOOKING_S = 1.0
"""What finding out another id of somebody may take."""
_NOT_LET_IN = frozenset({"invalid_auth", "not_authed", "token_revoked", "token_expired", "account_inactive"})
"""https://docs.slack.dev/reference/methods/auth.test#errors"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackSettings:
    """What the Slack door is told at its start."""

    bot_token: str = field(repr=False)
    """Begins with `xoxb-`."""
    signing_secret: str = field(default="", repr=False)
    """Proves that an HTTP request is Slack's. May be empty only when Socket Mode is used."""
    app_token: str = field(default="", repr=False)
    """Begins with `xapp-`; set it for Socket Mode."""
    api_url: str = "https://slack.com/api/"
    """The Slack Web API: https://slack-gov.com/api/ for GovSlack, or a local one."""
    approvals_channel: str = ""
    """Channel id (C0...) in which approvers are asked; empty asks each of them directly."""
    most_asked: int = 20
    """How many people one request is sent to at most when approvers are asked directly."""
    most_cards: int = 10
    """How many requests are shown one by one in a channel within ten minutes; the others are listed together."""
    security: tuple[str, ...] = ()
    """Who is told besides when glass is broken: channels (C0...), user groups (S0...), people (U0...)."""

    def __post_init__(self) -> None:
        if not self.api_url.endswith("/api/"):
            raise Misconfigured(sorry.bad_address(self.api_url))
        if not (self.signing_secret or self.app_token):
            raise Misconfigured(sorry.NO_WAY_IN)


def web_client(settings: SlackSettings) -> AsyncWebClient:
    """
    Make a client of the Web API.

    It does not retry by itself: a post whose answer was lost would be made twice, and the outbox tries again anyway.
    """
    return AsyncWebClient(token=settings.bot_token, base_url=settings.api_url, timeout=_PATIENCE_S, retry_handlers=[])


class Workspace:
    """The workspace the app is installed in: asked of Slack once (`auth.test`), written down, and then known."""

    def __init__(self, client: AsyncWebClient, services: Services | None = None) -> None:
        """Take whom to ask, and where it is written down; without services it is asked again by each process."""
        self._client, self._services = client, services
        self._team: str | None = None
        self._lock = asyncio.Lock()

    async def team(self) -> str:
        """The team id. Raises Unavailable while Slack does not say."""
        async with self._lock:
            if self._team is None:
                self._team = await self._remembered() or await self._asked()
            return self._team

    async def must_include(self, body: Mapping[str, Any]) -> None:
        """Raise NotYours unless every team that a payload names is this one."""
        home = await self.team()
        told = set(_teams(body))
        if told != {home}:
            raise NotYours(sorry.STRANGER)

    async def acting(self, person: PrincipalId, body: Mapping[str, Any]) -> PrincipalId:
        """
        The id by which whoever did something is written down.

        In an organisation of several workspaces (Enterprise Grid) one person has an id in each and one in all, and
        Slack may say either. Only there is it asked; while nobody can tell, it is the id that came.
        """
        services = self._services
        if services is None or not (body.get("enterprise") or body.get("enterprise_id")):
            return person
        try:
            async with asyncio.timeout(_LOOKING_S):
                return await in_thread(lambda: _main(person, services))
        except TimeoutError:
            return person

    async def _remembered(self) -> str | None:
        if (services := self._services) is None:
            return None
        token = str(self._client.token)
        return await in_thread(lambda: known_team(token, services.ledger))

    async def _asked(self) -> str:
        team = await self._ask()
        if (services := self._services) is not None:
            token = str(self._client.token)
            await in_thread(lambda: remember_team(token, team, ledger=services.ledger, now=services.clock()))
        return team

    async def _ask(self) -> str:
        try:
            answer = await self._client.auth_test()
        except SlackApiError as error:
            raise _refused(str(error.response.get("error", ""))) from error
        except (SlackClientError, aiohttp.ClientError, TimeoutError) as error:
            raise Unavailable(sorry.NO_ANSWER) from error
        if answer.get("is_enterprise_install"):
            raise Misconfigured(sorry.WHOLE_ORGANISATION)
        return str(answer["team_id"])


def _main(person: PrincipalId, services: Services) -> PrincipalId:
    try:
        return services.directory.principal(person).main
    except DaypassError:
        known = services.directory.last_known(person)
        return known.main if known else person


def _refused(reason: str) -> DaypassError:
    """Slack answered, and does not let us in; or it cannot say now."""
    if reason in _NOT_LET_IN:
        return Misconfigured(sorry.token_refused(reason))
    return Unavailable(sorry.NO_ANSWER)


def _teams(body: Mapping[str, Any]) -> Iterator[str]:
    """Every team a payload speaks of: where it happened, and where its person is from."""
    told = (body.get("team_id"), (body.get("team") or {}).get("id"), _from(body).get("team_id"))
    return (team for team in told if team)


def _from(body: Mapping[str, Any]) -> Mapping[str, Any]:
    user = body.get("user")
    return user if isinstance(user, Mapping) else {}
