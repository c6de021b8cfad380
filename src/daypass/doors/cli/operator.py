"""`operator end`, `panic`, `freeze`, `lift`, `sweep-unknown`, `erase`: for whoever runs Daypass, on the machine."""

from typing import Any

import click

from daypass.doors.cli import freezing, say
from daypass.doors.cli.here import Here, json_option
from daypass.doors.commands.freezing import about

_YES = click.Option(["--yes"], is_flag=True, help="Do not ask first.")


@click.group(
    "operator",
    help="""End, panic, freeze and erase on the machine where Daypass's settings are: without a login, Slack or AWS.

    The journal has the name of the user who did it.""",
)
def operator() -> None:
    """What the operator does without a login."""


def _why() -> click.Option:
    return click.Option(["--reason"], metavar="TEXT", default="", help="Why. Whoever loses access reads it.")


@operator.command(
    "end",
    params=[
        click.Argument(["id"], metavar="ID"),
        _why(),
        json_option(),
    ],
    help="End one grant, request, schedule or approval in advance.",
)
@click.pass_obj
def end(here: Here, *, id: str, reason: str, as_json: bool) -> None:  # noqa: A002 - as it is typed
    """End one thing."""
    what = here.house.operator.end(id, reason)
    click.echo(say.as_json({"id": id, "ended": what}) if as_json else f"{id}: the {what} ends now.")


@operator.command(
    "panic",
    params=[
        *about(),
        _why(),
        click.Option(["--no-freeze"], is_flag=True, help="End it, and let it be asked for again at once."),
        _YES,
        json_option(),
    ],
    help="End everything of a person or a place, or all there is, and freeze it.",
)
@click.pass_obj
def panic(here: Here, /, **said: Any) -> None:
    """End everything in an extent."""
    as_json, yes, hold = said.pop("as_json"), said.pop("yes"), not said.pop("no_freeze")
    what = freezing.about_of(said)
    if not yes:
        freezing.must_be_sure(f"Everything of {what} ends now. Go on?")
    answer = here.house.operator.panic(**said, hold=hold)
    click.echo(say.as_json(answer) if as_json else freezing.ended(answer))


@operator.command(
    "freeze",
    params=[*about(), _why(), json_option()],
    help="Give nothing to a person, for a place, or to anybody, until two owners of the rules lift it.",
)
@click.pass_obj
def freeze(here: Here, /, **said: Any) -> None:
    """Give nothing in an extent."""
    as_json = said.pop("as_json")
    freezing.about_of(said)
    answer = here.house.operator.freeze(**said)
    click.echo(say.as_json(answer) if as_json else freezing.frozen(answer))


@operator.command(
    "lift",
    params=[click.Argument(["id"], metavar="ID")],
    help="Lift a freeze where the rules name no owners, who would lift it otherwise.",
)
@click.pass_obj
def lift(here: Here, *, id: str) -> None:  # noqa: A002 - as it is typed
    """Lift a freeze."""
    here.house.operator.lift(id)
    click.echo(f"{id}: lifted.")


@operator.command(
    "sweep-unknown",
    params=[click.Option(["--yes"], is_flag=True, help="Remove it."), json_option()],
    help="""Show what Daypass made in AWS for grants that its database does not know; with --yes remove it.

    There is such a thing when a backup was restored, or when this is a copy of another Daypass: then it is that one's,
    and must stay. Daypass itself leaves it alone. This needs AWS.""",
)
@click.pass_obj
def sweep_unknown(here: Here, *, yes: bool, as_json: bool) -> None:
    """Show or remove what the ledger does not know."""
    found = here.house.operator.sweep_unknown(remove=yes)
    if as_json:
        click.echo(say.as_json({"removed": yes, "found": found}))
        return
    for what in found:
        click.echo(f"{'removed  ' if yes else ''}{what}")
    if not found:
        click.echo("Nothing stands in AWS of a grant that the database does not know.")
    elif not yes:
        click.echo(f"{len(found)} to remove. Say it again with --yes to remove them.")


@operator.command(
    "erase",
    params=[
        click.Option(["--person"], metavar="ID", help="A Slack member id, such as U02ABCDEF."),
        click.Option(["--older-than"], metavar="DAYS", help="Such as 400d."),
        _YES,
        json_option(),
    ],
    help="""Erase what people wrote, and network addresses: of one person, or whatever is old enough.

    The journal keeps its entries and verifies as before. Backups, exports, logs and Slack keep what they have.
    """,
)
@click.pass_obj
def erase(here: Here, *, person: str | None, older_than: str | None, yes: bool, as_json: bool) -> None:
    """Erase words."""
    if not yes:
        freezing.must_be_sure("What is erased cannot be brought back. Go on?")
    answer = here.house.operator.erase(person=person, older_than=older_than)
    click.echo(say.as_json(answer) if as_json else _erased(answer))


def _erased(answer: say.Json) -> str:
    done = f"Erased {answer['texts']} texts beside the journal, and those in {answer['rows']} rows of what is over."
    left = f" {answer['left']} rows are not over yet and keep theirs; erase again later." if answer["left"] else ""
    return done + left
