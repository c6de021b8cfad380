"""`journal`: carry the journal and proofs of it out of the house, for `verify`."""

import sys
from pathlib import Path
from typing import BinaryIO

import click

from daypass.doors.cli import output
from daypass.doors.cli.context import Here, json_option
from daypass.doors.cli.failure import Failure


@click.group("journal", help="Read the journal: everything that happened, for good.")
def journal() -> None:
    """Read the journal."""


@journal.command("export", help="Write the whole journal to a file, or to the standard output, for `daypass verify`.")
@click.option(
    "--output", "-o", type=click.Path(dir_okay=False, path_type=Path), help="Where; the standard output if not said."
)
@click.pass_obj
def export(here: Here, *, output: Path | None) -> None:
    """Write the journal whole or not at all."""
    if output is None:
        _copy(here, sys.stdout.buffer)
        return
    made = output.with_name(f".{output.name}.partial")
    try:
        with made.open("wb") as file:
            _copy(here, file)
        made.replace(output)
    except OSError as error:
        raise Failure(f"{output} cannot be written: {error.strerror}.") from None
    finally:
        made.unlink(missing_ok=True)
    click.echo(f"{output}: {output.stat().st_size:,} bytes.", err=True)


@journal.command(
    "checkpoint",
    help="Print the newest signed checkpoint. Keep it elsewhere: it shows when history is changed.",
    params=[json_option()],
)
@click.pass_obj
def checkpoint(here: Here, *, as_json: bool) -> None:
    """Print the newest checkpoint."""
    answer = here.client().get("/journal/checkpoint")
    if as_json:
        click.echo(output.as_json(answer))
    else:
        _write(answer["checkpoint"])


@journal.command(
    "accept",
    help="""For whoever runs Daypass: go on with the journal as the database has it.

    Needed after a restore, or where the head that was remembered is lost. Shows what the database has and what is
    missing; with --yes it is accepted, and the journal tells who accepted what.
    """,
)
@click.option("--yes", is_flag=True, help="Accept it.")
@click.pass_obj
def accept(here: Here, *, yes: bool) -> None:
    """Show the journal's head, or accept it."""
    click.echo(here.house.accept_journal(yes))


@journal.command("key", help="Print the key that checks the checkpoints.")
@click.pass_obj
def key(here: Here) -> None:
    """Print the public key."""
    click.echo(here.client().get("/journal/key")["public_key"])


@journal.command(
    "inclusion",
    help="Print the proof that entry INDEX (from 0) is in the journal, with the entry: for `daypass verify --proof`.",
    params=[click.Argument(["index"], type=click.IntRange(0)), json_option()],
)
@click.pass_obj
def inclusion(here: Here, *, index: int, as_json: bool) -> None:
    """Print an inclusion proof."""
    answer = here.client().get(f"/journal/inclusion/{index}")
    if as_json:
        click.echo(output.as_json(answer))
        return
    _write(answer["proof"])
    if answer["entry"] is None:
        click.echo("The entry itself is for those who may decide on something; this is its proof alone.", err=True)


@journal.command(
    "consistency",
    help="""Print the proof that the journal of SECOND entries only added to that of FIRST.

    SECOND is the size of a checkpoint; the newest one if not said. `daypass verify --proof` checks the proof.
    """,
    params=[
        click.Argument(["first"], type=click.IntRange(0)),
        click.Argument(["second"], type=click.IntRange(0), required=False),
        json_option(),
    ],
)
@click.pass_obj
def consistency(here: Here, *, first: int, second: int | None, as_json: bool) -> None:
    """Print a consistency proof."""
    upto = "" if second is None else f"&second={second}"
    answer = here.client().get(f"/journal/consistency?first={first}{upto}")
    if as_json:
        click.echo(output.as_json(answer))
    else:
        _write(answer["proof"])


def _write(signed: str) -> None:
    """Print what is signed as its own bytes, whatever the terminal's letters are."""
    click.echo(signed.encode(), nl=False)


def _copy(here: Here, into: BinaryIO) -> None:
    into.writelines(here.client().stream("GET", "/journal/export"))
