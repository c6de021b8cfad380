"""Every sentence about passkeys that a person reads in Slack."""

from datetime import datetime

from daypass.doors.slack.blocks import escape
from daypass.doors.slack.texts.requests import moment, person
from daypass.model.principal import PrincipalId

WANTED = (
    "The rule wants your passkey with this approval. Open the page and confirm there; "
    "the address is yours alone and good for ten minutes."
)
LACKING = (
    "The rule wants your passkey with this approval, and you have none yet. Add one, then press Approve again; "
    "the address is yours alone and good for ten minutes."
)
OPEN, ADD = "Approve with my passkey", "Add a passkey"
_NOT_YOU = "If that was not you, somebody may be using your Slack account: tell whoever runs Daypass now."


def added_first(name: str, at: datetime) -> str:
    """Told when somebody's first passkey was added."""
    return f"The passkey “{escape(name)}” was added for you, {moment(at)}. It is your first. {_NOT_YOU}"


def added(name: str, at: datetime) -> str:
    """Told when another passkey was added."""
    return f"The passkey “{escape(name)}” was added for you, {moment(at)}, with one that you had. {_NOT_YOU}"


def removed(name: str, at: datetime, by: PrincipalId | None) -> str:
    """Told when a passkey was removed; `by` is somebody else who did it."""
    if by is None:
        return f"Your passkey “{escape(name)}” was removed, {moment(at)}. {_NOT_YOU}"
    return f"Your passkey “{escape(name)}” was removed by {person(by)}, {moment(at)}. {_NOT_YOU}"
