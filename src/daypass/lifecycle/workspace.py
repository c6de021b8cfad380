"""
Which workspace the Slack app is in: asked of Slack once, and written down.

Clicks that Slack still delivers then do what they may while its API is dead, also of a process that starts then.
"""

from contextlib import suppress
from datetime import datetime

from daypass.model.errors import Conflict, Misconfigured, NotFound
from daypass.model.event import EntryKind, Event
from daypass.model.fact import Fact
from daypass.model.known import KnownWorkspace
from daypass.model.principal import DAYPASS
from daypass.model.secret import digest
from daypass.ports import Ledger, Records


def known_team(bot_token: str, records: Records) -> str | None:
    """The workspace of a bot token; None when Slack has not said it yet, or the row cannot be read."""
    try:
        return records.find(KnownWorkspace, digest(bot_token)).team
    except (NotFound, Misconfigured):
        return None


def remember_team(bot_token: str, team: str, *, ledger: Ledger, now: datetime) -> None:
    """Write down what Slack said of a bot token."""
    row = KnownWorkspace(token_hash=digest(bot_token), team=team, at=now)
    event = Event(kind=EntryKind.WORKSPACE_REMEMBERED, at=now, actor=DAYPASS, details={"team": team})
    with suppress(Conflict):  # another process was first
        ledger.record(Fact(event=event, changes=(row,), told=False))
