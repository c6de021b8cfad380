"""
Payloads as no Slack sends them, signed and not, by either way in: refused or dropped, and never an error of ours.

What Slack really sends is recorded, and then one thing in it is put wrong: left out, of another kind, cut, not text.
"""

import copy
import hashlib
import hmac
import json
import logging
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from localslack import BlockingActor
from localslack.deliveries import Delivery, Family
from tests.doors.slack.conftest import ASK, Office, review
from tests.examples import examples

pytestmark = pytest.mark.filterwarnings("ignore:Do not use the .random. module inside strategies")
"""The service runs in this process: its libraries may draw while a payload is drawn here."""
ONE_SERVICE = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
GONE = object()
ODD: list[Any] = [
    *(GONE, None, 0, -1, 1.5, True, [], [[]], [0], [None], {}, {"id": 5}, {"id": []}, {"values": []}),
    *("", " ", "\0", "x" * 300, "U0ANN\n", "<@U0BOB>", "../..", [{"action_id": 5}], {"x": {"y": {"value": 5}}}),
]
ODD_BYTES: tuple[bytes, ...] = (
    b"",
    b"{",
    b"[]",
    b"null",
    b"\xff\xfe",
    b"payload=",
    b"payload=%7B",
    b"payload=[]",
    b"payload=%FF",
    b"[" * 9999,
)
ODD_BYTES += (
    b'{"type": NaN}',
    b'{"type": "\\ud800"}',
    b'{"a":' * 999,
    b"payload=1" + b"0" * 9999,
    b"type=event_callback",
)
ODD_BYTES += (
    b"command",
    b"command=%2Fdaypass",
    b"command=x&payload=5",
    b"ssl_check=0",
    b'{"ssl_check": 5}',
    b"a=1&" * 999,
)
KINDS = ["url_verification", "event_callback", "block_actions", "block_suggestion", "view_submission", "view_closed"]
KINDS += ["shortcut", "message_action", "interactive_message", "dialog_submission", "function_executed", "hello", ""]
NAMES = ["event", "user", "team", "view", "actions", "state", "authorizations", "enterprise", "channel", "message"]
NAMES += ["response_urls", "response_url", "command", "is_ext_shared_channel", "function_data", "assistant_thread"]
JUNK = st.recursive(
    st.sampled_from([value for value in ODD if value is not GONE]),
    lambda inner: st.dictionaries(st.sampled_from([*NAMES, "id", "type", "callback_id", "user_id"]), inner, max_size=3),
    max_leaves=4,
)


class Wire:
    """Sends bytes as Slack would, and says what came of all of them."""

    def __init__(self, daypass: Office, sent: list[Delivery]) -> None:
        self.sent = sent
        self._daypass = daypass
        self._secret = daypass.slack.signing_secret.encode()
        self.http = httpx2.Client(base_url=f"http://127.0.0.1:{daypass.port}", timeout=20)
        self._number = 0

    def post(self, body: bytes, content_type: str, *, signed: bool = True, **headers: str) -> httpx2.Response:
        """Post a body, signed now."""
        date = str(int(self._daypass.clock().timestamp()))
        of_slack = hmac.new(self._secret, f"v0:{date}:".encode() + body, hashlib.sha256).hexdigest()
        signature = f"v0={of_slack if signed else '00'}"
        told = {"X-Slack-Request-Timestamp": date, "X-Slack-Signature": signature, "Content-Type": content_type}
        return self.http.post("/slack/events", content=body, headers=told | headers)

    def bytes_of(self, family: Family, payload: Any) -> tuple[bytes, str]:
        """Give a payload as its kind of delivery travels."""
        if family is Family.EVENT:
            return json.dumps(payload).encode(), "application/json"
        form = payload if family is Family.COMMAND else {"payload": json.dumps(payload)}
        return urlencode(form).encode(), "application/x-www-form-urlencoded"

    def anew(self, delivery: Delivery) -> dict[str, Any]:
        """Give a copy of what was sent that is not one sent again."""
        self._number += 1
        payload = copy.deepcopy(delivery.payload)
        for name in ("trigger_id", "event_id"):
            if name in payload:
                payload[name] += str(self._number)
        return payload


