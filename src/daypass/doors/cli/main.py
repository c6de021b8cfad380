"""
The `daypass` command: a list of commands, of which only the one that is run is imported.

Exit codes: 0 ok, 1 an error or something that has ended, 2 denied, 4 took too long, 130 Ctrl-C.
"""

import os
import sys
from collections.abc import Sequence
from importlib import import_module

import click

from daypass.doors.cli.context import Here, OperatorCommands
from daypass.doors.cli.failure import Failure
from daypass.doors.cli.printable import printing
from daypass.doors.commands import COMMANDS

_INTERRUPTED, _BROKEN_PIPE = 130, 141
"""What a shell reports of a program that SIGINT or SIGPIPE ended."""

_SECTIONS: dict[str, dict[str, tuple[str, str]]] = {
    "Ask for access": {
        "request": ("requests:request", ""),
        "grant": ("preapprovals:grant", ""),
        "again": ("preapprovals:again", ""),
        "offers": ("preapprovals:offers", ""),
        "ls": ("show:ls", ""),
        "show": ("show:show", ""),
        "extend": ("requests:extend", ""),
        "cancel": ("requests:cancel", ""),
        "done": ("decisions:done", ""),
    },
    "Use it": {
        "exec": ("handout:exec_", ""),
        "credentials": ("handout:credentials", ""),
        "console": ("handout:console", ""),
        "link": ("handout:link", ""),
    },
    "Decide": {
        "approve": ("decisions:approve", ""),
        "allow": ("preapprovals:allow", ""),
        "withdraw": ("preapprovals:withdraw", ""),
        "deny": ("decisions:deny", ""),
        "revoke": ("decisions:revoke", ""),
        "panic": ("freezes:panic", ""),
        "freeze": ("freezes:freeze", ""),
        "lift": ("freezes:lift", ""),
        "away": ("preapprovals:away", ""),
        "back": ("preapprovals:back", ""),
    },
    "Yourself": {
        "login": ("login:login", "Let this command line speak for you."),
        "logout": ("login:logout", "End this login."),
        "whoami": ("login:whoami", "Say whom this command line speaks for."),
        "passkey": ("passkeys:passkey", "What your browser holds for approvals that take more than a click."),
        "completion": ("completion:completion", "Teach your shell to complete."),
    },
    "Break glass": {
        "glass": ("break_glass:glass", "Emergencies: sealed codes, and the review afterwards."),
    },
    "Programs and agents": {
        "robot": ("bots:robot", "Programs that ask in their own name, and never decide."),
        "mcp": ("bots:mcp", "Serve an agent: it may ask, and never decide."),
    },
    "People": {
        "leavers": ("leavers:leavers", "Those who are said to have left, too many at once."),
    },
    "The rules": {
        "rules": ("rules:rules", "Check, try and read the rules."),
    },
    "The journal": {
        "journal": ("journal:journal", "Read the journal."),
        "verify": ("verify:verify", "Check a journal's file or a proof, offline."),
    },
    "Run the service": {
        "serve": ("run:serve", "Run the service."),
        "work": ("run:work", "Run a worker alone."),
        "migrate": ("run:migrate", "Bring the database up to date."),
        "operator": ("operator:operator", "End, panic, freeze and erase on this machine, without a login."),
        "doctor": ("run:doctor", "Check the set-up, and say what to fix."),
        "demo": ("run:demo", "The whole story on this machine."),
    },
}
_WHERE = {name: where for section in _SECTIONS.values() for name, (where, _) in section.items()}

_HELP = {"help_option_names": ["-h", "--help"]}


