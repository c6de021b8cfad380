"""Socket Mode, and the watchdog that replaces a connection that is dead or deaf."""

import copy
import json
import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from daypass.doors.slack.socket import ReconnectLimits, Socket
from localslack import BlockingActor, BlockingSlack
from tests.doors.slack.conftest import MANIFEST, Office, channels, office, people, review, until
from tests.doors.slack.test_malformed import JUNK, ODD, ONE_SERVICE, places, spoiled
from tests.examples import examples

FRAMES = [
    "",
    "x",
    "[]",
    "null",
    "{",
    '{"a":' * 999,
    '{"type": NaN}',
    '{"type": "\\ud800"}',
    '{"type": "\\u0000"}',
    "{}",
]
FRAMES += ['{"type": []}', '{"type": "events_api"}', '{"type": "slash_commands", "envelope_id": "1"}']
FRAMES += ['{"type": "events_api", "envelope_id": 5, "payload": {}}']
FRAMES += ['{"type": "events_api", "envelope_id": "2", "payload": []}']
FRAMES += ['{"type": "interactive", "envelope_id": "4", "payload": "text"}', '{"type": "hello", "payload": {}}']
SHORT = ReconnectLimits(
    unconnected=timedelta(seconds=0.5), quiet=timedelta(minutes=10), look_every=timedelta(seconds=0.05)
)


@pytest.fixture
def slack() -> Iterator[BlockingSlack]:
    """A local Slack that the app connects to, as the manifest in the repository says."""
    with BlockingSlack(manifest=MANIFEST, people=people(), channels=channels(), groups=[]) as running:
        yield running


@pytest.fixture
def daypass(slack: BlockingSlack, tmp_path: Path) -> Iterator[Office]:
    """Daypass, connected, without a signing secret: it has no HTTP side at all."""
    made = office(slack, tmp_path, patience=SHORT, app_token=slack.app_token, signing_secret="").open()
    until(lambda: slack.sockets == 1)
    yield made
    made.close()


def socket_of(made: Office) -> Socket:
    """The door's socket."""
    assert made.door.socket is not None
    return made.door.socket


def test_the_main_flow_needs_no_public_address(daypass: Office, ann: BlockingActor, bob: BlockingActor):
    """Asked, approved and live, with every payload through the socket and no HTTP address served."""
    assert daypass.door.routes() == []
    daypass.ask()
    bob.click(review(bob), "review.approve")
    ann.wait_for_message("*Approved* by")
    daypass.work()

    ann.wait_for_message("*Live* until")


def test_a_form_and_a_typeahead_work_through_the_socket(daypass: Office, ann: BlockingActor):
    """Answers that travel in the acknowledgement arrive too."""
    ann.shortcut("request_access")
    form = ann.wait_for_modal("Request access")
    fields = {"level": ["read"], "resource": "acme-reports/2026/", "reason": "x"}

    assert "length" in ann.submit(form, fields | {"length": "soon"}).errors
    assert ann.submit(form, fields | {"length": "2h"}).closed


def test_a_broken_connection_is_made_again(daypass: Office, ann: BlockingActor, slack: BlockingSlack):
    """Slack drops it without a word; the next command is answered."""
    slack.drop_socket()
    until(lambda: slack.sockets == 1)
    ann.command("/daypass", "help")

    ann.wait_for_ephemeral("What you can type")


def test_a_deaf_connection_is_replaced_by_a_new_app_and_client(
    daypass: Office, ann: BlockingActor, slack: BlockingSlack
):
    """Connected, but nothing came for too long: all is rebuilt, the new one connected before the old is closed."""
    daypass.clock.forward(timedelta(minutes=11))
    until(lambda: socket_of(daypass).rebuilt >= 1)
    until(lambda: slack.sockets == 1)
    ann.command("/daypass", "help")

    ann.wait_for_ephemeral("What you can type")


def test_the_age_of_the_last_envelope_is_known(daypass: Office, ann: BlockingActor):
    """None before anything came, then the time since."""
    before = daypass.door.envelope_age
    ann.command("/daypass", "help")
    ann.wait_for_ephemeral("What you can type")
    daypass.clock.forward(timedelta(minutes=5))
    age = daypass.door.envelope_age

    assert before is None
    assert age is not None
    assert timedelta(minutes=5) <= age < timedelta(minutes=6)


def test_slack_away_at_the_start_is_waited_for(slack: BlockingSlack, tmp_path: Path):
    """The service starts without Slack, and connects when it comes."""
    slack.go_down()
    made = office(slack, tmp_path, patience=SHORT, app_token=slack.app_token, signing_secret="").open()
    slack.come_back()
    until(lambda: slack.sockets > 0)
    made.person("U0ANN").command("/daypass", "help")

    made.person("U0ANN").wait_for_ephemeral("What you can type")
    made.close()


@pytest.mark.filterwarnings("ignore:Do not use the .random. module inside strategies")
@settings(examples(60), suppress_health_check=ONE_SERVICE)
@given(data=st.data())
def test_an_odd_envelope_ends_no_socket(
    daypass: Office, ann: BlockingActor, caplog: pytest.LogCaptureFixture, data: st.DataObject
):
    """What follows it on the same connection is answered, nothing is connected anew, and no failure is logged."""
    slack = daypass.slack
    with capture_logs() as lines, caplog.at_level(logging.WARNING):
        ann.command("/daypass", "help")
        payload = copy.deepcopy(slack.deliveries[-1].payload)
        spoiled(payload, data.draw(st.sampled_from(list(places(payload)))), data.draw(st.sampled_from(ODD) | JUNK))
        slack.frame(data.draw(st.sampled_from(FRAMES)))
        slack.frame(json.dumps({"type": "slash_commands", "envelope_id": "5", "payload": payload}))
        after = ann.command("/daypass", "help")

    assert after.failure is None
    assert (socket_of(daypass).rebuilt, slack.sockets) == (0, 1)
    assert not [line for line in lines if line["log_level"] == "error"]
    assert not [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]
