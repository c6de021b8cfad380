"""`journal` and `verify`: carry the journal out of the house, and check it where the house has no say."""

import sys
from pathlib import Path
from typing import BinaryIO

import click

from daypass.doors.cli import say
from daypass.doors.cli.failure import Failure
from daypass.doors.cli.here import Here, json_option
from daypass.doors.refusals import ERROR


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
    click.echo(say.as_json(answer) if as_json else answer["checkpoint"], nl=as_json)


@journal.command("key", help="Print the key that checks the checkpoints.")
@click.pass_obj
def key(here: Here) -> None:
    """Print the public key."""
    click.echo(here.client().get("/journal/key")["public_key"])


@journal.command(
    "inclusion",
    help="Print the proof that entry INDEX (from 0) is under the newest checkpoint.",
    params=[click.Argument(["index"], type=click.IntRange(0))],
)
@click.pass_obj
def inclusion(here: Here, *, index: int) -> None:
    """Print an inclusion proof."""
    click.echo(say.as_json(here.client().get(f"/journal/inclusion/{index}")))


@journal.command(
    "consistency",
    help="Print the proof that the journal of SECOND entries only added to that of FIRST.",
    params=[click.Argument(["first"], type=click.IntRange(0)), click.Argument(["second"], type=click.IntRange(0))],
)
@click.pass_obj
def consistency(here: Here, *, first: int, second: int) -> None:
    """Print a consistency proof."""
    click.echo(say.as_json(here.client().get(f"/journal/consistency?first={first}&second={second}")))


@click.command("verify", help="Check a journal's file with the public key, and nothing else: no service, no database.")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--key",
    "key_text",
    required=True,
    metavar="KEY",
    help="The public key, or a file that holds it (`daypass journal key`).",
)
@click.option(
    "--against",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A checkpoint kept elsewhere, which the file must agree with.",
)
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_context
def verify(ctx: click.Context, *, file: Path, key_text: str, against: Path | None, as_json: bool) -> None:
    """Name the first entry that was altered, removed or put elsewhere; exit 0 only when there is none."""
    # Cryptography takes as long to import as everything else together: only where it is used.
    from daypass.journal.key import PublicKey  # noqa: PLC0415
    from daypass.journal.verdict import Verified  # noqa: PLC0415
    from daypass.journal.verify import verify as judge  # noqa: PLC0415

    public = PublicKey.parse(_key(key_text))
    saved = None if against is None else _text(against)
    try:
        with file.open("rb") as book:
            verdict = judge(book, public, saved)
    except OSError as error:
        raise Failure(f"{file} cannot be read: {error.strerror}.") from None
    fine = isinstance(verdict, Verified)
    index = None if isinstance(verdict, Verified) else verdict.index
    shown = {"verified": fine, "sentence": verdict.sentence, "index": index}
    click.echo(say.as_json(shown) if as_json else verdict.sentence, err=not fine and not as_json)
    ctx.exit(0 if fine else ERROR)


def _copy(here: Here, into: BinaryIO) -> None:
    into.writelines(here.client().stream("GET", "/journal/export"))


def _key(text: str) -> str:
    """Take the key as it stands, or from the file that is named."""
    path = Path(text)
    try:
        return _text(path).strip() if path.is_file() else text.strip()
    except ValueError:  # a text no file could be called
        return text.strip()


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Failure(f"{path} cannot be read: {error}.") from None
