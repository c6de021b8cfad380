"""
Ten thousand grants through two workers that die and an AWS that fails, on each database: all of them end, none twice.

Nothing here waits for a real hour: the clock is moved a minute at a time, and at each minute both workers do what is
due, side by side. A worker that is killed leaves what it had claimed and what AWS had taken from it; another begins.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from random import Random

import pytest

from daypass.journal.verdict import Verified
from daypass.journal.verify import verify
from daypass.lifecycle.end.end import drop
from daypass.model.errors import TooLate
from daypass.model.event import EntryKind, Event
from daypass.model.fact import Fact
from daypass.model.grant import Grant, GrantState, new_grant_id
from daypass.model.lease import Term
from daypass.model.principal import PrincipalId
from daypass.model.request import Request, RequestState
from daypass.rules.load.read import parse
from tests import makers
from tests.builder import Daypass
from tests.keys import SIGNER
from tests.makers import BOB, NOON, RULES
from tests.soak.faulty_aws import FaultyAws, Killed

GRANTS = 10_000
PEOPLE = 500
MINUTE = timedelta(minutes=1)
BEGIN, LAST = 30, 60
"""Minutes: within how many the grants begin, and how long the longest of them is."""
WORKERS = 2
PATIENCE_S = 120
"""For what is left when every lease is over and AWS fails no more."""


class Weathered(Daypass):
    """A Daypass whose AWS fails and whose workers die."""

    aws: FaultyAws

    def __init__(self, url: str, dice: Random) -> None:
        """Open it."""
        rules = parse(RULES, name="rules.yaml")
        super().__init__(url, rules=lambda: rules, aws=FaultyAws(dice=dice))
        self.deaths = 0

    def lend(self, grants: list[Grant]) -> None:
        """Write approved grants down, with the requests that they come from."""
        facts = [Fact(event=_approved(grant), changes=(_request(grant), grant), told=False) for grant in grants]
        for at in range(0, len(facts), 500):
            assert self.ledger.record_each(facts[at : at + 500]) == []

    def minute(self) -> None:
        """Let every worker do what is due at this minute, and others begin in the place of those that die."""
        with ThreadPoolExecutor(WORKERS) as workers:
            list(workers.map(lambda _: self._worker(), range(WORKERS)))
        while self.book.fold():
            pass

    def _worker(self) -> None:
        while True:
            loop = replace(self.loop, hold=timedelta(seconds=1))
            try:
                loop.run_until_idle()
            except Killed:
                self.deaths += 1
                continue
            return

    def closed_and_held(self, dice: Random) -> set[str]:
        """Of some that AWS holds, those that the ledger closed."""
        held = sorted(self.aws.held)
        ids = dice.sample(held, min(len(held), 300))
        return {one.id for one in self.ledger.grants(ids=ids) if one.state is GrantState.ENDED}

    def states(self, grants: list[Grant]) -> Counter[GrantState]:
        """How many are in which state."""
        ids = [grant.id for grant in grants]
        found = (self.ledger.grants(ids=ids[at : at + 500]) for at in range(0, len(ids), 500))
        return Counter(grant.state for some in found for grant in some)


@pytest.fixture
def weathered(database_url: str, dice: Random) -> Iterator[Weathered]:
    """Open one on each database in turn."""
    weathered = Weathered(database_url, dice)
    yield weathered
    weathered.end()


def test_ten_thousand_grants_through_faults_all_end_and_none_twice(
    weathered: Weathered, dice: Random, seed: str, tell: Callable[[str], None]
):
    """Whatever fails and whoever dies: AWS holds nothing that the ledger closed, and the journal proves each story."""
    grants = [_drawn(dice) for _ in range(GRANTS)]
    weathered.lend(grants)
    dropped = set()
    for _ in range(BEGIN + LAST):
        weathered.minute()
        live = [grant for grant in dice.sample(grants, 20) if grant.id in weathered.aws.held]
        dropped |= {grant.id for grant in live if _dropped(weathered, grant)}
        assert weathered.closed_and_held(dice) == set(), f"AWS holds what the ledger closed (seed {seed})"
        weathered.clock.forward(MINUTE)

    weathered.aws.quiet = True
    deadline = time.monotonic() + PATIENCE_S
    while weathered.states(grants) != {GrantState.ENDED: GRANTS}:
        assert time.monotonic() < deadline, f"{weathered.states(grants)} (seed {seed})"
        weathered.clock.forward(MINUTE)
        weathered.minute()

    tell(f"{weathered.deaths} workers died, {len(dropped)} ended early, {weathered.aws.faults.total()} calls failed")
    assert weathered.aws.held == {}, f"seed {seed}"
    assert weathered.deaths > 10
    assert len(dropped) > 100
    assert len(weathered.aws.faults) > 8
    _judge(weathered, grants, seed)


def _judge(weathered: Weathered, grants: list[Grant], seed: str) -> None:
    """Every grant was approved, active at most once and ended once, in this order of moments; the book is whole."""
    told: dict[str, list[Event]] = {grant.id: [] for grant in grants}
    for event in weathered.journal():
        if event.subject in told:
            told[event.subject].append(event)
    for grant_id, story in told.items():
        kinds = Counter(event.kind for event in story)
        assert kinds[EntryKind.GRANT_ENDED] == 1, f"{grant_id}: {kinds} (seed {seed})"
        assert kinds[EntryKind.GRANT_ACTIVATED] <= 1, f"{grant_id}: {kinds} (seed {seed})"
        assert story[-1].kind is EntryKind.GRANT_ENDED, f"{grant_id}: {story[-1]} (seed {seed})"
        assert [event.at for event in story] == sorted(event.at for event in story), f"{grant_id} (seed {seed})"
    assert isinstance(verify(BytesIO(b"".join(weathered.book.export())), SIGNER.public), Verified)


def _drawn(dice: Random) -> Grant:
    starts = NOON + dice.randrange(BEGIN) * MINUTE
    term = Term(length=dice.randint(5, LAST) * MINUTE, starts=starts)
    who = PrincipalId(f"U0P{dice.randrange(PEOPLE):03}")
    return replace(makers.grant(), id=new_grant_id(), principal=who, term=term)


def _request(grant: Grant) -> Request:
    filed = makers.request(id=grant.id, requestor=grant.principal, term=grant.term)
    return replace(filed, state=RequestState.APPROVED)


def _approved(grant: Grant) -> Event:
    return Event(kind=EntryKind.REQUEST_APPROVED, at=NOON, actor=BOB, subject=grant.id)


def _dropped(weathered: Weathered, grant: Grant) -> bool:
    try:
        drop(grant.id, by=grant.principal, ledger=weathered.ledger, now=weathered.clock())
    except TooLate:
        return False
    return True
