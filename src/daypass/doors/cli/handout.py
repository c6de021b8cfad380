"""`credentials`, `exec`, `console`, `link`: use what a live grant gives."""

import os
import sys
from typing import Any

import click

from daypass.doors.cli import credential_cache, exec_environment, output
from daypass.doors.cli.context import Here, adopt, json_option
from daypass.doors.cli.failure import Failure

_NOT_FOUND, _NOT_EXECUTABLE = 127, 126
"""What a shell exits with for a program that is not there, or that is none."""


@click.pass_obj
def _credentials(here: Here, *, id: str) -> None:  # noqa: A002 - as it is typed
    click.echo(output.as_json(credential_cache.printed(vended(here, id))))


@click.pass_obj
def _exec(here: Here, *, id: str, program: tuple[str, ...]) -> None:  # noqa: A002 - as it is typed
    if program[0] == "--":  # left to us, because options after ID belong to the program
        program = program[1:]
    if not program:
        raise Failure("Say which program to run: daypass exec ID -- aws s3 ls.")
    environment = exec_environment.of(vended(here, id), os.environ)
    sys.stdout.flush()
    try:
        os.execvpe(program[0], program, environment)  # noqa: S606 - to run a program is what was asked
    except FileNotFoundError:
        raise Failure(f"There is no program “{program[0]}”.", exit_code=_NOT_FOUND) from None
    except (OSError, ValueError) as error:
        raise Failure(f"“{program[0]}” cannot be run: {error}.", exit_code=_NOT_EXECUTABLE) from None


@click.pass_obj
def _console(here: Here, *, id: str, opened: bool, as_json: bool) -> None:  # noqa: A002 - as it is typed
    answer = here.client().post(f"/grants/{output.part(id)}/console")
    if opened:
        click.launch(answer["url"])
        click.echo("Opened in your browser.")
    else:
        click.echo(output.as_json(answer) if as_json else answer["url"])


@click.pass_obj
def _link(here: Here, /, **said: Any) -> None:
    path, body = f"/grants/{output.part(said['id'])}", {"key": said["key"] or ""}
    match said["kind"]:
        case "manifest":
            sys.stdout.buffer.writelines(here.client().stream("POST", f"{path}/manifest"))
        case "post":
            click.echo(output.as_json(here.client().post(f"{path}/post-form", {"most": said["most"]})))
        case "get" | "put" as method:
            _say_url(here.client().post(f"{path}/{method}-url", body), as_json=said["as_json"])
        case _:
            _say_url(here.client().post(f"{path}/link", body), as_json=said["as_json"])


def vended(here: Here, grant: str) -> dict[str, Any]:
    """Find credentials of a grant: those that are kept while they are fresh, else new ones from the service."""
    if found := credential_cache.kept(grant, here.now, left=credential_cache.FRESH):
        return found
    try:
        answer = here.client().post(f"/grants/{output.part(grant)}/credentials")
    except Failure as failure:
        return _still_good(grant, here, failure)
    credential_cache.keep(grant, answer, here.now)
    return answer


def _still_good(grant: str, here: Here, failure: Failure) -> dict[str, Any]:
    """Use the last minutes of what is kept while the service cannot be reached; what it refuses is over."""
    if failure.code in {"unreachable", "unavailable", "throttled"}:
        if found := credential_cache.kept(grant, here.now, left=credential_cache.BARELY):
            return found
    else:
        credential_cache.forget(grant)
    raise failure


def _say_url(answer: dict[str, Any], *, as_json: bool) -> None:
    click.echo(output.as_json(answer) if as_json else answer["url"])


def _kind(name: str, what: str) -> click.Option:
    return click.Option([f"--{name}", "kind"], flag_value=name, help=what)


credentials = adopt("credentials", _credentials)
exec_ = adopt("exec", _exec)
console = adopt(
    "console", _console, click.Option(["--open", "opened"], is_flag=True, help="Open it in the browser."), json_option()
)
link = adopt(
    "link",
    _link,
    click.Option(["--daypass", "kind"], flag_value="daypass", default=True, hidden=True),
    _kind("get", "A presigned URL instead, to read the object; nobody is counted."),
    _kind("put", "A presigned URL to write the object."),
    _kind("post", "A form to upload with, under the grant's prefix."),
    _kind("manifest", "A presigned URL of every object, one JSON line each."),
    click.Option(
        ["--most"],
        type=click.IntRange(0),
        default=100 * 1024**2,
        metavar="BYTES",
        help="The largest file that --post takes; 100 MiB if not said.",
    ),
    json_option(),
)
