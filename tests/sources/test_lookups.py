"""Look-ups are waited for a short time, each and all together."""

import time

import pytest
from structlog.testing import capture_logs

from daypass.sources.lookups import LookupThreads, Sort
from daypass.sources.warnings import Warnings
from tests.people.hands import HandClock


def slow(key: str) -> str:
    """Answer after a while."""
    time.sleep(0.2)
    return key.upper()


@pytest.mark.heavy
def test_what_one_question_looks_up_one_after_the_other_has_an_end() -> None:
    """Each is quick enough by itself; but somebody waits for all of them."""
    search = LookupThreads(Warnings(clock=HandClock()), patience_s=0.3).search()

    found = [search.found(search.begin(Sort.PEOPLE, "{}", slow, [key])) for key in "abcdef"]

    assert found[:3] == [{"a": "A"}, {"b": "B"}, {"c": "C"}]
    assert found[4:] == [{}, {}]


def test_what_was_given_up_before_it_began_is_never_asked() -> None:
    """Those that had begun go on behind; the others do not queue up for a place that is slow already."""
    asked: list[str] = []

    def remembered(key: str) -> str:
        asked.append(key)
        return slow(key)

    search = LookupThreads(Warnings(clock=HandClock()), patience_s=0.1).search()
    with capture_logs() as logs:
        found = search.found(search.begin(Sort.TICKETS, "the ticket {}", remembered, map(str, range(20))))
    time.sleep(0.3)

    assert (found, len(asked)) == ({}, 8)
    assert {one["because"] for one in logs} == {"There was no answer within 0.1 seconds."}
    assert len(logs) == 20


def test_one_slow_place_does_not_keep_others_from_being_asked() -> None:
    """Each sort of thing has threads of its own."""
    search = LookupThreads(Warnings(clock=HandClock()), patience_s=0.15).search()
    slow_ones = search.begin(Sort.TICKETS, "{}", slow, map(str, range(20)))
    quick = search.begin(Sort.PEOPLE, "{}", str.upper, ["ann"])

    assert (search.found(slow_ones), search.found(quick)) == ({}, {"ann": "ANN"})
