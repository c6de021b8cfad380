"""`serve`, `work`, `migrate`, `doctor`, `demo`: for whoever runs the house. What they do is handed in by the entry."""

import click

from daypass.doors.cli import output
from daypass.doors.cli.context import Here, json_option
from daypass.doors.refusals import ERROR


@click.command("serve", help="Run the service: Slack, the API, the links, and a worker beside them.")
@click.pass_obj
def serve(here: Here) -> None:
    """Run the service until it is told to stop."""
    here.house.serve()


@click.command("work", help="Run a worker alone: it puts grants into AWS and takes them out again.")
@click.pass_obj
def work(here: Here) -> None:
    """Run a worker until it is told to stop."""
    here.house.work()


@click.command("migrate", help="Bring the database to the tables of this Daypass.")
@click.pass_obj
def migrate(here: Here) -> None:
    """Migrate the database."""
    here.house.migrate()
    click.echo("The database is as this Daypass needs it.")


@click.command(
    "doctor", help="Check AWS, Slack, the database and the rules, and say what to fix.", params=[json_option()]
)
@click.pass_context
def doctor(ctx: click.Context, *, as_json: bool) -> None:
    """Print one line a check; exit 1 when any of them fails."""
    here = ctx.find_object(Here)
    assert here is not None  # noqa: S101 - run() put it there
    found = here.house.doctor()
    if as_json:
        click.echo(output.as_json([{"ok": fine, "sentence": sentence} for fine, sentence in found]))
    else:
        for fine, sentence in found:
            click.echo(f"{'ok ' if fine else 'FIX'}  {sentence}")
    ctx.exit(0 if all(fine for fine, _ in found) else ERROR)


@click.command("demo", help="The whole story on this machine: an AWS, a Slack and Daypass, in the browser.")
@click.option("--play", is_flag=True, help="Play it by itself, and exit 0 only if every step held.")
@click.pass_context
def demo(ctx: click.Context, *, play: bool) -> None:
    """Run the demo until Ctrl-C, or play it."""
    here = ctx.find_object(Here)
    assert here is not None  # noqa: S101 - run() put it there
    ctx.exit(here.house.demo(play) or 0)
