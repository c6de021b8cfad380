"""
The thread under a message of ours is the room in which a request is discussed, and what is said there is kept with it.

Slack tells of every message in the conversations we are in. Only replies under our own messages about one request
are looked at; what apps say, ourselves included, and what people of other workspaces say in a shared channel is not
kept.
"""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakValueDictionary

from daypass.doors.services import Services
from daypass.doors.slack.texts import requests as texts
from daypass.doors.slack.unescape import unescape
from daypass.doors.slack.verbs import in_thread
from daypass.lifecycle.thread import How, ThreadMessage, keep
from daypass.model.errors import NotFound
from daypass.model.grant import GrantId
from daypass.model.principal import PrincipalId

_PAUSES_S = (0.3, 1.0, 5.0, 20.0)
_SPOKEN = frozenset({"", "file_share", "thread_broadcast", "me_message"})
"""Kinds of message events (`subtype`) in which somebody says something."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Threads:
    """Keeps what is said under our messages."""

    services: Services
    _turns: WeakValueDictionary[tuple[str, str], asyncio.Lock] = field(default_factory=WeakValueDictionary)
    """In each thread one reply is kept after the other, in the order in which they came."""

    async def heard(self, body: Mapping[str, Any]) -> None:
        """Keep what one message event tells of, if it is about a request."""
        event = body["event"]
        spoken = _spoken(event)
        if spoken is None or not _ours(spoken, body):
            return
        saying, root = _saying(event, spoken), str(spoken["thread_ts"])
        async with self._turns.setdefault((saying.channel, root), asyncio.Lock()):
            await self._keep(saying, root, ours=_under_ours(event, body))

    async def _keep(self, saying: ThreadMessage, root: str, *, ours: bool) -> None:
        subject = await self._subject(saying.channel, root, ours=ours)
        if subject is None:
            return
        with suppress(NotFound):  # a message of ours about a request that is not there: nothing to keep it with
            await in_thread(lambda: keep(subject, saying, ledger=self.services.ledger, now=self.services.clock()))

    async def _subject(self, channel: str, root: str, *, ours: bool) -> GrantId | None:
        """
        Which request a thread is about.

        Somebody may reply before Slack has answered our post: under a message of ours it is looked up again.
        """
        for pause in _PAUSES_S if ours else ():
            if (found := await in_thread(lambda: self.services.postings.subject_of(channel, root))) is not None:
                return found
            await asyncio.sleep(pause)
        return await in_thread(lambda: self.services.postings.subject_of(channel, root))


def _spoken(event: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The message that was said, changed or deleted by a person in a thread; None for anything else."""
    match event.get("subtype") or "":
        case "message_changed":
            message, before = event.get("message") or {}, event.get("previous_message") or {}
            if message.get("text") == before.get("text"):  # a link was unfurled, a reply was counted
                return None
        case "message_deleted":
            message = event.get("previous_message") or {}
        case subtype if subtype in _SPOKEN:
            message = event
        case _:
            return None
    by_app = message.get("bot_id") or message.get("subtype") == "bot_message" or not message.get("user")
    in_a_thread = message.get("thread_ts") and message["thread_ts"] != message.get("ts")
    return None if by_app or not in_a_thread else message


def _under_ours(event: Mapping[str, Any], body: Mapping[str, Any]) -> bool:
    return event.get("parent_user_id") in {one.get("user_id") for one in body.get("authorizations") or ()}


def _ours(message: Mapping[str, Any], body: Mapping[str, Any]) -> bool:
    """Whether its author is of this workspace; an id means somebody only within one."""
    teams = {message.get(name) for name in ("team", "user_team", "source_team")} - {None}
    return teams <= {body.get("team_id")}


def _saying(event: Mapping[str, Any], message: Mapping[str, Any]) -> ThreadMessage:
    how = {"message_changed": How.EDITED, "message_deleted": How.DELETED}.get(event.get("subtype") or "", How.SAID)
    edited = message.get("edited") or {}
    files = len(message.get("files") or ())
    attached = f" {texts.files_attached(files)}" if files else ""
    return ThreadMessage(
        author=PrincipalId(str(message["user"])),
        channel=str(event["channel"]),
        ts=str(message["ts"]),
        text=f"{unescape(str(message.get('text') or ''))}{attached}".strip(),
        how=how,
        changed=str(edited.get("ts") or "") if how is How.EDITED else "",
    )
