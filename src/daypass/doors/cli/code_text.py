"""A break-glass code, read from a place that no list of processes and no history of a shell shows."""

import sys
from pathlib import Path

import click

from daypass.doors.cli.failure import Failure


def code_of(file: Path | None, *, prompt: bool) -> str:
    """Read it from a file, or ask for it. Raises Failure for a typing error, and for neither or both."""
    if prompt == (file is not None):
        raise Failure("Say where the code is: --code-file FILE (- is the standard input) or --code-prompt.")
    if file is None:
        text = str(click.prompt("Code", hide_input=True, err=True))
    elif str(file) == "-":
        text = sys.stdin.readline()
    else:
        text = _first_line(file)
    return _checked(text.strip())


def _first_line(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8").partition("\n")[0]
    except (OSError, UnicodeDecodeError):
        raise Failure(f"{file} cannot be read as text.") from None


def _checked(code: str) -> str:
    """Refuse a typing error here, where it can be said: the service has one sentence for every code."""
    from daypass.model.break_glass_code import canonical  # noqa: PLC0415 - only where a code is used

    if canonical(code) is None:
        raise Failure("There is a typing error in the code: it has 25 letters and digits, the last two a check.")
    return code
