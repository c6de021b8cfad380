"""Answers are kept for their time, asked for once by many, and never kept when they are failures."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from daypass.model.errors import NotFound
from daypass.sources import ttl_cache
from daypass.sources.ttl_cache import Ages, TtlCache
from tests.people.hands import HandClock


def test_many_threads_that_want_one_answer_ask_once() -> None:
    """Twenty clicks in one second are one call to Slack."""
    calls: list[str] = []
    together = threading.Barrier(20)

    def fetch(key: str) -> int:
        calls.append(key)
        time.sleep(0.05)
        return len(calls)

    kept = TtlCache(fetch, Ages(fresh_s=60), clock=HandClock())

    def look(_: int) -> int:
        together.wait(5)
        return kept.get("groups")

    with ThreadPoolExecutor(20) as pool:
        assert set(pool.map(look, range(20))) == {1}


def test_an_answers_age_counts_from_when_it_was_asked_for() -> None:
    """An answer that took its whole time to come is old when it comes."""
    clock = HandClock()
    calls: list[str] = []

    def slow(key: str) -> int:
        clock.seconds += 5
        calls.append(key)
        return len(calls)

    kept = TtlCache(slow, Ages(fresh_s=5), clock=clock)

    assert [kept.get("groups"), kept.get("groups")] == [1, 2]


def test_a_failure_is_not_kept() -> None:
    """Who joined a moment ago is found at the next look."""
    answers = iter([NotFound("nobody"), "Ann"])

    def fetch(_: str) -> str:
        answer = next(answers)
        if isinstance(answer, NotFound):
            raise answer
        return str(answer)

    kept = TtlCache(fetch, Ages(fresh_s=60), clock=HandClock())
    with pytest.raises(NotFound):
        kept.get("U0ANN")

    assert kept.get("U0ANN") == "Ann"


def test_that_there_is_nobody_is_an_answer_for_its_time() -> None:
    """An id that somebody made up is asked for once a minute, however often it is named."""
    clock, asked = HandClock(), []

    def fetch(key: str) -> str:
        asked.append(key)
        raise NotFound(f"Nobody is {key}.")

    kept = TtlCache(fetch, Ages(fresh_s=60, nothing_s=60), clock=clock)
    for _ in range(3):
        with pytest.raises(NotFound, match="Nobody is U0X"):
            kept.get("U0X")
    assert asked == ["U0X"]

    clock.seconds += 60
    with pytest.raises(NotFound):
        kept.get("U0X")
    assert asked == ["U0X", "U0X"]


def test_made_up_ids_push_out_nobody_who_is() -> None:
    """However many there are, they are kept apart, and not for ever."""
    asked: list[int] = []

    def fetch(key: int) -> int:
        asked.append(key)
        if key:
            raise NotFound("nobody")
        return key

    kept = TtlCache(fetch, Ages(fresh_s=60, nothing_s=60), clock=HandClock())
    kept.get(0)
    for number in range(1, 12_000):
        with pytest.raises(NotFound):
            kept.get(number)
    kept.get(0)

    assert asked.count(0) == 1
    assert len(kept._slots) + len(kept._nothing) <= 2_001


def test_what_is_kept_is_bounded(monkeypatch) -> None:
    """Made-up ids do not fill the memory."""
    monkeypatch.setattr(ttl_cache, "_MOST", 1_000)
    kept: TtlCache[int, int] = TtlCache(lambda key: key, Ages(fresh_s=60), clock=HandClock())

    for number in range(2_500):
        kept.get(number)

    assert len(kept._slots) <= 1_000


def test_an_organization_of_twelve_thousand_is_asked_for_once() -> None:
    """Looked up twice within their time, in whatever order, each is one call."""
    calls: list[int] = []
    kept = TtlCache(calls.append, Ages(fresh_s=60), clock=HandClock())

    for person in (*range(12_000), *reversed(range(12_000))):
        kept.get(person)

    assert len(calls) == 12_000


def test_one_more_than_are_kept_pushes_out_the_one_that_was_wanted_longest_ago(monkeypatch) -> None:
    """And nobody else."""
    monkeypatch.setattr(ttl_cache, "_MOST", 3)
    calls: list[str] = []
    kept = TtlCache(calls.append, Ages(fresh_s=60), clock=HandClock())
    for key in "abcadacb":
        kept.get(key)

    assert calls == ["a", "b", "c", "d", "b"]
