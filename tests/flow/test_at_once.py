"""Many things by one person at the same moment: one after the other goes through, and nobody is told to ask again."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from daypass.lifecycle import retries as trying
from daypass.model.errors import Conflict, Unavailable
from daypass.model.fact import Fact
from daypass.model.request import RequestState
from daypass.store.ledger import SqlLedger
from tests.builder import Daypass
from tests.flow.conftest import Walk
from tests.makers import ANN

_BUSY_S = 0.6


@pytest.mark.heavy
def test_twenty_requests_by_one_person_at_once_are_all_filed(walk: Walk):
    """Each counts those before it, by one row that all of them write."""
    with ThreadPoolExecutor(20) as at_once:
        asked = list(at_once.map(lambda number: walk.ask(reason=f"INC-{number}"), range(20)))

    assert len({one.id for one in asked}) == 20
    assert len(walk.ledger.requests(requestor=ANN, states=[RequestState.PENDING])) == 20


class Busy(SqlLedger):
    """A ledger in which somebody else always writes the same rows first, for a while."""

    def __init__(self, house: Daypass, for_s: float) -> None:
        """Be busy from now on."""
        super().__init__(house.database)
        self.until = time.monotonic() + for_s
        self.lost = 0

    def record(self, *facts: Fact) -> None:
        """Lose, or write them."""
        if time.monotonic() < self.until:
            self.lost += 1
            raise Conflict("Somebody else was first.")
        super().record(*facts)


@pytest.mark.heavy
@pytest.mark.parametrize("verb", ["ask", "approve", "deny"])
def test_what_loses_for_half_a_second_goes_through_after_it(walk: Walk, verb: str):
    """The pauses grow, so that twenty tries are not over in an instant."""
    waiting = walk.ask(reason="INC-1").id
    ledger = Busy(walk, _BUSY_S)
    walk.stores = replace(walk.stores, ledger=ledger)
    getattr(walk, verb)(*([] if verb == "ask" else [waiting]))

    assert 0 < ledger.lost < trying.MOST


def test_whoever_loses_all_the_time_is_told_to_ask_again(walk: Walk, monkeypatch: pytest.MonkeyPatch):
    """It does not take for ever."""
    monkeypatch.setattr(trying, "_LONGEST_S", 0.001)
    walk.stores = replace(walk.stores, ledger=Busy(walk, 60))

    with pytest.raises(Unavailable, match="ask again"):
        walk.ask()
