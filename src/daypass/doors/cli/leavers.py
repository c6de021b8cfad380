"""`leavers`: too many people are said to have left at once; an owner of the rules confirms or dismisses it."""

from typing import Any

import click

from daypass.doors.cli import say
from daypass.doors.cli.here import Here, json_option


@click.group("leavers", help="Those who are said to have left, too many at once: confirm or dismiss it.")
def leavers() -> None:
    """Decide on those who are held."""


@leavers.command("ls", help="List them. For owners of the rules.", params=[json_option()])
@click.pass_obj
def ls(here: Here, *, as_json: bool) -> None:
    """List them."""
    found = here.client().get("/leavers")
    zone = here.zone()
    rows = [(one["person"], zone.moment(one["noticed_at"])) for one in found["leavers"]]
    laid = say.table("Said to have left", ("PERSON", "NOTICED"), rows)
    click.echo(say.as_json(found) if as_json else laid or "Nobody waits for a decision.")


@leavers.command("confirm", help="They have left: end all that they have. For owners of the rules.")
@click.pass_obj
def confirm(here: Here) -> None:
    """Confirm."""
    click.echo(_decided(here.client().post("/leavers/confirm"), "All that they have ends within seconds"))


@leavers.command("dismiss", help="They have not left: end nothing of theirs. For owners of the rules.")
@click.pass_obj
def dismiss(here: Here) -> None:
    """Dismiss."""
    click.echo(_decided(here.client().post("/leavers/dismiss"), "Nothing of theirs ends"))


def _decided(found: dict[str, Any], what: str) -> str:
    return f"{what}: {', '.join(one['person'] for one in found['leavers'])}."
