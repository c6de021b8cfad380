"""
Every command there is, said once: Slack and the command line parse with these, and print their help.

The command line hangs its own callbacks on the same parameters (doors/cli); Slack and the API read what they say
(grammar/said). This package imports nothing but click, so that the command line starts fast.
"""

import click

from daypass.doors.commands.freezes import FREEZING
from daypass.doors.commands.grants import HAVING
from daypass.doors.commands.requests import ASKING

SLACK_VERBS = (
    "request",
    "grant",
    "allow",
    "withdraw",
    "again",
    "offers",
    "ls",
    "show",
    "done",
    "extend",
    "cancel",
    "link",
    "approve",
    "deny",
    "revoke",
    "review",
    "away",
    "back",
    "panic",
    "freeze",
    "lift",
    "rules",
    "login",
    "help",
)
"""What Slack understands; the rest hands out secrets or starts programs, which belong on the person's own machine."""

COMMANDS = {str(command.name): command for command in (*ASKING, *HAVING, *FREEZING)}
"""Every command by its name, in the order in which help lists them."""


def help_for(verb: str | None = None, *, program: str = "daypass") -> str:
    """Write the help of one command, or the list of Slack's commands when `verb` is None."""
    if verb is None:
        return _overview(program)
    command = COMMANDS[verb]
    return command.get_help(
        click.Context(command, info_name=f"{program} {verb}", max_content_width=100, terminal_width=100)
    )


def request_help(*, program: str = "daypass") -> str:
    """Write the help of `request`."""
    return help_for("request", program=program)


def _overview(program: str) -> str:
    lines = [f"  {verb:<9}{COMMANDS[verb].short_help}" for verb in SLACK_VERBS]
    return "\n".join(
        [f"Usage: {program} COMMAND", "", "Commands:", *lines, "", f"Each has its own help: {program} request --help"]
    )
