"""
Messages on their way out: sent once, remembered, changed in place, and what to think when Slack says no.

    Gone        this conversation or message is not there any more: trying again changes nothing
    TryLater    Slack is down, slow, or asks us to be slower: trying again helps
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from daypass.doors.slack.blocks import Note
from daypass.doors.slack.turn import blocks_of
from daypass.ports import Message

_GONE = frozenset(
    {
        "channel_not_found",
        "is_archived",
        "not_in_channel",
        "restricted_action",
        "restricted_action_read_only_channel",
        "restricted_action_thread_only_channel",
        "user_not_found",
        "user_disabled",
        "cannot_dm_bot",
        "messages_tab_disabled",
        "message_not_found",
        "thread_not_found",
        "cant_update_message",
        "edit_window_closed",
        "invalid_blocks",
        "invalid_arguments",
        "msg_too_long",
        "msg_blocks_too_long",
        "no_text",
    }
)
"""What no further try will change (https://docs.slack.dev/reference/methods/chat.postMessage)."""

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
class Outgoing:
    """Sends and changes messages. Both methods raise Gone or TryLater and nothing else."""

    client: AsyncWebClient

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
        return Message(channel=str(answer["channel"]), ts=str(answer["ts"]))

    async def change(self, message: Message, note: Note) -> None:
        """Change a message in place."""
        await self._call(
            "chat.update", {"channel": message.channel, "ts": message.ts, "text": note.text, "blocks": blocks_of(note)}
        )

    async def _call(self, method: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        try:
            answer = await self.client.api_call(method, json=dict(arguments))
        except SlackApiError as error:
            raise _meaning(error) from None
        except (SlackClientError, aiohttp.ClientError, TimeoutError) as error:
            raise TryLater(type(error).__name__) from None
        data: Mapping[str, Any] = answer.data if isinstance(answer.data, dict) else {}
        return data


def _meaning(error: SlackApiError) -> Gone | TryLater:
    response = error.response
    data = getattr(response, "data", None)
    reason = str(data.get("error", "")) if isinstance(data, dict) else ""
    if reason in _GONE:
        return Gone(reason)
    headers: Mapping[str, str] = getattr(response, "headers", None) or {}
    pause = next((value for name, value in headers.items() if name.lower() == "retry-after"), None)
    waits = timedelta(seconds=int(pause)) if pause and pause.isdigit() else None
    return TryLater(reason or f"HTTP {getattr(response, 'status_code', '?')}", waits)
