"""`rules back-to-file`: for whoever runs Daypass, on the machine where its settings are. It needs no login."""

import click

from daypass.doors.cli.context import Here
from daypass.doors.cli.failure import Failure

_ASKED = "From now on the rules file counts, and the version in force does not. Go on?"


@click.command(
    "back-to-file",
    params=[click.Option(["--yes"], is_flag=True, help="Do not ask first.")],
    help="""Let the rules file count again, as the newest version.

    For whoever runs Daypass, with its settings around: the way out when no owner of the rules is left, or when the
    version in force cannot be read. The journal tells it.""",
)
@click.pass_obj
def back_to_file(here: Here, *, yes: bool) -> None:
    """Go back, once it is sure that this is meant."""
    if not yes and not _sure():
        raise Failure("Nothing has changed.")
    click.echo(f"The rules file is in force, as version {here.house.back_to_file()}.")


def _sure() -> bool:
    try:
        return click.confirm(_ASKED, err=True)
    except click.Abort:
        raise Failure("\nNothing has changed; where nobody can be asked, say --yes.") from None
