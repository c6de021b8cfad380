"""What is wrong with a command as it was typed, in our words: what click complains of, and what to type instead."""

from collections.abc import Sequence

import click

from daypass.doors.commands.params import Id
from daypass.doors.language.request_words import is_level, option_meant
from daypass.doors.language.tokenize import did_you_mean
from daypass.resources.registry import KINDS

_MOST_OFFERED = 5


def asks_without_verb(word: str) -> bool:
    """Whether somebody who begins with this word asks for access, and left `request` out."""
    return word.lower() in KINDS or is_level(word.lower())


def lacks_id(error: click.ClickException) -> bool:
    """Whether a command was typed without the id of what it is about."""
    return isinstance(error, click.MissingParameter) and error.param is not None and isinstance(error.param.type, Id)


def sentence_for(  # noqa: PLR0911 - a sentence for each complaint
    error: click.ClickException, *, program: str = "daypass", ids: Sequence[tuple[str, str]] = ()
) -> str:
    """
    Say in our words what click found wrong with a command.

    `program` is what is typed before the verb; `ids` are those that a missing one can be, with what each is.
    """
    command = error.ctx.command if isinstance(error, click.UsageError) and error.ctx else None
    verb = command.name if command else "this"
    path = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx else ""
    typed = path if path.startswith(f"{program} ") else f"{program} {path}".strip()
    match error:
        case click.NoSuchOption():
            hint = did_you_mean("--" + error.option_name.lstrip("-"), _options(command))
            return f"“{error.option_name[:40]}” is not an option of {verb}.{hint}"
        case click.NoSuchCommand():
            verbs = command.list_commands(error.ctx) if isinstance(command, click.Group) and error.ctx else []
            if asks_without_verb(error.command_name) and "request" in verbs:
                return f"“{error.command_name}” is not a command. Did you mean {program} request s3 LEVEL WHERE?"
            return f"“{error.command_name[:40]}” is not a command.{did_you_mean(error.command_name, verbs)}"
        case click.BadOptionUsage() if "does not take a value" in error.message:
            return f"{error.option_name} takes no value; say it alone or leave it out."
        case click.BadOptionUsage():
            return f"{error.option_name} needs a value; see {typed} --help."
        case _ if lacks_id(error):
            return which_one(typed, ids, program=program)
        case click.MissingParameter() if error.param is not None:
            option = isinstance(error.param, click.Option)
            lacking = error.param.opts[0] if option else f"the {error.param.human_readable_name.lower()}"
            return f"Say {lacking} as well; see {typed} --help."
        case click.UsageError() if "unexpected extra argument" in error.message:
            extra = error.message.partition("(")[2].rstrip(").")
            meant = option_meant(extra.split())
            known = meant.partition(" ")[0] in _options(command)
            hint = f"Did you mean {meant}?" if known else "Put quotes around what belongs together."
            return f"There is a word too many: {extra}. {hint}"
        case _:
            return error.format_message()


def which_one(typed: str, ids: Sequence[tuple[str, str]], *, program: str, besides: int = 0) -> str:
    """Ask which one is meant, with the line to type for each that can be; `besides` are those that were not read."""
    if not ids:
        return f"Say the id as well: {typed} ID. {program} ls shows yours with their ids."
    lines = [f"{typed} {one}  ({what})" for one, what in ids[:_MOST_OFFERED]]
    left = len(ids) - len(lines) + besides
    more = f"And {left} more, see {program} ls." if left else ""
    return "\n".join(
        filter(None, ["Say the id as well. Type one of these:" if ids[1:] else "Say the id as well:", *lines, more])
    )


def _options(command: click.Command | None) -> list[str]:
    params = command.params if command else []
    return ["--help", *(name for param in params for name in param.opts if name.startswith("--"))]
