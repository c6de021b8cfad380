"""
A Slack that misbehaves: slow, asking us to be slower, breaking the line, repeating itself, mixing up the order.

Whatever it does, each request ends with one outcome in the ledger, each message is there once, and each says it.
"""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from daypass.doors.slack.socket import ReconnectLimits
from daypass.model.event import EntryKind
from daypass.model.grant import GrantId
from daypass.model.request import Request, RequestState
from localslack import BlockingActor, BlockingSlack, Message, UserGroup
from tests.doors.slack.conftest import ASK, MANIFEST, PATIENCE_S, Office, channels, office, people, until

SHORT = ReconnectLimits(
    unconnected=timedelta(seconds=0.5), quiet=timedelta(minutes=10), look_every=timedelta(seconds=0.05)
)
OUTCOMES = {EntryKind.REQUEST_APPROVED, EntryKind.REQUEST_DENIED, EntryKind.REQUEST_CANCELLED, EntryKind.REQUEST_LAPSED}
WORDS = {RequestState.APPROVED: "*Approved* by", RequestState.CANCELLED: "*Cancelled* by"}


@pytest.fixture(params=["http", "socket"])
def slack(request: pytest.FixtureRequest) -> Iterator[BlockingSlack]:
    """A local Slack, by either of its two ways to an app."""
    groups = [UserGroup(id="S0LEADS", handle="leads", name="Leads", users=["U0CAROL"])]
    with BlockingSlack(
        manifest=MANIFEST,
        socket_mode=request.param == "socket",
        people=people(),
        channels=channels(),
        groups=groups,
        retry_after=(),
    ) as running:
        yield running


@pytest.fixture
def daypass(slack: BlockingSlack, tmp_path: Path) -> Iterator[Office]:
    """Daypass, open, asking approvers by direct message, connected as its Slack wants it."""
    by_socket = {"app_token": slack.app_token, "signing_secret": ""} if slack.inner.world.app.socket_mode else {}
    made = office(slack, tmp_path, patience=SHORT, **by_socket).open()
    connected(made)
    yield made
    made.close()


def connected(made: Office) -> None:
    """Wait for the socket, where there is one."""
    until(lambda: made.slack.sockets == 1 or not made.slack.inner.world.app.socket_mode)


def asked(made: Office, number: int) -> list[Request]:
    """Ann asks so many times; gives the requests once each of the three has each of them on the screen."""
    for _ in range(number):
        made.person("U0ANN").command("/daypass", f"{ASK} --again")
    until(lambda: len(made.services.ledger.requests()) >= number)
    requests = list(made.services.ledger.requests())
    until(lambda: all(about(made.person(who), one.id) for one in requests for who in ("U0ANN", "U0BOB", "U0CAROL")))
    return requests


def about(person: BlockingActor, request_id: GrantId) -> list[Message]:
    """The messages, not the replies, that this person has about a request."""
    found = [one for one in person.messages() if request_id in one.visible_text and not one.thread_ts]
    return [one for one in found if "Asked:" not in one.visible_text]


def click(person: BlockingActor, request_id: GrantId, action: str) -> None:
    """Press a button under the message about a request, as it was first seen."""
    until(lambda: about(person, request_id))
    person.click(about(person, request_id)[0], action, as_seen=True)


def must_have_ended_well(made: Office, requests: list[Request]) -> None:
    """One outcome each, one message for each person, all of them saying it, and nothing left to be told."""
    until(lambda: all(_shown(made, one.id) for one in requests))
    until(lambda: _outbox_is_empty(made))
    for one in requests:
        kinds = [event.kind for event in made.services.ledger.story(one.id)]
        assert kinds.count(EntryKind.REQUEST_FILED) == 1
        assert len([kind for kind in kinds if kind in OUTCOMES]) == 1
        for who in ("U0ANN", "U0BOB", "U0CAROL"):
            assert len(about(made.person(who), one.id)) == 1, f"{who} has it not once"
    assert len(made.services.ledger.requests()) == len(requests)


def _shown(made: Office, request_id: GrantId) -> bool:
    state = made.services.ledger.request(request_id).state
    people_ = [made.person(who) for who in ("U0ANN", "U0BOB", "U0CAROL")]
    return state in WORDS and all(WORDS[state] in one.visible_text for who in people_ for one in about(who, request_id))


