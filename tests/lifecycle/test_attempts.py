"""What strangers try over and over: nobody's in the journal, one entry a minute, and nothing of it is lost."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from daypass.journal.words import ERASED
from daypass.lifecycle.attempts import Stranger
from daypass.lifecycle.break_glass.codes import seal
from daypass.lifecycle.end.session import open_with_code
from daypass.lifecycle.erase import Which, erase
from daypass.model import break_glass_code
from daypass.model.errors import NotYours, Unavailable
from daypass.model.event import EntryKind, Event
from daypass.model.principal import PrincipalId
from daypass.store.erase import SqlWords
from tests.lifecycle.glasshouse import GlassHouse, glasshouse
from tests.makers import ANN, BOB

MINUTE = timedelta(minutes=1)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[GlassHouse]:
    """One on SQLite."""
    made, database = glasshouse(f"sqlite:///{tmp_path / 'daypass.db'}")
    yield made
    database.close()


def tried(house: GlassHouse, code: str, address: str = "192.0.2.7") -> None:
    """A stranger tries a code, which does not count."""
    stranger = Stranger(address=address, attempts=house.services.attempts)
    with pytest.raises(NotYours, match="not good"):
        open_with_code(code, stranger=stranger, ledger=house.ledger, now=house.clock())


def refusals(house: GlassHouse) -> list[Event]:
    """What the journal tells of codes that were refused."""
    return [one for one in house.journal() if one.kind is EntryKind.CODE_REFUSED]


def used_up(house: GlassHouse, who: PrincipalId) -> str:
    """A code of somebody that newer ones have closed."""
    old, _ = (seal(who, count=1, days=9, judge=house.judge, now=house.clock()) for _ in "ab")
    return old.codes[0]


def test_tries_from_everywhere_are_one_entry_a_minute_with_how_many_there_were(house: GlassHouse):
    """An attacker with a /48 has 65,536 networks: the journal grows by the minute, and tells the number."""
    for network in range(300):
        tried(house, break_glass_code.draw(), f"2001:db8:0:{network:x}::1")
    house.clock.forward(MINUTE)
    tried(house, break_glass_code.draw(), "2001:db8:1::1")

    first, second = refusals(house)
    assert "count" not in first.details
    assert (second.details["count"], second.details["networks"]) == (300, 300)
    assert second.details["since"] == first.at.isoformat()


def test_what_nobody_tried_again_is_written_after_a_minute(house: GlassHouse):
    """And at once when the process ends; never twice."""
    for _ in range(3):
        tried(house, break_glass_code.draw())
    attempts = house.services.attempts
    attempts.settle(ledger=house.ledger, now=house.clock())
    assert len(refusals(house)) == 1

    house.clock.forward(MINUTE)
    for _ in range(2):
        attempts.settle(ledger=house.ledger, now=house.clock())
    assert [one.details.get("count") for one in refusals(house)] == [None, 2]

    tried(house, break_glass_code.draw())
    attempts.settle(ledger=house.ledger, now=house.clock(), at_once=True)
    assert len(refusals(house)) == 3


def test_what_could_not_be_written_is_counted_still(house: GlassHouse):
    """The database was away for a moment."""

    class Away:
        def record(self, *_: object) -> None:
            raise Unavailable("The database does not answer.")

    attempts = house.services.attempts
    for _ in range(2):
        tried(house, break_glass_code.draw())
    house.clock.forward(MINUTE)
    with pytest.raises(Unavailable):
        attempts.settle(ledger=Away(), now=house.clock())  # type: ignore[arg-type]

    tried(house, break_glass_code.draw())
    attempts.settle(ledger=house.ledger, now=house.clock(), at_once=True)
    assert sum(one.details.get("count") or 1 for one in refusals(house)) == 3  # type: ignore[misc]


@pytest.mark.parametrize("text", ["", "nonsense", "é" * 25])
def test_of_a_text_that_cannot_be_a_code_nothing_is_written(house: GlassHouse, text: str):
    """Nobody mistypes a code like this, and it says nothing about one."""
    tried(house, text)

    assert refusals(house) == []


def test_whoever_has_an_old_code_of_somebody_is_not_that_person(house: GlassHouse):
    """A sheet from the bin proves nothing: the entry is nobody's, and says whose code it was."""
    tried(house, used_up(house, BOB))

    [entry] = refusals(house)
    assert (entry.actor, entry.details["claimed"]) == ("nobody", BOB)
    assert entry.details["because"] == "newer ones were sealed"


def test_tries_of_a_code_that_there_was_do_not_drown_in_those_of_others(house: GlassHouse):
    """Each of them is counted by itself."""
    old = used_up(house, BOB)
    for _ in range(3):
        tried(house, break_glass_code.draw())
    tried(house, old)

    assert [one.details.get("claimed") for one in refusals(house)] == [None, BOB]


def test_the_name_that_a_stranger_gave_is_erased_with_that_persons_words(house: GlassHouse):
    """Where the stranger was stays: it is not Bob's."""
    tried(house, used_up(house, BOB))
    tried(house, used_up(house, ANN))
    database = house.stores.database
    which = Which(person=BOB, before=None, by=ANN)
    words, ledger = SqlWords(database), house.ledger
    erase(which, words=words, ledger=ledger, logins=house.services.logins, now=house.clock())

    ofbob, ofann = refusals(house)
    assert (ofbob.details["claimed"], ofbob.details["client"]) == (ERASED, "at 192.0.2.7")
    assert ofann.details["claimed"] == ANN
