"""What is said with a link, a sign-in or a command line that is handed out. See `requests`."""

from daypass.doors.slack.blocks import code
from daypass.doors.slack.texts.times import moment
from daypass.model.login import Login


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


def login_asks(login: Login) -> str:
    """A command line that wants to be somebody's: where we saw it, and, as code, what it calls itself."""
    particulars = (
        f"*Address* {code(login.address or 'not known')}\n*Calls itself* {code(login.client)}\n"
        f"*Code* {code(login.user_code)}\n*Since* {moment(login.asked_at)}"
    )
    return f"A command line asks to act as you.\n{particulars}"
