"""Those who are told: who is set up, and how far each is behind, where an operator sees it."""

from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from daypass.model.listener import Listener
from daypass.settings import Glass, Settings, Slack
from daypass.store.outbox import SqlOutbox
from daypass.wiring.listeners import measure, set_up
from tests.lifecycle.glasshouse import glasshouse
from tests.makers import HOUR


@pytest.mark.parametrize(
    ("settings", "listening"),
    [
        (Settings(), set()),
        (Settings(slack=Slack(bot_token="xoxb-of-a-test")), {Listener.SLACK}),
        (Settings(glass=Glass(hook_url="https://pager.example/x", hook_secret="of-a-test")), {Listener.GLASS_HOOK}),
    ],
)
def test_who_is_set_up_is_told(settings: Settings, listening: set[Listener]) -> None:
    """What is for the others is forgotten after a day."""
    assert set_up(settings) == listening


def test_how_far_a_listener_is_behind_is_seen_in_the_metrics(tmp_path: Path) -> None:
    """The pager has not been called for an hour; once it was, nothing is left."""
    house, database = glasshouse(f"sqlite:///{tmp_path / 'daypass.db'}")
    outbox, found = SqlOutbox(database, Listener.GLASS_HOOK), []
    house.broken()
    house.clock.forward(HOUR)

    for _ in range(2):
        measure([(Listener.GLASS_HOOK, outbox)], now=house.clock())
        found.append([_value("lines"), _value("behind_seconds")])
        for line in outbox.claim(now=house.clock(), hold=HOUR, limit=10):
            outbox.sent(line.id)
    database.close()

    assert found == [[1.0, 3600.0], [0.0, 0.0]]


def _value(name: str) -> float | None:
    return REGISTRY.get_sample_value(f"daypass_outbox_{name}", {"listener": "glass-hook"})
