"""Entries in the chain of their writer."""

import pytest

from daypass.journal.chain import BEGINNING, Bound, Chains, bind
from daypass.journal.damage import BookDamaged
from tests.journal.books import entry

KEY = b"k" * 32


def chain(count, writer=7):
    """Some entries of one writer."""
    made, end = [], BEGINNING
    for number in range(count):
        last, said = end, {"writer": writer, "subject": f"g{number}", "entry": entry(number)}
        end = bind(last, KEY, **said)
        made.append(Bound(**said, counter=end.counter, previous=last.mac, mac=end.mac))
    return made


def test_chains_of_several_writers_are_followed_each_by_itself():
    """However they are mixed, and in as many batches as one likes."""
    one, other = chain(3), chain(3, writer=8)
    chains = Chains(key=KEY)

    chains.ends.update(chains.follow([one[0], other[0], other[1]]))

    assert chains.follow([one[1], other[2], one[2]]) == {7: one[2].end, 8: other[2].end}


def test_a_gap_is_refused_with_how_many_are_missing():
    """What was taken out of the middle leaves one."""
    whole = chain(4)

    with pytest.raises(BookDamaged, match="follows number 1 of its writer: 2 in between are missing"):
        Chains(key=KEY).follow([whole[0], whole[3]])


def test_an_entry_of_another_key_is_refused():
    """Whoever has no key makes no binding."""
    (one,) = chain(1)

    with pytest.raises(BookDamaged, match="is not what was committed"):
        Chains(key=b"x" * 32).follow([one])
