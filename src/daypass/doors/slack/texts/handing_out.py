"""What is said with a link, a sign-in or a command line that is handed out. See `requests`."""

from datetime import datetime

from daypass.doors.slack.blocks import code, escape
from daypass.doors.slack.texts.times import moment


def console_ready() -> str:
    """Said with the sign-in button, to one person."""
    return "Here is your sign-in link. It works for 15 minutes, once opened until your access ends. Do not pass it on."


def console_too_long(grant_id: str) -> str:
    """Said when Slack cannot carry the sign-in link."""
    return f"The sign-in link is longer than Slack can carry. On your command line: `daypass console {grant_id}`"


def link_ready(address: str, key: str) -> str:
    """Said with a fresh link, to one person."""
    warning = "Whoever has it can open the object until your access ends. It is not shown again."
    return f"Your link to {code(key)}:\n{address}\n{warning}"


def login_asks(client: str, user_code: str, asked_at: datetime) -> str:
    """What a command line that wants to be somebody's says of itself."""
    particulars = f"*From* {escape(client)}\n*Code* {code(user_code)}\n*Since* {moment(asked_at)}"
    return f"A command line wants to speak for you.\n{particulars}"
