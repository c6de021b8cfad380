"""One line of the book, and the signature that ties an entry to its index."""

import pytest

from daypass.journal.journal_line import Placed, place
from daypass.journal.key import Signer
from tests.journal.books import KEY, SIGNER, entry

PLACED = place(entry(1), 7, SIGNER)


def test_a_line_reads_back_as_it_was_written():
    """Entry, index and signature come back from the line, and the line holds the entry's bytes unchanged."""
    assert Placed.parse(PLACED.line) == PLACED
    assert entry(1) in PLACED.line


def test_a_place_is_of_one_entry_one_index_and_one_book():
    """The signature fits no other index, no other entry, and no other book that has the same key."""
    other = Placed(entry=entry(2), index=7, signature=PLACED.signature)
    renamed = Signer.parse(SIGNER.private_text())
    same_key_other_book = place(
        entry(1), 7, Signer(public=type(KEY)(name="other", raw=KEY.raw), _private=renamed._private)
    )

    assert PLACED.was_put_at(7, KEY)
    assert not PLACED.was_put_at(8, KEY)
    assert not other.was_put_at(7, KEY)
    assert not same_key_other_book.was_put_at(7, KEY)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"index":7', b'"index":07'),
        (b'"index":7', b'"index": 7'),
        (b'"index":7', b'"index":-7'),
        (b'"index":7', b'"index":"7"'),
        (b'{"entry":{', b'{"entry":['),
        (b'=="}', b'=="} '),
        (b'=="}', b'=A"}'),
        (PLACED.line[-6:-4], b"Ag"[:1] + b"h"),
    ],
)
def test_a_line_has_one_form(old, new):
    """Another way of writing the same line is no line."""
    changed = PLACED.line.replace(old, new)

    assert changed != PLACED.line
    assert Placed.parse(changed) is None
