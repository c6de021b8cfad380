"""`leavers`: too many people are said to have left at once; an owner of the rules confirms or dismisses it."""

from typing import Any

import click

from daypass.doors.cli import output
from daypass.doors.cli.context import Here, json_option


@click.group("leavers", help="Those who are said to have left, too many at once: confirm or dismiss it.")
def leavers() -> None:
    """Decide on those who are held."""


@leavers.command("ls", help="List them. For owners of the rules.", params=[json_option()])
@click.pass_obj
def ls(here: Here, *, as_json: bool) -> None:
    """List them."""
    found = here.client().get("/leavers")
    click.echo(output.as_json(found) if as_json else listed(found, here.zone()))


@leavers.command("confirm", help="They have left: end all that they have. For owners of the rules.")
@click.pass_obj
def confirm(here: Here) -> None:
    """Confirm."""
    click.echo(decided(here.client().post("/leavers/confirm"), left=True))


@leavers.command("dismiss", help="They have not left: end nothing of theirs. For owners of the rules.")
@click.pass_obj
def dismiss(here: Here) -> None:
    """Dismiss."""
    click.echo(decided(here.client().post("/leavers/dismiss"), left=False))


def listed(found: dict[str, Any], zone: output.Zone) -> str:
    """Those who wait for a decision, in words."""
    rows = [
        (found["names"].get(one["person"], one["person"]), zone.moment(one["noticed_at"])) for one in found["leavers"]
    ]
    return output.table("Said to have left", ("PERSON", "NOTICED"), rows) or "Nobody waits for a decision."


def decided(found: dict[str, Any], *, left: bool) -> str:
    """What becomes of them, in words."""
    what = "All that they have ends within seconds" if left else "Nothing of theirs ends"
    names = (found["names"].get(one["person"], one["person"]) for one in found["leavers"])
    return f"{what}: {', '.join(names)}."
