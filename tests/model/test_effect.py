"""Every kind of entry either gives access or does not."""

from daypass.model.effect import GIVES, GIVES_NOTHING
from daypass.model.event import EntryKind


def test_every_kind_is_in_exactly_one_set():
    """A new kind must say which it is."""
    assert set(EntryKind) == GIVES | GIVES_NOTHING
    assert not GIVES & GIVES_NOTHING
