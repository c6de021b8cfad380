"""What is built goes by the clocks: a machine whose clock is off gives nothing, and ends everything."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from daypass.model.effect import GIVES, GIVES_NOTHING
from daypass.model.errors import Unavailable
from daypass.model.event import EntryKind, Event
from daypass.model.fact import Fact
from daypass.settings import load
from daypass.wiring.build import Daypass, build
from daypass.wiring.chores import chores
from daypass.wiring.clock import Agreement
from tests.keys import SIGNER
from tests.makers import ANN, NOON
from tests.tables import with_tables


@pytest.fixture
def off(sqlite_url: str, tmp_path: Path) -> Daypass:
    """Daypass on a machine whose clock is off."""
    with_tables(sqlite_url).close()
    house = build(
        load({"DAYPASS_STORE_URL": sqlite_url, "DAYPASS_JOURNAL_HEAD": str(tmp_path / "head")}), signer=SIGNER
    )
    house.clock.agreement = Agreement.MACHINE_OFF
    return house


def test_a_machine_whose_clock_is_off_writes_down_what_ends_and_nothing_that_gives(off: Daypass):
    """Of every kind of entry there is."""
    kinds = [Fact(event=Event(kind=kind, at=NOON, actor=ANN), told=False) for kind in sorted(GIVES | GIVES_NOTHING)]
    refused = set()
    for fact in kinds:
        try:
            off.services.ledger.record(fact)
        except Unavailable:
            refused.add(fact.event.kind)

    assert refused == GIVES
    assert off.services.ledger.record_each(kinds) == [fact for fact in kinds if fact.event.kind in GIVES]
    off.database.close()


def test_its_doors_go_by_the_databases_time(off: Daypass):
    """Nobody who ends something is refused for want of the right time."""
    assert abs(off.services.clock() - datetime.now(UTC)) < timedelta(seconds=10)
    off.database.close()


@pytest.mark.heavy
@pytest.mark.parametrize(("token", "forgets"), [("", True), ("xoxb-of-a-test", False)])
def test_b09_what_nobody_is_told_is_not_kept_for_good(sqlite_url: str, tmp_path: Path, token: str, forgets: bool):
    """Without a Slack nobody reads the outbox: what is a day old goes. With one each line waits until it was told."""
    with_tables(sqlite_url).close()
    settings = {"DAYPASS_STORE_URL": sqlite_url, "DAYPASS_JOURNAL_HEAD": str(tmp_path / "head")}
    slack = {"DAYPASS_SLACK_BOT_TOKEN": token, "DAYPASS_SLACK_SIGNING_SECRET": "of-a-test"} if token else {}
    house = build(load(settings | slack), signer=SIGNER)
    for ago in (timedelta(days=2), timedelta()):
        event = Event(kind=EntryKind.GRANT_WARNED, at=datetime.now(UTC) - ago, actor=ANN)
        house.services.ledger.record(Fact(event=event))
    for chore in chores(house):
        if chore.name == "forget":
            chore.run()

    left = house.services.outbox.claim(now=datetime.now(UTC), hold=timedelta(minutes=1), limit=10)

    assert len(left) == (1 if forgets else 2)
    house.database.close()