@pytest.fixture
def wire(daypass: Office, ann: BlockingActor, bob: BlockingActor) -> Iterator[Wire]:
    """A Daypass to which each kind of thing was sent once."""
    daypass.ask()
    bob.click(review(bob), "review.deny")
    bob.submit(bob.wait_for_modal(), {"reason": "no"})
    ann.shortcut("request_access")
    form = ann.wait_for_modal("Request access")
    ann.type_ahead(form, "resource", "acme")
    ann.submit(form, {"level": ["read"], "resource": "acme-reports/2026/", "reason": "x", "length": "soon"})
    ann.open_home()
    ann.say("one word more", thread_ts=ann.wait_for_message("acme-reports").ts)
    daypass.slack.tell_of_person("U0EVE", deleted=True)
    daypass.slack.settle()
    found = {
        (one.kind, str(one.payload.get("actions", [{}])[0].get("action_id"))): one for one in daypass.slack.deliveries
    }
    assert set(Family) == {one.family for one in found.values()}
    made = Wire(daypass, list(found.values()))
    with made.http:
        yield made


@pytest.fixture
def quiet(daypass: Office, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Nothing that happens within is logged as a failure of ours, by us or by a library."""
    with capture_logs() as lines, caplog.at_level(logging.WARNING):
        yield
        daypass.thread.run(daypass.door._turns.drain(within=20))
    failures = [line for line in lines if line["log_level"] in {"error", "critical"}]
    assert not failures, failures[:3]
    assert not [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]


def places(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a payload."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inside:
        yield (*place, key)
        yield from places(each, (*place, key))


def spoiled(payload: Any, place: tuple[Any, ...], odd: Any) -> None:
    """Put one thing into a payload, or take it out."""
    for key in place[:-1]:
        payload = payload[key]
    if odd is GONE:
        del payload[place[-1]]
    else:
        payload[place[-1]] = odd


def must_be_answered(answer: httpx2.Response) -> None:
    """Taken or refused with a sentence."""
    assert answer.status_code == 200 or 400 <= answer.status_code < 500, answer.text
    assert answer.status_code == 200 or " " in answer.text


@pytest.mark.usefixtures("quiet")
@settings(examples(400), suppress_health_check=ONE_SERVICE)
@given(data=st.data())
def test_a_signed_payload_with_one_thing_wrong_is_refused_or_dropped(wire: Wire, data: st.DataObject):
    """Whatever is missing or of another kind, in whatever Slack sends."""
    delivery = data.draw(st.sampled_from(wire.sent))
    payload = wire.anew(delivery)
    spoiled(payload, data.draw(st.sampled_from(list(places(payload)))), data.draw(st.sampled_from(ODD) | JUNK))

    must_be_answered(wire.post(*wire.bytes_of(delivery.family, payload)))


@pytest.mark.usefixtures("quiet")
@settings(examples(150), suppress_health_check=ONE_SERVICE)
@given(kind=st.sampled_from([*KINDS, 5, None, []]), rest=st.dictionaries(st.sampled_from(NAMES), JUNK, max_size=4))
def test_a_signed_payload_of_any_type_is_refused_or_dropped(wire: Wire, kind: Any, rest: dict[str, Any]):
    """Types that Slack has and types that it has not, with anything in them."""
    for family in (Family.EVENT, Family.INTERACTION):
        must_be_answered(wire.post(*wire.bytes_of(family, {"type": kind, **rest})))


@pytest.mark.usefixtures("quiet")
@settings(examples(100), suppress_health_check=ONE_SERVICE)
@given(body=st.sampled_from(ODD_BYTES) | st.binary(max_size=60), json_=st.booleans(), signed=st.booleans())
def test_signed_bytes_that_are_no_payload_are_refused(wire: Wire, body: bytes, json_: bool, signed: bool):
    """Not text, not JSON, too deep; and without a signature they are not looked at."""
    kind = "application/json" if json_ else "application/x-www-form-urlencoded"
    answer = wire.post(body, kind, signed=signed, **{"X-Slack-Bolt-Lazy-Only": "1", "X-Slack-Retry-Num": "x"})

    assert answer.status_code in ({200, 400, 401, 404} if signed else {401})
    assert answer.status_code in {200, 401} or " " in answer.text


def test_a_fault_of_ours_is_not_taken_for_a_malformed_payload(daypass: Office, ann: BlockingActor):
    """What is whole and fails behind the door is logged as a failure, and its person reads a sentence."""
    daypass.rules.clear()
    with capture_logs() as lines:
        ann.command("/daypass", ASK)
        ann.wait_for_ephemeral("Something went wrong inside Daypass")

    assert [line["error"] for line in lines if line["event"] == "slack.turn_failed"] == ["IndexError"]
