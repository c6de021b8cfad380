"""What Slack did not sign, or signed too long ago by the time that all replicas share, is not read."""

from datetime import UTC, datetime, timedelta

import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.signature import SignatureVerifier
from starlette.applications import Starlette
from starlette.testclient import TestClient

from daypass.doors.slack.acknowledge import Arrivals
from daypass.doors.slack.inbound import PATH, may_be_slacks, routes
from daypass.model.errors import Unavailable
from tests.makers import NOON

SECRET = "a signing secret"
BODY = b"command=%2Fdaypass&text=help&ssl_check=0"


@pytest.fixture
def slack() -> TestClient:
    """The address that Slack posts to, at noon by the time that all share."""
    app = AsyncApp(signing_secret=SECRET, token="xoxb-none", request_verification_enabled=False)
    return TestClient(Starlette(routes=routes(app, SECRET, lambda: NOON, Arrivals())))


def signed(body: bytes = BODY, *, ago: timedelta = timedelta()) -> dict[str, str]:
    """The headers with which Slack signs this body, so long ago."""
    date = str(int((NOON - ago).timestamp()))
    signature = SignatureVerifier(SECRET).generate_signature(timestamp=date, body=body)
    return {"x-slack-request-timestamp": date, "x-slack-signature": str(signature)}


@pytest.mark.parametrize("ago", [timedelta(), timedelta(minutes=5), timedelta(minutes=-5)])
def test_what_slack_signed_within_five_minutes_is_read(slack: TestClient, ago: timedelta):
    """By the shared time, whatever this machine's clock says: today is not that day."""
    assert slack.post(PATH, content=BODY, headers=signed(ago=ago)).status_code != 401


def test_what_slack_signed_now_by_this_machines_clock_is_read(slack: TestClient):
    """The time that all share may be the one that is off, as AWS has a say in it."""
    assert slack.post(PATH, content=BODY, headers=signed(ago=NOON - datetime.now(UTC))).status_code != 401


@pytest.mark.parametrize(
    "headers",
    [
        {},
        signed(ago=timedelta(minutes=5, seconds=1)),
        signed(ago=timedelta(minutes=-5, seconds=-1)),
        signed(b"another body"),
        {**signed(), "x-slack-request-timestamp": "noon"},
        {**signed(), "x-slack-request-timestamp": "9" * 400},
        {**signed(), "x-slack-signature": "v0=ü"},
    ],
    ids=[
        "unsigned",
        "too old",
        "too new",
        "another body",
        "a date that is none",
        "a date beyond all",
        "a signature that is no text",
    ],
)
def test_what_is_not_slacks_is_refused_in_one_way(slack: TestClient, headers: dict[str, str]):
    """Also what makes a verifier stumble: nobody learns anything, and nothing fails inside."""
    raw = {name.encode(): value.encode("latin-1") for name, value in headers.items()}

    assert slack.post(PATH, content=BODY, headers=raw).status_code == 401


def test_a_body_that_is_no_text_is_refused(slack: TestClient):
    """Whatever signature it comes with."""
    assert slack.post(PATH, content=b"\xff\xfe", headers=signed()).status_code == 401


@pytest.mark.parametrize(
    ("headers", "read"),
    [
        (signed(), True),
        (signed(ago=timedelta(minutes=5)), True),
        (signed(ago=NOON - datetime.now(UTC)), True),
        ({}, False),
        ({"x-slack-signature": "v0=a"}, False),
        ({**signed(), "x-slack-signature": ""}, False),
        (signed(ago=timedelta(minutes=5, seconds=1)), False),
        ({**signed(), "x-slack-request-timestamp": "noon"}, False),
        ({**signed(), "x-slack-request-timestamp": "\u0661"}, False),
        ({**signed(), "x-slack-request-timestamp": "9" * 400}, False),
    ],
)
def test_a_body_is_read_only_behind_a_head_that_slack_could_have_sent(headers: dict[str, str], read: bool):
    """A megabyte of each stranger's was held until it was whole, without any signature."""
    assert may_be_slacks(headers, lambda: NOON) is read


def test_while_the_shared_time_cannot_be_told_a_body_is_read():
    """Its signature may be good by this machine's clock, which is off then: it is looked at, not refused unread."""

    def off() -> datetime:
        raise Unavailable("the clocks differ")

    assert may_be_slacks(signed(), off)
