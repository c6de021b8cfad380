"""
People who leave: what Slack tells of it (`user_change`), and word to the owners of the rules when too many do at once.

Slack tells of every change of every profile; only `deleted: true` said of that very id counts, and what says that
somebody is there again. What it means for people of other workspaces in shared channels is not ours.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from typing import Any

import structlog

from daypass.doors.desk import Desk
from daypass.doors.slack.asking import Asking
from daypass.doors.slack.blocks import Note
from daypass.doors.slack.counter import in_thread
from daypass.doors.slack.outgoing import Gone
from daypass.doors.slack.texts import leavers as texts
from daypass.lifecycle.leavers.notice import notice, returned
from daypass.model.departure import Source
from daypass.model.errors import NotFound
from daypass.model.event import Kind
from daypass.model.principal import GroupName, PrincipalId, SlackGroupId
from daypass.ports import Notice

TOLD = frozenset({Kind.LEAVERS_HELD})

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """Hears of changes of people."""

    desk: Desk

    async def heard(self, body: Mapping[str, Any]) -> None:
        """Take note of one change, if it says that somebody left, or is there again."""
        user = body["event"].get("user")
        if not isinstance(user, Mapping) or not user.get("id") or not _ours(user, str(body.get("team_id"))):
            return
        who, now = PrincipalId(str(user["id"])), self.desk.clock()
        if user.get("deleted") is True:
            await in_thread(lambda: notice(who, Source.EVENT, ledger=self.desk.ledger, now=now))
        elif user.get("deleted") is False:
            await in_thread(lambda: returned(who, ledger=self.desk.ledger, now=now))


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaverNews:
    """Tells the owners of the rules that many people are said to have left. Raises TryLater, Unavailable."""

    desk: Desk
    asking: Asking

    async def tell(self, notice_: Notice) -> None:
        """Tell each of them, or the channel where requests are decided."""
        note = Note(text=texts.held(notice_.event))
        channel = self.asking.settings.approvals_channel
        owners = await in_thread(lambda: _owners(self.desk))
        for place in [*([channel] if channel else []), *owners[: self.asking.settings.most_asked]]:
            try:
                await self.asking.outgoing.post(place, note)
            except Gone as gone:
                log.warning("slack.cannot_tell_of_leavers", place=place, reason=gone.reason)


def _ours(user: Mapping[str, Any], team: str) -> bool:
    """Whether this is somebody of our workspace; of an account that is gone Slack may not say where it was."""
    inside = user.get("enterprise_user")
    teams = {user.get("team_id"), *((inside.get("teams") or ()) if isinstance(inside, Mapping) else ())} - {None, ""}
    return not teams or team in teams


def _owners(desk: Desk) -> list[PrincipalId]:
    rules = desk.readable_rules()
    if rules is None:
        return []
    groups: list[SlackGroupId | GroupName] = [
        *sorted(rules.owners.slack_groups),
        *sorted(rules.owners.directory_groups),
    ]
    members: list[PrincipalId] = []
    for group in groups:
        with suppress(NotFound):
            members += sorted(desk.directory.members(group))
    return list(dict.fromkeys(chain(sorted(rules.owners.people), members)))
