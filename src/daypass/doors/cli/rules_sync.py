"""
`rules pull`, `plan`, `apply`, `history`: the rules of the service in a file and back.

A pulled file says in its first line which version it is, and goes back with that number: whoever was overtaken
meanwhile is told. The line itself is no part of the rules.
"""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click

from daypass.doors.cli import output, rules_output
from daypass.doors.cli.client import Client
from daypass.doors.cli.context import Here, json_option
from daypass.doors.cli.failure import Failure
from daypass.model.rule_change import VERSION_LINE

_HEAD = "# daypass rules, version {}\n"
_FAULT = re.compile(r"^proposed:([0-9]+):", re.MULTILINE)
_FILE = click.Path(dir_okay=False, path_type=Path)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Text:
    """The rules in a file, and the version that it says they were made from."""

    path: Path
    text: str
    base: int | None

    @property
    def ahead(self) -> int:
        """How many lines of the file stand before the rules."""
        return 0 if self.base is None else 1


@click.command(
    "pull",
    params=[
        click.Argument(["file"], type=_FILE, required=False, metavar="[FILE]"),
        click.Option(["--force"], is_flag=True, help="Also over changes of your own."),
    ],
    help="Write the rules in force to FILE, or to the standard output; the first line says which version they are.",
)
@click.pass_obj
def pull(here: Here, *, file: Path | None, force: bool) -> None:
    """Write the rules, never over somebody's work."""
    client = here.client()
    found = client.get("/rules")
    whole = f"{_HEAD.format(found['number'])}{found['text']}"
    if file is None:
        sys.stdout.buffer.write(whole.encode())
        return
    if file.exists() and not force:
        _must_be_clean(_read(file), client, found["text"])
    try:
        file.write_bytes(whole.encode())
    except OSError as error:
        raise Failure(f"{file} cannot be written: {error.strerror}.") from None
    click.echo(f"{file}: version {found['number']}, {rules_output.by(found, found['names'])}.", err=True)


def _base_option() -> click.Option:
    return click.Option(
        ["--base"], type=click.IntRange(1), metavar="N", help="The version FILE was made from, if it does not say so."
    )


@click.command(
    "plan",
    params=[click.Argument(["file"], type=_FILE, metavar="FILE"), _base_option(), json_option()],
    help="Say what the rules in FILE would change: line by line, rule by rule, and for whom. Nothing is proposed.",
)
@click.pass_obj
def plan(here: Here, *, file: Path, base: int | None, as_json: bool) -> None:
    """Check a file with the service."""
    given, client = _read(file), here.client()
    if _said_unchanged(given, client, as_json=as_json):
        return
    with _faults_of(given):
        change = client.post("/rules/changes?dry_run=true", {"text": given.text, "base": _base(given, base)})
    click.echo(
        output.as_json(change) if as_json else "\n".join([*rules_output.diff(change), *rules_output.effect(change)])
    )


@click.command(
    "apply",
    params=[
        click.Argument(["file"], type=_FILE, metavar="FILE"),
        click.Option(["--note"], metavar="TEXT", default="", help="Why; the other owners read it."),
        click.Option(["--shadow"], metavar="LENGTH", help="Watch for so long what it would decide otherwise: 7d."),
        _base_option(),
        json_option(),
    ],
    help="""Propose the rules in FILE; they are in force once another owner approves.

    Refused when somebody else changed the rules since FILE was pulled.""",
)
@click.pass_obj
def apply(  # noqa: PLR0913 - its options
    here: Here, *, file: Path, note: str, shadow: str | None, base: int | None, as_json: bool
) -> None:
    """Propose a file."""
    given, client = _read(file), here.client()
    if _said_unchanged(given, client, as_json=as_json):
        return
    told = {"text": given.text, "base": _base(given, base), "note": note}
    with _faults_of(given):
        change = client.post("/rules/changes", told | ({"shadow_for": shadow} if shadow is not None else {}))
    if as_json:
        click.echo(output.as_json(change))
        return
    click.echo("\n".join(rules_output.effect(change)))
    click.echo(f"{change['id']}: proposed. Another owner decides: daypass rules approve {change['id']}")


@click.command(
    "history",
    params=[click.Argument(["number"], type=click.IntRange(1), required=False, metavar="[N]"), json_option()],
    help="List the versions of the rules there were, or print the text of one.",
)
@click.pass_obj
def history(here: Here, *, number: int | None, as_json: bool) -> None:
    """List versions, or print one."""
    if number is not None:
        version = here.client().get(f"/rules/versions/{number}")
        click.echo(output.as_json(version) if as_json else version["text"], nl=as_json)
        return
    found = here.client().get("/rules/versions")
    zone = here.zone()
    rows = [
        (
            str(one["number"]),
            zone.moment(one["at"]),
            rules_output.by(one, found["names"]),
            one["change"] or "-",
            one["note"],
        )
        for one in found["versions"]
    ]
    said = output.table("Versions of the rules", ("N", "SINCE", "FROM", "CHANGE", "WHY"), rows)
    click.echo(output.as_json(found) if as_json else said)


def _read(path: Path) -> _Text:
    try:
        whole = path.read_bytes().decode("utf-8")
    except OSError as error:
        raise Failure(f"{path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise Failure(f"{path} is not text in UTF-8.") from None
    head = VERSION_LINE.match(whole)
    return _Text(path=path, text=whole[head.end() :] if head else whole, base=int(head[1]) if head else None)


def _base(given: _Text, said: int | None) -> int:
    base = said if said is not None else given.base
    if base is None:
        raise Failure(
            f"{given.path} does not say which version it was made from. Begin with `daypass rules pull`, "
            "or say the version with --base; `daypass rules history` lists them."
        )
    return base


def _must_be_clean(given: _Text, client: Client, in_force: str) -> None:
    """Check that a file is as it was pulled, or came into force as it is: somebody's work is not written over."""
    if given.text == in_force:
        return
    pulled = client.get(f"/rules/versions/{given.base}")["text"] if given.base else None
    if given.text != pulled:
        raise Failure(f"{given.path} has changes of your own; put it aside, or say --force.")


def _said_unchanged(given: _Text, client: Client, *, as_json: bool) -> bool:
    """Say that a file is what is in force, whichever version it was made from: to be planned over and over in CI."""
    found = client.get("/rules")
    if given.text != found["text"]:
        return False
    said = f"{given.path} is in force as version {found['number']}; nothing would change."
    click.echo(output.as_json({"unchanged": True, "version": found["number"]}) if as_json else said)
    return True


@contextmanager
def _faults_of(given: _Text) -> Iterator[None]:
    """Call faults by the file's own name and lines."""
    try:
        yield
    except Failure as failure:
        said = _FAULT.sub(lambda match: f"{given.path}:{int(match[1]) + given.ahead}:", failure.sentence)
        raise Failure(said, exit_code=failure.exit_code, code=failure.code) from None
