"""Checkpoints in the form of tlog-checkpoint."""

import pytest

from daypass.journal.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from daypass.journal.note import BadNote, sign_note
from tests.journal.books import KEY, SIGNER

EXAMPLE = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"


def test_the_example_of_the_standard_is_read():
    """The text in the specification is a checkpoint, and is written back unchanged."""
    checkpoint = Checkpoint.parse(EXAMPLE)

    assert (checkpoint.origin, checkpoint.size) == ("example.com/behind-the-sofa", 20852163)
    assert checkpoint.text == EXAMPLE


def test_a_signed_checkpoint_opens_as_what_was_signed():
    """Size and root come back, with the key's name as origin."""
    note = sign_checkpoint(7, bytes(range(32)), SIGNER)

    assert open_checkpoint(note, KEY) == Checkpoint(origin=KEY.name, size=7, root=bytes(range(32)))


def test_extension_lines_are_passed_over():
    """A checkpoint with more lines is still a checkpoint."""
    assert Checkpoint.parse(EXAMPLE + "more\n").size == 20852163


@pytest.mark.parametrize(
    "text",
    [
        "origin\n1\n",
        "\n1\n" + EXAMPLE.split("\n")[2] + "\n",
        EXAMPLE.replace("20852163", "020852163"),
        EXAMPLE.replace("20852163", "-1"),
        EXAMPLE.replace("20852163", "9" * 5000),
        EXAMPLE.replace("20852163", "٣"),
        EXAMPLE.replace("q2I=", "q2J="),
        EXAMPLE.replace("CsUY", ""),
        EXAMPLE + "\nmore\n",
    ],
)
def test_what_is_no_checkpoint_is_refused(text):
    """A missing line, a size that is not a plain number, and a root that is not a SHA-256 are refused."""
    with pytest.raises(BadNote):
        Checkpoint.parse(text)


def test_a_checkpoint_of_another_book_is_refused():
    """A rightly signed checkpoint whose origin is not the key's name is not of this book."""
    with pytest.raises(BadNote, match=r"of the book example\.com/behind-the-sofa"):
        open_checkpoint(sign_note(EXAMPLE, SIGNER), KEY)
