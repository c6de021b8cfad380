"""A book's file cut into lines, block by block: memory stays flat whatever the file's size or its longest line."""

from collections.abc import Iterator
from contextlib import suppress
from itertools import chain
from typing import BinaryIO

from daypass.journal.entry import MAX_ENTRY
from daypass.journal.export import ENTRY_BEGINS

MAX_LINE = MAX_ENTRY + 1024
"""Bytes of the longest line: an entry with its index and signature, its words, or a checkpoint."""

_BLOCK = 256 * 1024


class LineTooLong(Exception):
    """A line is longer than any line of a book; everything before it was read."""


class CutOff(Exception):
    """The file ends in the middle of a line; everything before it was read."""


def blocks(file: BinaryIO) -> Iterator[list[bytes]]:
    """Read the lines from where the file stands, without their newlines. Raises TooLong or CutOff after the last."""
    rest = b""
    while block := file.read(_BLOCK):
        lines = (rest + block).split(b"\n")
        rest = lines.pop()
        yield from _bounded(lines)
        if len(rest) > MAX_LINE:
            raise LineTooLong
    if rest:
        raise CutOff


def stretches(file: BinaryIO) -> Iterator[tuple[list[bytes], bytes | None]]:
    """Read runs of entry lines, each with the line of another sort that ended it (None: more may follow)."""
    for lines in blocks(file):
        start = 0
        for at, line in enumerate(lines):
            if not line.startswith(ENTRY_BEGINS):
                yield lines[start:at], line
                start = at + 1
        yield lines[start:], None


def entry_lines(file: BinaryIO) -> Iterator[bytes]:
    """Read the entry lines alone, from the file's beginning to its end or to where it cannot be read."""
    file.seek(0)
    try:
        for run, _ in stretches(file):
            yield from run
    except (LineTooLong, CutOff):
        return


def entry_line_number(file: BinaryIO, index: int) -> int:
    """Count the lines up to that of an entry, from 1; of one that is not there, up to where it should begin."""
    file.seek(0)
    number, left = 1, index
    with suppress(LineTooLong, CutOff):
        for line in chain.from_iterable(blocks(file)):
            is_entry = line.startswith(ENTRY_BEGINS)
            if is_entry and not left:
                break
            left -= is_entry
            number += 1
    return number


def _bounded(lines: list[bytes]) -> Iterator[list[bytes]]:
    """Hand on a block's lines up to the first that is too long."""
    if max(map(len, lines), default=0) <= MAX_LINE:
        yield lines
        return
    yield lines[: next(at for at, line in enumerate(lines) if len(line) > MAX_LINE)]
    raise LineTooLong
