r"""
The book as a file: JSON lines that any tool can read, and every byte of which is vouched for.

    {"daypass":"journal","key":"<public key>","version":1}
    {"entry":{...},"index":0,"place":"..."}
    {"words":{"reason":{"salt":"...","text":"..."}},"index":0}
    {"entry":{...},"index":1,"place":"..."}
    {"checkpoint":"daypass.example.com/journal\n2\n...\n"}

A checkpoint stands right after the last entry it covers. Not all of them need to be there: the later one vouches for
all the earlier one did, so an export keeps one in 1,024 entries and always the last, and a book that was
checkpointed after each entry verifies as fast as any other.

What people wrote stands in an entry as a hash. Right after it comes what of that was not erased; it may be left out,
and nothing about the entry changes.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import msgspec

from daypass.journal.checkpoint import Checkpoint, open_checkpoint
from daypass.journal.journal_line import Placed
from daypass.journal.key import PublicKey
from daypass.journal.note import BadNote
from daypass.journal.words import SaltedText

ENTRY_BEGINS = b'{"entry":'
CHECKPOINT_BEGINS = b'{"checkpoint":'
WORDS_BEGIN = b'{"words":'
SPACING = 1024
"""Entries between two checkpoints that are kept."""


class _CheckpointLine(msgspec.Struct, forbid_unknown_fields=True):
    checkpoint: str


class _Said(msgspec.Struct, forbid_unknown_fields=True):
    salt: str
    text: str


class _WordsLine(msgspec.Struct, forbid_unknown_fields=True):
    words: dict[str, _Said]
    index: int


class BadWords(Exception):
    """A line of words is not one that an export has."""


class Exported(NamedTuple):
    """An entry on its way into a file: its canonical bytes, the signature of its place, and what was not erased."""

    entry: bytes
    signature: bytes
    words: Sequence[SaltedText] = ()


def export(
    key: PublicKey,
    entries: Iterable[Exported],
    checkpoints: Iterable[tuple[int, str]],
    *,
    spacing: int = SPACING,
) -> Iterator[bytes]:
    """
    Write the book: the lines of the file, each with its newline.

    `entries` are those from index 0 on; `checkpoints` are (size, signed note) by
    growing size, read from the same snapshot. A checkpoint beyond the last entry is written too, so that a store
    which lost entries is found out.
    """
    yield header(key) + b"\n"
    kept = _thinned(checkpoints, spacing)
    upcoming = next(kept, None)
    for index, one in enumerate(entries):
        yield Placed(entry=one.entry, index=index, signature=one.signature).line + b"\n"
        if one.words:
            yield words_line(index, one.words) + b"\n"
        if upcoming is not None and upcoming[0] == index + 1:
            yield checkpoint_line(upcoming[1]) + b"\n"
            upcoming = next(kept, None)
    while upcoming is not None:
        yield checkpoint_line(upcoming[1]) + b"\n"
        upcoming = next(kept, None)


def header(key: PublicKey) -> bytes:
    """The first line of a book's file, without its newline."""
    return msgspec.json.encode({"daypass": "journal", "key": key.text, "version": 1})


def checkpoint_line(note: str) -> bytes:
    """A signed checkpoint as a line of the file, without its newline."""
    return msgspec.json.encode(_CheckpointLine(checkpoint=note))


def read_checkpoint_line(line: bytes, key: PublicKey) -> Checkpoint:
    """Read a line that `checkpoint_line` wrote and `key` signed. Raises BadNote."""
    try:
        note = msgspec.json.decode(line, type=_CheckpointLine).checkpoint
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadNote("The line is not a checkpoint in JSON.") from error
    if checkpoint_line(note) != line:
        raise BadNote("The line is not written the way a checkpoint is written.")
    return open_checkpoint(note, key)


def words_line(index: int, words: Iterable[SaltedText]) -> bytes:
    """What was not erased of the entry before it, as a line of the file, without its newline."""
    said = {word.name: _Said(salt=word.salt.hex(), text=word.text) for word in words}
    return _ENCODER.encode(_WordsLine(words=dict(sorted(said.items())), index=index))


def read_words_line(line: bytes) -> tuple[int, tuple[SaltedText, ...]]:
    """Read the index and the words of a line that `words_line` wrote. Raises BadWords."""
    try:
        read = msgspec.json.decode(line, type=_WordsLine)
        words = tuple(
            SaltedText(name=name, salt=bytes.fromhex(said.salt), text=said.text) for name, said in read.words.items()
        )
    except (msgspec.DecodeError, ValueError) as error:
        raise BadWords from error
    if not words or words_line(read.index, words) != line:
        raise BadWords
    return read.index, words


def _thinned(checkpoints: Iterable[tuple[int, str]], spacing: int) -> Iterator[tuple[int, str]]:
    """Keep checkpoints at least `spacing` entries apart, and the last."""
    kept = 0
    last: tuple[int, str] | None = None
    for size, note in checkpoints:
        last = (size, note)
        if size - kept >= spacing:
            yield last
            kept, last = size, None
    if last is not None and last[0] > kept:
        yield last


_ENCODER = msgspec.json.Encoder()
