"""`operator end`, `panic`, `freeze`, `lift`, `leavers`, `sweep-unknown`, `erase`: for whoever runs Daypass."""

from typing import Any

import click

from daypass.doors.cli import freezes, leavers, output
from daypass.doors.cli.context import Here, json_option
from daypass.doors.cli.failure import Failure
from daypass.doors.commands.freezes import about

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
    click.echo(output.as_json({"id": id, "ended": what}) if as_json else f"{id}: the {what} ends now.")


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
    about_it = freezes.about_of(said)
    if not yes:
        freezes.must_be_sure(f"Everything{about_it and f' of {about_it}'} ends now. Go on?")
    answer = here.house.operator.panic(**said, hold=hold)
    click.echo(output.as_json(answer) if as_json else freezes.ended(answer))


@operator.command(
    "freeze",
    params=[*about(), _why(), json_option()],
    help="""Give nothing to a person, for a place, or to anybody, until two owners of the rules lift it.

    Without an option, list the freezes that stand.""",
)
@click.pass_obj
def freeze(here: Here, /, **said: Any) -> None:
    """Give nothing in an extent."""
    as_json = said.pop("as_json")
    if freezes.only_lists(said):
        answer = here.house.operator.freezes()
        click.echo(output.as_json(answer) if as_json else freezes.standing(answer))
        return
    freezes.about_of(said)
    answer = here.house.operator.freeze(**said)
    click.echo(output.as_json(answer) if as_json else freezes.frozen(answer))


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
    "leavers",
    params=[
        click.Option(["--confirm"], is_flag=True, help="They have left: end all that they have."),
        click.Option(["--dismiss"], is_flag=True, help="They have not left: end nothing of theirs."),
        _YES,
        json_option(),
    ],
    help="""List those who are said to have left, too many at once; confirm or dismiss it for all of them.

    For when no owner of the rules can, who may be among them.""",
)
@click.pass_obj
def decide_leavers(here: Here, *, confirm: bool, dismiss: bool, yes: bool, as_json: bool) -> None:
    """List, confirm or dismiss."""
    if confirm and dismiss:
        raise Failure("Say --confirm or --dismiss, and not both.")
    found = here.house.operator.leavers()
    if not (confirm or dismiss):
        click.echo(output.as_json(found) if as_json else leavers.listed(found, output.Zone("UTC")))
        return
    if confirm and not yes and found["leavers"]:
        click.echo(leavers.listed(found, output.Zone("UTC")), err=True)
        freezes.must_be_sure("All that they have ends now. Go on?")
    found = here.house.operator.decide_leavers(left=confirm)
    click.echo(output.as_json(found) if as_json else leavers.decided(found, left=confirm))


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
        click.echo(output.as_json({"removed": yes, "found": found}))
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
    if person is None and older_than is None:
        raise Failure("Say whose words: --person U02ABC; or how old they are: --older-than 400d; or both.")
    if not yes:
        freezes.must_be_sure("What is erased cannot be brought back. Go on?", "Nothing was erased")
    answer = here.house.operator.erase(person=person, older_than=older_than)
    click.echo(output.as_json(answer) if as_json else _erased(answer))


def _erased(answer: output.Json) -> str:
    texts, rows, left = (answer[each] for each in ("texts", "rows", "left"))
    done = f"Erased {texts} {'text' if texts == 1 else 'texts'} beside the journal, and those in {_rows(rows)} over."
    keep = f" {left} more {'is' if left == 1 else 'are'} not over yet; erase again later."
    return done + (keep if left else "")


def _rows(number: int) -> str:
    return "1 row that is" if number == 1 else f"{number} rows that are"
