"""`verify`: check the journal, or a proof of it, where the house has no say: with the public key and nothing else."""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, BinaryIO

import click

from daypass.doors.cli import output
from daypass.doors.cli.failure import Failure
from daypass.doors.refusals import ERROR

if TYPE_CHECKING:  # imported where it is needed: cryptography takes as long as everything else together
    from daypass.journal.key import PublicKey
    from daypass.journal.verdict import Verdict

_STDIN = Path("-")
_MOST = 1 << 20
"""Bytes of the longest key, checkpoint, proof or entry that is read: more than any of them can have."""

_FILE = click.Path(dir_okay=False, allow_dash=True, path_type=Path)


@click.command(
    "verify",
    help="""Check a journal's file, or a proof, with the public key and nothing else: no service, no database.

    FILE is what `daypass journal export` wrote; beside --proof it is the entry's line, for a proof that does not carry
    it. One of the files may be -, the standard input.
    """,
)
@click.argument("file", type=_FILE, required=False)
@click.option(
    "--key",
    "key_text",
    required=True,
    metavar="KEY",
    help="The public key, or a file that holds it (`daypass journal key`).",
)
@click.option(
    "--proof",
    metavar="FILE",
    type=_FILE,
    help="Check this proof instead (`daypass journal inclusion`, `daypass journal consistency`).",
)
@click.option(
    "--against",
    metavar="FILE",
    multiple=True,
    type=_FILE,
    help="A checkpoint kept elsewhere, which the file or the proof must agree with; as often as you have one.",
)
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_context
def verify(  # noqa: PLR0913 - one for each word of the command
    ctx: click.Context, *, file: Path | None, key_text: str, proof: Path | None, against: Sequence[Path], as_json: bool
) -> None:
    """Exit 0 only when everything is as it was written; name the first entry that is not."""
    from daypass.journal.key import PublicKey  # noqa: PLC0415 - see TYPE_CHECKING above

    if [file, proof, *against].count(_STDIN) > 1:
        raise Failure("The standard input can be read once; give - for one of the files only.")
    public = PublicKey.parse(_key(key_text))
    saved = [_text(one) for one in against]
    if proof is not None:
        shown = _proven(_text(proof), public, None if file is None else _line(file), saved)
    elif file is not None:
        shown = _judged(file, public, saved)
    else:
        raise Failure("Say the file as well, or --proof; see verify --help.")
    fine = bool(shown["verified"])
    click.echo(output.as_json(shown) if as_json else _in_words(shown), err=not fine and not as_json)
    ctx.exit(0 if fine else ERROR)


def _judged(file: Path, key: "PublicKey", saved: Sequence[str]) -> output.Json:
    """Judge a journal's file, once for each checkpoint that was kept."""
    from daypass.journal.verdict import BrokenJournal  # noqa: PLC0415 - see TYPE_CHECKING above
    from daypass.journal.verify import verify as judge  # noqa: PLC0415 - as above

    with _opened(file) as opened, _seekable(opened) as book:
        verdict: Verdict = judge(book, key, saved[0] if saved else None)
        for note in saved[1:]:
            if isinstance(verdict, BrokenJournal):
                break
            verdict = judge(book, key, note)
    index = verdict.index if isinstance(verdict, BrokenJournal) else None
    return {"verified": not isinstance(verdict, BrokenJournal), "sentence": verdict.sentence, "index": index}


def _proven(proof: str, key: "PublicKey", line: bytes | None, saved: Sequence[str]) -> output.Json:
    """Check a proof, and show the entry when it is of one: what is proven is that and nothing else."""
    from daypass.journal.tlog_proof import ProvenEntry  # noqa: PLC0415 - see TYPE_CHECKING above
    from daypass.journal.verify_proof import verify_proof  # noqa: PLC0415 - as above
    from daypass.model.errors import DaypassError  # noqa: PLC0415 - as above

    try:
        proven = verify_proof(proof, key, line=line, against=saved)
    except DaypassError as error:
        return {"verified": False, "sentence": error.sentence, "entry": None}
    entry = proven.line.decode(errors="backslashreplace") if isinstance(proven, ProvenEntry) else None
    return {"verified": True, "sentence": proven.sentence, "entry": entry}


def _in_words(shown: output.Json) -> str:
    return "\n".join(filter(None, [shown["sentence"], shown.get("entry")]))


def _key(text: str) -> str:
    """Take the key as it stands, or from the file that is named."""
    path = Path(text)
    try:
        return _text(path).strip() if path.is_file() else text.strip()
    except ValueError:  # a text no file could be called
        return text.strip()


def _line(path: Path) -> bytes:
    """Read an entry's line, with or without its newline."""
    line = _bytes(path).removesuffix(b"\n")
    if b"\n" in line:
        raise Failure(f"{path} has more than one line; beside --proof it is the one of the entry.")
    return line


def _text(path: Path) -> str:
    try:
        return _bytes(path).decode()
    except UnicodeDecodeError as error:
        raise Failure(f"{path} cannot be read: {error}.") from None


def _bytes(path: Path) -> bytes:
    with _opened(path) as file:
        found = file.read(_MOST + 1)
    if len(found) > _MOST:
        raise Failure(f"{path} is longer than any key, checkpoint, proof or entry.")
    return found


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    """Open a file, or the standard input, and say it in a sentence when it cannot be read."""
    try:
        if path == _STDIN:
            with open(0, "rb", closefd=False) as file:
                yield file
        else:
            with path.open("rb") as file:
                yield file
    except OSError as error:
        raise Failure(f"{path} cannot be read: {error.strerror}.") from None


@contextmanager
def _seekable(file: BinaryIO) -> Iterator[BinaryIO]:
    """Copy what comes through a pipe: naming the first wrong entry takes a second reading."""
    if file.seekable():
        yield file
        return
    with TemporaryFile() as copy:
        shutil.copyfileobj(file, copy)
        yield copy
