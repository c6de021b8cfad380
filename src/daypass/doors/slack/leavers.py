"""
People who leave, as Slack tells of it (`user_change`).

Slack tells of every change of every profile; only `deleted: true` said of that very id counts, and what says that
somebody is there again. What it means for people of other workspaces in shared channels is not ours.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from daypass.doors.services import Services
from daypass.doors.slack.verbs import in_thread
from daypass.lifecycle.leavers.notice import notice, returned
from daypass.model.departure import DepartureSource
from daypass.model.principal import PrincipalId


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """Hears of changes of people."""

    services: Services

    async def heard(self, body: Mapping[str, Any]) -> None:
        """Take note of one change, if it says that somebody left, or is there again."""
        user = body["event"].get("user")
        if not isinstance(user, Mapping) or not user.get("id") or not _ours(user, str(body.get("team_id"))):
            return
        who, now = PrincipalId(str(user["id"])), self.services.clock()
        if user.get("deleted") is True:
            await in_thread(lambda: notice(who, DepartureSource.EVENT, ledger=self.services.ledger, now=now))
        elif user.get("deleted") is False:
            await in_thread(lambda: returned(who, ledger=self.services.ledger, now=now))


def _ours(user: Mapping[str, Any], team: str) -> bool:
    """Whether this is somebody of our workspace; of an account that is gone Slack may not say where it was."""
    inside = user.get("enterprise_user")
    teams = {user.get("team_id"), *((inside.get("teams") or ()) if isinstance(inside, Mapping) else ())} - {None, ""}
    return not teams or team in teams
