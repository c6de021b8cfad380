"""
Whatever an attacker without the key does to the file, the first wrong entry is named.

The attacker may change bytes, and drop, double, swap, forge and renumber lines, several times over, and leave out any
checkpoints. There is no unsigned hash in the file that could be rewritten to match; the index in a line is all
that is not signed as it stands, and renumbering rewrites it. The oracle knows the true book and compares.
"""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from daypass.journal.checkpoint import open_checkpoint
from daypass.journal.export import read_checkpoint_line
from daypass.journal.journal_line import place
from daypass.journal.key import Signer
from daypass.journal.verdict import BrokenJournal, JournalFault, Verified
from tests.examples import examples
from tests.journal.books import KEY, book, entry, is_entry, judged, renumbered

BOOKS = [book(), book(size=1), book(size=9, batch=1, spacing=1), book(size=17, batch=3, spacing=5)]
FORGER = Signer.generate(KEY.name)


def true_entries(lines):
    """The lines of entries among the lines of a file."""
    return [line for line in lines if is_entry(line)]


def entry_at(lines, offset):
    """The index of the entry whose line, newline included, holds a byte of the file; None outside of entries."""
    index = 0
    for line in lines:
        if offset < len(line):
            return index if is_entry(line) else None
        offset -= len(line)
        index += is_entry(line)
    raise AssertionError("the offset is beyond the file")


@examples(150)
@given(st.sampled_from(BOOKS), st.data())
def test_any_flipped_byte_is_found(whole, data):
    """A byte changed anywhere breaks the file; within an entry's line, that entry is named."""
    offset = data.draw(st.integers(0, len(whole.file) - 1))
    change = data.draw(st.integers(1, 255))
    content = bytearray(whole.file)
    content[offset] ^= change
    verdict = judged(bytes(content))

    assert isinstance(verdict, BrokenJournal)
    expected = entry_at(whole.lines, offset)
    if expected is not None:
        assert verdict.index == expected


@pytest.mark.heavy
def test_every_flipped_bit_outside_of_entries_is_found():
    """No bit of the first line or of a checkpoint is without guard, not even the unused ones of Base 64."""
    whole = book(size=2, batch=2)
    for offset in range(len(whole.file)):
        for bit in range(8 if entry_at(whole.lines, offset) is None else 0):
            content = bytearray(whole.file)
            content[offset] ^= 1 << bit
            assert isinstance(judged(bytes(content)), BrokenJournal), (offset, bit)


def delete(lines, data):
    """Drop one entry."""
    del lines[data.draw(spots(lines))]


def swap(lines, data):
    """Let two entries change places."""
    one, other = data.draw(spots(lines)), data.draw(spots(lines))
    lines[one], lines[other] = lines[other], lines[one]


def duplicate(lines, data):
    """Write an entry a second time, anywhere."""
    copied = lines[data.draw(spots(lines))]
    lines.insert(data.draw(spots(lines)), copied)


def forge(lines, data):
    """Write an entry of one's own, signed with a key of the same name, as a new line or over an old one."""
    at = data.draw(spots(lines))
    index = len(true_entries(lines[:at]))
    forged = place(entry(index, data.draw(st.sampled_from(["U1", "U9"]))), index, FORGER).line + b"\n"
    lines[at : at + data.draw(st.integers(0, 1))] = [forged]


def alter(lines, data):
    """Change a word of an entry and leave its signature."""
    at = data.draw(spots(lines))
    lines[at] = lines[at].replace(b"U1", b"U7")


def spots(lines):
    """Where the entries stand in the file."""
    return st.sampled_from([at for at, line in enumerate(lines) if is_entry(line)])


def tampered(whole, data):
    """The file after up to four attacks, perhaps renumbered, perhaps with checkpoints left out or the end cut off."""
    lines = list(whole.lines)
    for attack in data.draw(st.lists(st.sampled_from([delete, swap, duplicate, forge, alter]), max_size=4)):
        if true_entries(lines):
            attack(lines, data)
    if data.draw(st.booleans()):
        lines = renumbered(lines)
    left_out = data.draw(st.sets(st.integers(1, len(lines))))
    lines = [line for at, line in enumerate(lines) if at == 0 or is_entry(line) or at not in left_out]
    return lines[: data.draw(st.just(len(lines)) | st.integers(1, len(lines)))]


@pytest.mark.heavy
@examples(200)
@given(st.sampled_from(BOOKS), st.data())
def test_the_first_wrong_entry_is_named_whatever_was_done(whole, data):
    """The oracle compares with the true book: the first line that differs is the one named, and none otherwise."""
    lines = tampered(whole, data)
    mine, true = true_entries(lines), true_entries(whole.lines)
    common = next((at for at, (one, other) in enumerate(zip(mine, true, strict=False)) if one != other), None)
    first = min(len(mine), len(true)) if common is None else common
    claims = [
        (read_checkpoint_line(line.rstrip(b"\n"), KEY).size, len(true_entries(lines[:at])))
        for at, line in enumerate(lines)
        if not is_entry(line) and at > 0
    ]
    assume(all(claimed >= stands or stands > first for claimed, stands in claims))  # a moved checkpoint: test_verify
    verdict = judged(lines)

    if first < len(mine) or any(claimed > stands for claimed, stands in claims):
        assert isinstance(verdict, BrokenJournal)
        assert verdict.index == min([first, *(stands for claimed, stands in claims if claimed > stands)])
    else:
        covered = max([stands for _, stands in claims], default=0)
        if mine and covered == len(mine):
            assert isinstance(verdict, Verified)
            assert verdict.size == len(mine)
        else:
            assert isinstance(verdict, BrokenJournal)
            assert verdict.fault is JournalFault.TRUNCATED


@examples(100)
@given(st.sampled_from(BOOKS), st.data())
def test_no_tampering_survives_a_saved_checkpoint(whole, data):
    """Against the last checkpoint, kept elsewhere, only a file with all the true entries passes."""
    lines = tampered(whole, data)
    newest = whole.notes[max(whole.notes)]
    verdict = judged(lines, against=newest)

    if isinstance(verdict, Verified):
        assert true_entries(lines) == true_entries(whole.lines)
        assert verdict.root == open_checkpoint(newest, KEY).root
