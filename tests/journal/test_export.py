"""The book as a file."""

import json

import pytest

from daypass.journal.checkpoint import open_checkpoint
from daypass.journal.export import checkpoint_line, export, read_checkpoint_line
from daypass.journal.note import BadNote
from tests.journal.books import KEY, book, entry, is_entry


def sizes(lines: tuple[bytes, ...]) -> list[int]:
    """The sizes of the checkpoints in a file."""
    return [
        open_checkpoint(json.loads(line)["checkpoint"], KEY).size for line in lines if line.startswith(b'{"checkpoint"')
    ]


def test_every_line_is_json_and_entries_are_as_they_were():
    """Any tool reads the file; the canonical bytes of an entry stand in its line unchanged."""
    lines = book(size=3, batch=3).lines

    assert [sorted(json.loads(line)) for line in lines] == [
        ["daypass", "key", "version"],
        *[["entry", "index", "place"]] * 3,
        ["checkpoint"],
    ]
    assert entry(1) in lines[2]


@pytest.mark.parametrize(
    ("batch", "spacing", "kept"),
    [(4, 6, [8, 16, 20]), (1, 8, [8, 16, 20]), (1, 10, [10, 20]), (7, 1, [7, 14, 20]), (20, 1024, [20])],
)
def test_checkpoints_are_kept_apart_but_the_last_is_always_there(batch, spacing, kept):
    """A book that is checkpointed often is exported with fewer checkpoints, and loses no cover by it."""
    assert sizes(book(batch=batch, spacing=spacing).lines) == kept


def test_a_checkpoint_stands_right_after_the_last_entry_it_covers():
    """What stands before a checkpoint's line are exactly the entries it states."""
    lines = book().lines
    ends = [at for at, line in enumerate(lines) if line.startswith(b'{"checkpoint"')]

    assert [sum(map(is_entry, lines[:at])) for at in ends] == sizes(lines)


def test_a_book_without_entries_is_a_header():
    """The export of nothing is still a journal's file."""
    assert [json.loads(line) for line in export(KEY, [], [])] == [{"daypass": "journal", "key": KEY.text, "version": 1}]


def test_a_checkpoint_beyond_the_last_entry_is_written():
    """A store that lost entries cannot hide it by an export."""
    assert sizes(tuple(export(KEY, [], book().notes.items()))) == [20]


def test_a_checkpoint_line_has_one_form():
    """The line reads back, and the same note in other JSON is refused."""
    line = checkpoint_line(book().notes[20])

    assert read_checkpoint_line(line, KEY).size == 20
    for other in (line.replace(b":", b": ", 1), line.replace("—".encode(), b"\\u2014"), line[:-1], b"[]", b"\xff"):
        with pytest.raises(BadNote):
            read_checkpoint_line(other, KEY)
