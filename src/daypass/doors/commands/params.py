"""The words and options that commands are made of."""

from typing import TYPE_CHECKING

import click

from daypass.resources.registry import KINDS, LEVELS

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

FOR = "How long: 90m, 2h, 1h30m, 1d, or “until 18:00”."

DELIVERIES = ("session", "policy", "link")


class Id(click.types.StringParamType):
    """An id; the command line completes those that the service knows of."""

    name = "id"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list["CompletionItem"]:  # noqa: ARG002 - click's own shape
        """Offer the ids that whoever runs this command has at hand."""
        from click.shell_completion import CompletionItem  # noqa: PLC0415 - only where a shell completes

        known: list[tuple[str, str]] = getattr(ctx.find_root().obj, "known_ids", list)()
        return [CompletionItem(one, help=what) for one, what in known if one.startswith(incomplete)]


class SuggestedWord(click.types.StringParamType):
    """A word of a few that are offered; the service judges what was typed."""

    name = "word"

    def __init__(self, *offered: str) -> None:
        self._offered = offered

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list["CompletionItem"]:
        """Offer the words that are not there yet."""
        from click.shell_completion import CompletionItem  # noqa: PLC0415 - only where a shell completes

        said = ctx.params.get(param.name or "") or ()
        return [CompletionItem(one) for one in self._offered if one.startswith(incomplete) and one not in said]


def id_of(what: str) -> click.Argument:
    """The id of something."""
    return click.Argument(["id"], metavar="ID", type=Id(), help=f"The id of the {what}, as `ls` shows it.")


def for_(text: str = FOR) -> click.Option:
    """For how long."""
    return click.Option(["--for", "for_"], metavar="LENGTH", help=text)


def until() -> click.Option:
    """Until when."""
    return click.Option(["--until"], metavar="TIME", help="An end instead of a length: 18:00, tomorrow 09:00.")


def reason(text: str, *, required: bool = False) -> click.Option:
    """Why."""
    return click.Option(["--reason"], metavar="TEXT", required=required, help=text)


def what() -> click.Argument:
    """Which access to what."""
    return click.Argument(["what"], nargs=-1, type=SuggestedWord(*KINDS, *LEVELS), metavar="s3 LEVEL WHERE")


def start() -> click.Option:
    """From when."""
    return click.Option(
        ["--start"], metavar="TIME", help="Not before: 18:00, tomorrow 09:00, in 30m. Without it: once approved."
    )


def as_(text: str) -> click.Option:
    """By which delivery."""
    return click.Option(["--as", "delivery"], metavar="session|policy|link", type=SuggestedWord(*DELIVERIES), help=text)


def to(text: str) -> click.Option:
    """For whom."""
    return click.Option(["--to"], metavar="WHOM", help=text)


def extras() -> list[click.Parameter]:
    """What may be asked for besides."""
    return [
        click.Option(["--versions"], is_flag=True, help="Old versions of the objects too."),
        click.Option(["--tags"], is_flag=True, help="The objects' tags too."),
    ]


def asking() -> list[click.Parameter]:
    """What one says of a request, for oneself or for somebody else."""
    return [
        what(),
        for_(),
        until(),
        start(),
        click.Option(
            ["--every"],
            metavar="DAYS HOURS",
            help="Again and again: “weekdays 09:00-10:00”, with --for 2w or --until 2026-12-07.",
        ),
        reason("Why. The approvers read it."),
        click.Option(
            ["--note"], metavar="TEXT", help="A word to the approvers that is no reason: a link, whom to call."
        ),
        as_("How the access reaches you; a session if not said."),
        *extras(),
    ]


def dry_run() -> click.Option:
    """Only to look."""
    return click.Option(["--dry-run"], is_flag=True, help="Show what would be decided and written; ask nobody.")


def ways() -> list[click.Parameter]:
    """How the asking itself goes."""
    return [
        click.Option(["--again"], is_flag=True, help="File another, though the same was asked a moment ago."),
        dry_run(),
        click.Option(["--wait"], is_flag=True, help="Stay until it is decided and active."),
    ]
