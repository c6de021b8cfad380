"""
What stands in for AWS's sign-in and console, of which the embedded AWS has neither.

Like AWS's federation endpoint it changes a session's credentials into a token, and the token into a page. Where AWS
would open its console, the page says who AWS says one is, and until when.
"""

import asyncio
import html
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from aiohttp import web
from botocore.exceptions import BotoCoreError, ClientError

from daypass.demo.ministack import MiniStack, client

ADDRESS_LASTS = timedelta(minutes=15)
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Instead of the AWS console</title>
<link rel="stylesheet" href="/static/panel.css">
</head>
<body class="ready sign-in">
{content}
</body>
</html>
"""
_SIGNED_IN = """<header>
  <h1>You would now be in the AWS console</h1>
  <p>The AWS of this demo has no console. AWS itself would sign you in with this session and open the page below.</p>
</header>
<section>
  <dl>
    <dt>Account</dt><dd>{account}</dd>
    <dt>Role</dt><dd>{role}</dd>
    <dt>Session</dt><dd>{session}</dd>
    <dt>Ends</dt><dd>{ends}</dd>
    <dt>Opens at</dt><dd>{where}</dd>
  </dl>
</section>
<section>
  <p>At its end AWS refuses whatever the session asks for, also when nobody is there to sign it out.
  The account, the role and the session were asked of AWS, with the session's own credentials.</p>
</section>
"""
_REFUSED = """<header>
  <h1>This sign-in address is not valid</h1>
  <p>It is good for 15 minutes and as long as its session lives. Press the console button again.</p>
</header>
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Credentials that somebody may sign in with; `since` is when they were brought."""

    key_id: str
    secret: str = field(repr=False)
    token: str = field(repr=False)
    since: datetime

    @classmethod
    def read(cls, text: str, now: datetime) -> Self:
        """Read it as AWS's endpoint takes it. Raises ValueError."""
        try:
            brought = json.loads(text)
            return cls(
                key_id=str(brought["sessionId"]),
                secret=str(brought["sessionKey"]),
                token=str(brought["sessionToken"]),
                since=now,
            )
        except (KeyError, TypeError) as error:
            raise ValueError("Session is a JSON object with sessionId, sessionKey and sessionToken.") from error


class SignIn:
    """The federation endpoint and the page behind it."""

    def __init__(
        self,
        aws: MiniStack,
        *,
        ends: Callable[[str], datetime | None],
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Stand beside an AWS. `ends` knows when the access of a session of this name is over."""
        self._aws, self._ends, self._clock = aws, ends, clock
        self._sessions: dict[str, Session] = {}

    def add_routes(self, router: web.UrlDispatcher) -> None:
        """Add the endpoint to a server."""
        router.add_get("/federation", self._answer)
        router.add_post("/federation", self._answer)

    async def _answer(self, request: web.Request) -> web.Response:
        asked = {**request.query, **await request.post()}
        match asked.get("Action"):
            case "getSigninToken":
                return self._token(str(asked.get("Session", "")))
            case "login":
                return await asyncio.to_thread(self._login, asked)
            case _:
                return web.Response(status=400, text="Action is getSigninToken or login.")

    def _token(self, session: str) -> web.Response:
        try:
            read = Session.read(session, self._clock())
        except ValueError as error:
            return web.Response(status=400, text=str(error))
        token = secrets.token_urlsafe(32)
        self._sessions[token] = read
        return web.json_response({"SigninToken": token})

    def _login(self, asked: dict[str, Any]) -> web.Response:
        session, now = self._sessions.get(str(asked.get("SigninToken", ""))), self._clock()
        if session is None or now > session.since + ADDRESS_LASTS:
            return _page(_REFUSED, status=400)
        try:
            arn = self._who(session)
            ends = self._end(arn, session)
        except (BotoCoreError, ClientError):
            return _page(_REFUSED, status=400)
        account, role, name = _parts(arn)
        shown = {"account": account, "role": role, "session": name, "where": str(asked.get("Destination", ""))}
        shown["ends"] = _moment(ends, now)
        return _page(_SIGNED_IN.format(**{part: html.escape(text) for part, text in shown.items()}))

    def _who(self, session: Session) -> str:
        sts = client("sts", self._aws.endpoint, session.key_id, session.secret, session.token)
        return str(sts.get_caller_identity()["Arn"])

    def _end(self, arn: str, session: Session) -> datetime:
        """The sooner of the access's end and that of the longest session of its role."""
        _, role, name = _parts(arn)
        longest = self._aws.root("iam").get_role(RoleName=role)["Role"].get("MaxSessionDuration", 3600)
        ends = session.since + timedelta(seconds=int(longest))
        return min(ends, self._ends(name) or ends)


def _parts(arn: str) -> tuple[str, str, str]:
    """The account, the role and the session in arn:aws:sts::123456789012:assumed-role/ROLE/SESSION."""
    role, _, session = arn.partition("/")[2].rpartition("/")
    return arn.split(":")[4], role, session


def _moment(ends: datetime, now: datetime) -> str:
    left = ends - now
    if left <= timedelta(0):
        return f"{ends:%a %d %b %H:%M:%S} UTC: over"
    minutes, seconds = divmod(int(left.total_seconds()), 60)
    return f"{ends:%a %d %b %H:%M:%S} UTC, in {f'{minutes} min' if minutes else f'{seconds} s'}"


def _page(content: str, *, status: int = 200) -> web.Response:
    headers = {
        "Content-Security-Policy": "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'",
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
    }
    return web.Response(status=status, text=_PAGE.format(content=content), content_type="text/html", headers=headers)
