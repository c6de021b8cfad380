"""
Messages on their way out: sent once, remembered, changed in place, and what to think when Slack says no.

    Gone        this conversation or message is not there any more: trying again changes nothing
    TryLater    Slack is down, slow, or asks us to be slower: trying again helps

When Slack asks us to be slower (Retry-After, for each method), that method is not called before the time is over. A
message that shows already what it should is not changed again, so that several things that happened to one request in
a moment lead to one change.
"""

import hashlib
import json
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from daypass.doors.slack.blocks import Note
from daypass.doors.slack.interaction import blocks_of
from daypass.doors.slack.rate_limits import pause_of, reason_of
from daypass.ports import Message

_GONE = frozenset(
    {
        "channel_not_found",
        "is_archived",
        "not_in_channel",
        "restricted_action",
        "restricted_action_read_only_channel",
        "restricted_action_thread_only_channel",
        "restricted_action_non_threadable_channel",
        "team_access_not_granted",
        "user_not_found",
        "user_not_visible",
        "users_not_found",
        "user_disabled",
        "user_not_in_channel",
        "is_inactive",
        "cannot_dm_bot",
        "messages_tab_disabled",
        "message_not_found",
        "thread_not_found",
        "cannot_reply_to_message",
        "cant_update_message",
        "edit_window_closed",
        "invalid_blocks",
        "invalid_blocks_format",
        "invalid_arguments",
        "msg_too_long",
        "msg_blocks_too_long",
        "no_text",
    }
)
"""What no further try will change (https://docs.slack.dev/reference/methods/chat.postMessage)."""

_PASSING = frozenset(
    {
        "accesslimited",
        "access_denied",
        "account_inactive",
        "ekm_access_denied",
        "external_channel_migrating",
        "fatal_error",
        "internal_error",
        "invalid_auth",
        "message_limit_exceeded",
        "missing_scope",
        "no_permission",
        "not_allowed_token_type",
        "not_authed",
        "org_login_required",
        "rate_limited",
        "ratelimited",
        "request_timeout",
        "service_unavailable",
        "team_added_to_org",
        "token_expired",
        "token_revoked",
        "two_factor_setup_required",
    }
)
"""What passes, by itself or when somebody gives us another token: however long it takes, it is tried again."""
_OFTEN = 15
"""
Tries at what Slack refuses in words that are in neither list: with the back-off of the outbox most of an hour. After
that this message is given up, with an error in the log, so that what comes after it is told.
"""
_MOMENT = timedelta(minutes=1)
"""For how long a message that we drew is taken to show what we drew."""
_REMEMBERED = 10_000
"""Messages of which we know what they show."""

log = structlog.get_logger()


class Gone(Exception):
    """This message can never be sent or changed; `reason` is Slack's word for why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class TryLater(Exception):
    """Slack does not take this message now. `pause` is how long it asked us to wait, when it did."""

    def __init__(self, reason: str, pause: timedelta | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.pause = pause


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboundMessages:
    """Sends and changes messages. Both methods raise Gone or TryLater and nothing else."""

    client: AsyncWebClient
    clock: Callable[[], datetime]
    _not_before: dict[str, datetime] = field(default_factory=dict)
    """When each method may be called again, where Slack asked us to wait."""
    _refused: dict[tuple[str, str], int] = field(default_factory=dict)
    """How often a method was refused in a place in words that we do not know."""
    _shown: OrderedDict[Message, tuple[str, datetime]] = field(default_factory=OrderedDict)
    """A hash of what each message shows, and since when, as far as this process drew it."""

    async def post(self, channel: str, note: Note, *, thread: str | None = None) -> Message:
        """Post a message in a channel, or to a person by their id."""
        answer = await self._call(
            "chat.postMessage",
            {
                "channel": channel,
                "text": note.text,
                "blocks": blocks_of(note),
                "unfurl_links": False,
                "unfurl_media": False,
                **({"thread_ts": thread} if thread else {}),
            },
        )
        posted = Message(channel=str(answer["channel"]), ts=str(answer["ts"]))
        self._keep(posted, _drawing(note))
        return posted

    async def change(self, message: Message, note: Note, *, sure: bool = False) -> None:
        """Change a message in place, unless it shows this already; `sure` is to know that it is still there."""
        drawing = _drawing(note)
        if not sure and self._shows(message, drawing):
            return
        self._shown.pop(message, None)  # an answer may be lost: then nobody knows what it shows
        await self._call(
            "chat.update", {"channel": message.channel, "ts": message.ts, "text": note.text, "blocks": blocks_of(note)}
        )
        self._keep(message, drawing)

    def _shows(self, message: Message, drawing: str) -> bool:
        """Whether it was drawn like this a moment ago; before that, another process may have drawn it otherwise."""
        shown, at = self._shown.get(message, ("", self.clock()))
        return shown == drawing and self.clock() - at < _MOMENT

    def _keep(self, message: Message, drawing: str) -> None:
        self._shown[message] = drawing, self.clock()
        while len(self._shown) > _REMEMBERED:
            self._shown.popitem(last=False)

    async def _call(self, method: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        self._must_not_wait(method)
        try:
            answer = await self.client.api_call(method, json=dict(arguments))
        except SlackApiError as error:
            meaning = self._meaning(error, (method, str(arguments["channel"])))
            if isinstance(meaning, TryLater) and meaning.pause:
                self._not_before[method] = self.clock() + meaning.pause
            raise meaning from None
        except (SlackClientError, aiohttp.ClientError, TimeoutError) as error:
            raise TryLater(type(error).__name__) from None
        self._refused.pop((method, str(arguments["channel"])), None)
        data: Mapping[str, Any] = answer.data if isinstance(answer.data, dict) else {}
        return data

    def _meaning(self, error: SlackApiError, call: tuple[str, str]) -> Gone | TryLater:
        meaning = _meaning(error)
        if isinstance(meaning, Gone) or not _is_news(error, meaning):
            return meaning
        times = self._refused[call] = self._refused.get(call, 0) + 1
        if times < _OFTEN:
            return meaning
        log.error("slack.refused_for_good", method=call[0], place=call[1], reason=meaning.reason)
        return Gone(meaning.reason)

    def _must_not_wait(self, method: str) -> None:
        """Raise TryLater while Slack's pause for this method is not over."""
        now = self.clock()
        until = self._not_before.get(method, now)
        if until > now:
            raise TryLater("ratelimited", until - now)


def _is_news(error: SlackApiError, meaning: TryLater) -> bool:
    """Whether Slack answered, and said no in a word that we do not know."""
    answered = getattr(error.response, "status_code", 0) == HTTPStatus.OK
    return answered and bool(reason_of(error)) and meaning.reason not in _PASSING


def _drawing(note: Note) -> str:
    return hashlib.sha256(json.dumps([note.text, note.blocks]).encode()).hexdigest()


def _meaning(error: SlackApiError) -> Gone | TryLater:
    reason = reason_of(error)
    if reason in _GONE:
        return Gone(reason)
    return TryLater(reason or f"http:{getattr(error.response, 'status_code', '?')}", pause_of(error))
