"""The main job with other doors and another store, and while Slack is away."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from daypass.model.event import EntryKind
from daypass.model.grant import GrantId, GrantState
from tests.deliveries.world import INSIDE, World
from tests.e2e.evening import WHOSE
from tests.e2e.holds import Credentials
from tests.e2e.house import ANN, BOB, CLAIMS_LAPSE_S, House, wait_for
from tests.e2e.service import CHANNEL
from tests.servers.process import kill

SECOND = timedelta(seconds=1)


@pytest.fixture
def by_socket(ministack_world: World, tmp_path: Path) -> Iterator[House]:
    """Yield a house that Slack reaches by Socket Mode."""
    with House(ministack_world, tmp_path, socket_mode=True) as house:
        wait_for(lambda: house.slack.sockets)
        yield house


@pytest.fixture
def on_postgres(ministack_world: World, tmp_path: Path, postgres_url: str) -> Iterator[House]:
    """Yield a house on PostgreSQL: one `serve` that opens doors alone, two workers beside it."""
    with House(ministack_world, tmp_path, store_url=postgres_url, workers=2) as house:
        yield house


@pytest.fixture
def on_sqlite(ministack_world: World, tmp_path: Path) -> Iterator[House]:
    """Yield a house as it comes."""
    with House(ministack_world, tmp_path) as house:
        yield house


def refused_at(house: House) -> datetime:
    """Ask AWS with Ann's keys until it refuses."""
    hold = Credentials(house.keys[ANN])
    wait_for(lambda: not hold.reads(house.world.bucket, INSIDE))
    return datetime.now(UTC)


def test_the_main_job_by_socket_mode(by_socket: House):
    """No public address: asked, approved, ended by AWS with Daypass dead, told over a new socket, asked again."""
    house = by_socket
    grant_id = house.lent(ANN, for_="10s", delivery="policy")
    ends = house.lease(grant_id).ends
    house.service.kill()
    refused = refused_at(house)
    house.service.start()
    house.told(ANN, grant_id, "*Ended*", within_s=CLAIMS_LAPSE_S)
    wait_for(lambda: house.slack.sockets)

    assert ends <= refused < ends + SECOND
    assert house.standing(grant_id) == []
    assert house.question(house.ask(ANN, for_="1h", delivery="policy")).visible_text


@pytest.mark.long
def test_many_workers_on_postgres_do_each_step_once(on_postgres: House):
    """Two workers, one of them killed half-way: each grant is activated once and ended once, and people are told."""
    house = on_postgres
    asked = {house.ask(who, for_="6s", delivery=how): who for how, who in [*WHOSE.items()] * 2}
    for grant_id in asked:
        house.approve(grant_id)
    wait_for(lambda: {house.state(one) for one in asked}.isdisjoint({None, GrantState.APPROVED}))
    kill(house.service.working.pop())
    for grant_id, who in asked.items():
        house.told(who, grant_id, "*Ended*", within_s=CLAIMS_LAPSE_S)

    stories = [[event.kind for event in house.ledger.story(one)] for one in asked]
    assert [story.count(EntryKind.GRANT_ACTIVATED) for story in stories] == [1] * 6
    assert [story.count(EntryKind.GRANT_ENDED) for story in stories] == [1] * 6
    assert [house.standing(one) for one in asked] == [[]] * 6
    assert "verified" in house.verdict()


def posted(house: House, grant_id: GrantId) -> str:
    """Everything about a grant that can be read in Slack."""
    seen = [*house.person(ANN).messages(), *house.person(BOB).messages(CHANNEL)]
    return "\n".join(one.visible_text for one in seen if grant_id in str(one.blocks))


@pytest.mark.long
def test_11_slack_down_from_the_decision_to_the_end_delays_messages_alone(on_sqlite: House):
    """Nothing can be posted while it is decided, lent and ended; all of it happens on time, and is told afterwards."""
    house = on_sqlite
    grant_id = house.ask(ANN, for_="8s", delivery="policy")
    question = house.question(grant_id)
    house.told(ANN, grant_id, "*Waits*")
    for method in ("chat.postMessage", "chat.update", "chat.postEphemeral", "views.publish"):
        house.slack.faults.refuse("service_unavailable", calls=1_000, method=method)
    house.person(BOB).click(question, "review.approve")
    wait_for(lambda: house.state(grant_id) is GrantState.ACTIVE)
    house.slack.faults.unavailable = True
    ends = house.lease(grant_id).ends
    refused = refused_at(house)
    house.wait_until_ended(grant_id)
    during = posted(house, grant_id)
    house.slack.faults.clear()
    house.told(ANN, grant_id, "*Ended*", within_s=60)
    wait_for(lambda: "*Approved* by <@U0BOB>" in house.question(grant_id).visible_text)

    assert ends <= refused < ends + SECOND
    assert not any(word in during for word in ("Approved", "Live", "Ended*"))
    assert house.standing(grant_id) == []
