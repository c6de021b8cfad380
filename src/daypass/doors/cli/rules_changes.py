"""Other rules: `rules changes`, `approve`, `deny`, `withdraw`; what they do and would do: `differences`, `past`."""

import sys
from typing import Any

import click

from daypass.doors.cli import output, rules_output
from daypass.doors.cli.context import Here, json_option

_PATIENCE_S = 600
"""Seconds for an answer for which very much is looked up."""


@click.command(
    "changes",
    params=[
        click.Argument(["id"], required=False, metavar="[ID]"),
        click.Option(["--all", "ended"], is_flag=True, help="Decided ones too."),
        json_option(),
    ],
    help="List the changes of the rules that wait, or show one with what it would do.",
)
@click.pass_obj
def changes(here: Here, *, id: str | None, ended: bool, as_json: bool) -> None:  # noqa: A002 - as it is typed
    """List changes or show one."""
    if id is not None:
        change = here.client().get(f"/rules/changes/{output.part(id)}")
        click.echo(output.as_json(change) if as_json else "\n".join(rules_output.whole(change, here.zone())))
        return
    found = here.client().get(f"/rules/changes?all={'true' if ended else 'false'}")
    rows = [
        (
            one["id"],
            _state(one, found["in_force"]),
            f"version {one['base']}",
            rules_output.name(one, found["names"]),
            one["note"],
        )
        for one in found["changes"]
    ]
    said = output.table("Changes of the rules", ("ID", "STATE", "FROM", "BY", "WHY"), rows)
    click.echo(output.as_json(found) if as_json else said or "No change of the rules waits.")


@click.command(
    "differences",
    params=[click.Argument(["id"], metavar="ID"), json_option()],
    help="List what a change that is watched would have decided otherwise.",
)
@click.pass_obj
def differences(here: Here, *, id: str, as_json: bool) -> None:  # noqa: A002 - as it is typed
    """List differences."""
    found = here.client().get(f"/rules/changes/{output.part(id)}/differences")
    zone = here.zone()
    lines = [
        f"{zone.moment(one['at'])}  {one['request']}: was {one['old']}; would be {one['new']}."
        for one in found["differences"]
    ]
    click.echo(
        output.as_json(found) if as_json else "\n".join(lines) or "It would have decided nothing otherwise so far."
    )


@click.command(
    "past",
    params=[
        click.Option(
            ["--most"], type=click.IntRange(1, 100_000), default=1000, show_default=True, help="How many at most."
        )
    ],
    help="""Write past requests to the standard output, newest first, as `daypass rules simulate` reads them.

    Each is asked as of when it was filed; groups, tags and all else around it are as of now.""",
)
@click.pass_obj
def past(here: Here, *, most: int) -> None:
    """Write requests, one JSON object a line."""
    for piece in here.client(patience_s=_PATIENCE_S).stream("GET", f"/rules/past?most={most}"):
        sys.stdout.buffer.write(piece)


def _state(change: dict[str, Any], in_force: int) -> str:
    outdated = change["state"] == "pending" and change["base"] != in_force
    return "outdated" if outdated else str(change["state"])


def _decision(verb: str, path: str, said: str, help: str, *more: click.Parameter) -> click.Command:  # noqa: A002 - click's own word
    """Make a command that decides on a change, with words for it or none."""

    @click.pass_obj
    def run(here: Here, /, *, id: str, as_json: bool, **words: str) -> None:  # noqa: A002 - as it is typed
        answer = here.client().post(f"/rules/changes/{output.part(id)}/{path}", words)
        click.echo(output.as_json(answer) if as_json else f"{answer['id']}: {said.format(**answer)}")

    return click.Command(
        verb, params=[click.Argument(["id"], metavar="ID"), *more, json_option()], help=help, callback=run
    )


approve = _decision(
    "approve",
    "approve",
    "in force as version {version}.",
    "Put somebody else's change of the rules in force.",
    click.Option(["--note"], metavar="TEXT", default="", help="A word on it, for the journal."),
)
deny = _decision(
    "deny",
    "deny",
    "denied.",
    "Turn somebody else's change of the rules down.",
    click.Option(["--reason"], metavar="TEXT", default="", help="Why; its author reads it."),
)
withdraw = _decision("withdraw", "withdraw", "withdrawn.", "Take your own change of the rules back.")
