"""
Every command there is, said once: Slack and the command line parse with these, and print their help.

The command line hangs its own callbacks on the same parameters (doors/cli); Slack and the API read what they say
(grammar/said). This module imports nothing but click, so that the command line starts fast.
"""

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

SLACK_VERBS = ("request", "ls", "show", "done", "extend", "cancel", "link", "approve", "deny", "login", "help")
"""What Slack understands; the rest hands out secrets or starts programs, which belong on the person's own machine."""

_FOR = "How long: 90m, 2h, 1h30m, 1d, or «until 18:00»."


_LEVELS = ("list", "read", "write", "delete")
_DELIVERIES = ("session", "policy", "link")


class _Id(click.types.StringParamType):
    """An id; the command line completes those that the service knows of."""

    name = "id"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list["CompletionItem"]:  # noqa: ARG002 - click's own shape
        """Offer the ids that whoever runs this command has at hand."""
        from click.shell_completion import CompletionItem  # noqa: PLC0415 - only where a shell completes

        known: list[tuple[str, str]] = getattr(ctx.find_root().obj, "known_ids", list)()
        return [CompletionItem(one, help=what) for one, what in known if one.startswith(incomplete)]


class _Word(click.types.StringParamType):
    """A word of a few that are offered; the service judges what was typed."""

    name = "word"

    def __init__(self, *offered: str) -> None:
        self._offered = offered

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list["CompletionItem"]:
        """Offer the words that are not there yet."""
        from click.shell_completion import CompletionItem  # noqa: PLC0415 - only where a shell completes

        said = ctx.params.get(param.name or "") or ()
        return [CompletionItem(one) for one in self._offered if one.startswith(incomplete) and one not in said]


def _id(what: str) -> click.Argument:
    return click.Argument(["id"], metavar="ID", type=_Id(), help=f"The id of the {what}, as `ls` shows it.")


def _for(text: str = _FOR) -> click.Option:
    return click.Option(["--for", "for_"], metavar="LENGTH", help=text)


def _until() -> click.Option:
    return click.Option(["--until"], metavar="TIME", help="An end instead of a length: 18:00, tomorrow 09:00.")


def _reason(text: str, *, required: bool = False) -> click.Option:
    return click.Option(["--reason"], metavar="TEXT", required=required, help=text)


_ALL = (
    click.Command(
        "request",
        short_help="Ask for access.",
        help="""Ask for access.

        LEVEL is list, read, write or delete, or several: read,write. WHERE is a bucket, a prefix that ends in /, or one
        object: acme-reports/2026/.""",
        epilog='Example: request s3 read acme-reports/2026/ --for 2h --reason "INC-42"',
        params=[
            click.Argument(["what"], nargs=-1, type=_Word("s3", *_LEVELS), metavar="s3 LEVEL WHERE"),
            _for(),
            _until(),
            click.Option(
                ["--start"],
                metavar="TIME",
                help="Not before: 18:00, tomorrow 09:00, in 30m. Without it: once approved.",
            ),
            _reason("Why. The approvers read it."),
            click.Option(
                ["--as", "delivery"],
                metavar="session|policy|link",
                type=_Word(*_DELIVERIES),
                help="How the access reaches you; a session if not said.",
            ),
            click.Option(["--versions"], is_flag=True, help="Old versions of the objects too."),
            click.Option(["--tags"], is_flag=True, help="The objects' tags too."),
            click.Option(["--dry-run"], is_flag=True, help="Show what would be decided and written; ask nobody."),
            click.Option(["--wait"], is_flag=True, help="Stay until it is decided and active."),
        ],
    ),
    click.Command(
        "approve",
        short_help="Approve a request.",
        help="Approve a request that waits for you, for as long as it asks or for as long as you say.",
        params=[_id("request"), _for("How long, instead of what was asked: 5m, 1h, 8h.")],
    ),
    click.Command(
        "deny",
        short_help="Deny a request, with the reason.",
        help="Deny a request that waits for you.",
        params=[_id("request"), _reason("Why not. The requestor reads it.")],
    ),
    click.Command(
        "ls",
        short_help="List your grants and requests, and what waits for you.",
        help="List your grants and requests, and what waits for you.",
    ),
    click.Command(
        "show",
        short_help="Show one request with its whole story.",
        help="Show one request or grant with its whole story.",
        params=[_id("request or grant")],
    ),
    click.Command(
        "done",
        short_help="End your own access now.",
        help="End your own access now, before its time.",
        params=[_id("grant")],
    ),
    click.Command(
        "extend",
        short_help="Ask to keep access for longer.",
        help="Ask to keep access for longer. What you have stays as it is until that is decided.",
        params=[_id("grant"), _for(), _until(), _reason("Why. The approvers read it.")],
    ),
    click.Command(
        "cancel",
        short_help="Take back a request that waits.",
        help="Take back your own request while it waits.",
        params=[_id("request")],
    ),
    click.Command(
        "revoke",
        short_help="End somebody's access now.",
        help="End access now that you may decide on.",
        params=[_id("grant"), _reason("Why. The person reads it.", required=True)],
    ),
    click.Command(
        "link",
        short_help="Make a link that opens one object.",
        help="Make a link that opens one object for as long as the grant lives. Whoever has the link can open it.",
        params=[
            _id("grant"),
            click.Argument(
                ["key"], metavar="[KEY]", required=False, help="The object; not needed when the grant is for one."
            ),
        ],
    ),
    click.Command(
        "console",
        short_help="Open the AWS console.",
        help="Make a sign-in link to the AWS console, good for 15 minutes.",
        params=[_id("grant")],
    ),
    click.Command(
        "credentials",
        short_help="Print AWS credentials.",
        help="Print AWS credentials of a live grant, in the form that credential_process reads.",
        params=[_id("grant")],
    ),
    click.Command(
        "exec",
        short_help="Run a program with the access of a grant.",
        help="Run a program with the access of a grant: exec ID -- aws s3 ls s3://acme-reports/2026/",
        params=[_id("grant"), click.Argument(["program"], nargs=-1, required=True, metavar="-- PROGRAM [ARGUMENT]...")],
        context_settings={"allow_interspersed_args": False},
    ),
    click.Command(
        "login",
        short_help="Let a command line speak for you.",
        help="Let the command line that shows CODE speak for you. Only confirm a code that your own screen shows.",
        params=[click.Argument(["code"], metavar="CODE", required=True)],
    ),
    click.Command(
        "help",
        short_help="Say what a command does.",
        help="Say what a command does.",
        params=[click.Argument(["verb"], metavar="[COMMAND]", required=False)],
    ),
)

COMMANDS = {str(command.name): command for command in _ALL}
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