class Lazy(click.Group):
    """A group whose help needs none of its commands."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's own shape
        """Name every command."""
        return list(_WHERE)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's own shape
        """Import one command."""
        if cmd_name not in _WHERE:
            return None
        module, name = _WHERE[cmd_name].split(":")
        found = getattr(import_module(f"daypass.doors.cli.{module}"), name)
        assert isinstance(found, click.Command)  # noqa: S101 - the table above says so
        found.context_settings = {**_HELP, **found.context_settings}  # whoever parses with it first, click keeps it
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's own shape
        """Write the commands by what people come for."""
        for title, commands in _SECTIONS.items():
            with formatter.section(title):
                formatter.write_dl(
                    [(name, said or str(COMMANDS[name].short_help)) for name, (_, said) in commands.items()]
                )


daypass = Lazy(
    "daypass",
    help="""Borrow access to AWS.

    Begin with: daypass login, then daypass request s3 read acme-reports/2026/ --for 2h --reason "INC-42"
    """,
    params=[
        click.Option(
            ["--version"],
            is_flag=True,
            is_eager=True,
            expose_value=False,
            help="Print the version.",
            callback=lambda ctx, _param, said: _version(ctx) if said else None,
        )
    ],
    context_settings={"max_content_width": 100, **_HELP},
)


def run(arguments: Sequence[str], house: OperatorCommands) -> int:
    """Run one command and return its exit code; whatever goes wrong is one sentence on stderr."""
    with printing():
        return _run(arguments, house)


def _run(arguments: Sequence[str], house: OperatorCommands) -> int:  # noqa: PLR0911 - each way to end has its code
    try:
        outcome = daypass.main(
            with_values_joined(_as_meant(arguments)), prog_name="daypass", standalone_mode=False, obj=Here(house)
        )
        sys.stdout.flush()
    except Failure as failure:
        return _say(failure.sentence, failure.exit_code)
    except click.exceptions.NoArgsIsHelpError as error:
        return _say(error.format_message(), 1)
    except click.ClickException as error:
        return _say(_in_our_words(error), 1)
    except (KeyboardInterrupt, click.Abort):
        return _say("", _INTERRUPTED)
    except BrokenPipeError:
        # Whoever read us has gone; Python would say so at the exit, on stderr.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _BROKEN_PIPE
    except Exception as error:  # noqa: BLE001 - the top of the door: a traceback is for those who ask for one
        return _unforeseen(error)
    return outcome if isinstance(outcome, int) else 0


def _as_meant(arguments: Sequence[str]) -> Sequence[str]:
    """Read `help request` and `version` as the options that they stand for in other programs."""
    match list(arguments):
        case ["help", *about]:
            return [*about, "--help"]
        case ["version"]:
            return ["--version"]
        case _:
            return arguments


def with_values_joined(arguments: Sequence[str]) -> list[str]:
    """Take the words after an option for its value, as Slack does; a shell keeps together only what is quoted."""
    command: click.Command = daypass
    at = 0
    while at < len(arguments) and isinstance(command, click.Group):
        found = command.get_command(click.Context(command), arguments[at])
        if found is None:
            return list(arguments)
        at, command = at + 1, found
    if not any(_follow_an_option(arguments[one : one + 3]) for one in range(at, len(arguments))):
        return list(arguments)
    from daypass.doors.language.option_values import joined  # noqa: PLC0415 - slow, and seldom needed

    return [*arguments[:at], *joined(command, arguments[at:])]


def _follow_an_option(words: Sequence[str]) -> bool:
    """Whether several words stand behind an option, so that it must be told how many of them are its value."""
    option, *behind = words
    wanted = behind[: 1 if "=" in option else 2]
    return option.startswith("-") and len(wanted) == 2 - ("=" in option) and not any(w[:1] == "-" for w in wanted)


def _say(sentence: str, exit_code: int) -> int:
    click.echo(sentence, err=True)
    return exit_code


def _in_our_words(error: click.ClickException) -> str:
    from daypass.doors.language.complaints import lacks_id, sentence_for  # noqa: PLC0415 - needed only when something is wrong

    ctx = error.ctx if isinstance(error, click.UsageError) else None
    here = ctx.find_root().obj if ctx is not None and lacks_id(error) else None
    ids = here.known_ids(ctx.command.name) if isinstance(here, Here) and ctx is not None else []
    return sentence_for(error, ids=ids)


def _unforeseen(error: Exception) -> int:
    from daypass.doors import refusals  # noqa: PLC0415 - needed only when something is wrong
    from daypass.model.errors import DaypassError  # noqa: PLC0415 - as above

    if isinstance(error, DaypassError):
        return _say(error.report, refusals.exit_code(error))  # only what an operator runs raises these here
    if os.environ.get("DAYPASS_DEBUG"):
        raise error
    return _say(
        f"Something went wrong that nobody foresaw ({type(error).__name__}: {error}). DAYPASS_DEBUG=1 shows where.", 1
    )


def _version(ctx: click.Context) -> None:
    from importlib.metadata import version  # noqa: PLC0415 - slow, and needed only here

    click.echo(version("daypass"))
    ctx.exit()
