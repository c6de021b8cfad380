"""`passkey`: what one's own browser holds to approve with. A browser does what takes one; this prints its address."""

from typing import Any

import click

from daypass.doors.cli import output
from daypass.doors.cli.context import Here, json_option


@click.group("passkey", help="Your passkeys: with one you give approvals that take more than a click.")
def passkey() -> None:
    """Look after passkeys."""


@passkey.command("ls", help="List your passkeys.", params=[json_option()])
@click.pass_obj
def ls(here: Here, *, as_json: bool) -> None:
    """List them."""
    found = here.client().get("/passkeys")
    zone = here.zone()
    rows = [(one["name"], one["id"][:12], zone.moment(one["added_at"])) for one in found["passkeys"]]
    laid = output.table("Your passkeys", ("NAME", "ID", "ADDED"), rows)
    click.echo(output.as_json(found) if as_json else laid or "You have no passkey. Add one with: daypass passkey add")


@passkey.command("add", help="Print the address at which your browser adds a passkey.", params=[json_option()])
@click.pass_obj
def add(here: Here, *, as_json: bool) -> None:
    """Print where to add one."""
    show_address(here.client().post("/passkeys/new"), as_json=as_json)


@passkey.command(
    "remove",
    help="Print the address at which your browser removes the passkey PASSKEY: its name, or how its id begins.",
    params=[click.Argument(["passkey"]), json_option()],
)
@click.pass_obj
def remove(here: Here, *, passkey: str, as_json: bool) -> None:
    """Print where to remove one."""
    show_address(here.client().post("/passkeys/remove", {"passkey": passkey}), as_json=as_json)


@passkey.command(
    "forget",
    help="""Remove all passkeys of PERSON (U02ABCDEF), who has lost them.

    For owners of the rules; never your own. Make sure first that it is they who ask.
    """,
    params=[click.Argument(["person"])],
)
@click.pass_obj
def forget(here: Here, *, person: str) -> None:
    """Remove somebody's, as they cannot themselves."""
    removed = here.client().post("/passkeys/forget", {"person": person})["passkeys"]
    click.echo(f"Removed: {', '.join(one['name'] for one in removed)}. They are told.")


def show_address(handed: dict[str, Any], *, as_json: bool) -> None:
    """Print an address that is for a browser, alone on the standard output; what it is good for beside it."""
    if as_json:
        click.echo(output.as_json(handed))
        return
    click.echo(
        f"Open this in your browser; it is yours, good once and for {output.length(handed['expires_in'])}:", err=True
    )
    click.echo(handed["url"])