def _outbox_is_empty(made: Office) -> bool:
    """Counted, so that nothing is taken from the one who tells."""
    with made.services.outbox._database.reading() as connection:  # type: ignore[attr-defined]
        return not connection.exec_driver_sql("SELECT count(*) FROM outbox").scalar()


def decided(made: Office, requests: list[Request]) -> None:
    """Bob approves one, Carol one, both at once one, and Ann takes one back: as nearly at once as people can."""
    bob, carol, ann = made.person("U0BOB"), made.person("U0CAROL"), made.person("U0ANN")
    first, second, both, back = (one.id for one in requests)
    clicks = [
        (bob, first, "review.approve"),
        (carol, second, "review.approve"),
        (bob, both, "review.approve"),
        (carol, both, "review.approve"),
        (ann, back, "mine.cancel"),
    ]
    with ThreadPoolExecutor(len(clicks)) as hands:
        for done in [hands.submit(click, *each) for each in clicks]:
            done.result(PATIENCE_S)


def test_a_slow_slack(daypass: Office, slack: BlockingSlack):
    """Every answer takes its time."""
    slack.faults.slow_by = 0.4
    requests = asked(daypass, 4)
    decided(daypass, requests)

    must_have_ended_well(daypass, requests)


def test_a_slack_that_asks_us_to_be_slower(daypass: Office, slack: BlockingSlack):
    """429 again and again, for posting and for changing; each pause is kept and nothing is lost."""
    slack.faults.rate_limit(4, retry_after=1, method="chat.postMessage")
    requests = asked(daypass, 4)
    slack.faults.rate_limit(4, retry_after=1, method="chat.update")
    decided(daypass, requests)

    must_have_ended_well(daypass, requests)
    refused: dict[str, float] = {}
    for call in slack.calls:
        assert call.began - refused.get(call.method, 0.0) > 0.9 or _at_once(call.began, refused[call.method])
        if call.status == 429:
            refused[call.method] = call.ended
    assert refused.keys() == {"chat.postMessage", "chat.update"}


def _at_once(began: float, refused: float) -> bool:
    """Whether a call was on its way already when the other one was refused."""
    return began - refused < 0.1


def test_a_slack_that_delivers_everything_twice(daypass: Office, slack: BlockingSlack):
    """Commands, clicks and events: what comes again changes nothing."""
    slack.faults.deliver_twice = slack.faults.deliver_events_twice = 1000
    requests = asked(daypass, 4)
    decided(daypass, requests)

    must_have_ended_well(daypass, requests)


def test_a_slack_that_mixes_up_the_order(daypass: Office, slack: BlockingSlack):
    """The last click arrives first."""
    requests = asked(daypass, 4)
    slack.faults.hold_back = 5
    decided(daypass, requests)

    must_have_ended_well(daypass, requests)


def test_a_slack_that_is_away_in_the_middle(daypass: Office, slack: BlockingSlack):
    """Everything is decided while its API answers 503; what became of it is told when it is back."""
    requests = asked(daypass, 4)
    slack.faults.unavailable = True
    decided(daypass, requests)
    until(lambda: not daypass.services.ledger.requests(states=[RequestState.PENDING]))
    slack.faults.unavailable = False
    daypass.clock.forward(timedelta(minutes=6))

    must_have_ended_well(daypass, requests)


@pytest.mark.parametrize("slack", ["socket"], indirect=True)
def test_a_line_that_breaks_under_every_click(daypass: Office, slack: BlockingSlack):
    """People see that something failed and click again; one of the clicks counts, once."""
    requests = asked(daypass, 4)
    bob, ann = daypass.person("U0BOB"), daypass.person("U0ANN")
    for one, (person, action) in zip(requests, [(bob, "review.approve")] * 3 + [(ann, "mine.cancel")], strict=True):
        card = about(person, one.id)[0]
        with ThreadPoolExecutor(1) as hands:
            clicked = hands.submit(person.click, card, action, as_seen=True)
            time.sleep(0.02)
            slack.drop_socket()
            clicked.result(PATIENCE_S)
        until(lambda: slack.sockets >= 1)
        person.click(card, action, as_seen=True)

    must_have_ended_well(daypass, requests)
