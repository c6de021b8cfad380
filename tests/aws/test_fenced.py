"""Every attempt to send a write to AWS asks its fence, and tells it what became of the attempt (F1, F2)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from daypass.aws.clients import AwsCredentials, Clients
from daypass.aws.inline_policies import InlinePolicies
from daypass.aws.refusals import asking
from daypass.model.errors import DaypassError, Unavailable
from daypass.ports.fence import (
    ATTEMPT,
    CONNECT_S,
    FLIGHT,
    HOLD,
    READ_S,
    TRIES,
    Overtaken,
    UnfencedError,
    writing_under,
)
from tests.servers.process import free_port

BODIES = {
    200: b"<R><ListUserPoliciesResult><PolicyNames/></ListUserPoliciesResult>"
    b"<ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></R>",
    500: b"<ErrorResponse><Error><Code>InternalFailure</Code></Error><RequestId>1</RequestId></ErrorResponse>",
}


@dataclass
class Recorder:
    """A fence that remembers, and refuses after so many."""

    lets: int = 99
    asked: int = 0
    settled: list[bool] = field(default_factory=list)

    def ask(self, write: str) -> None:
        """Let it through while it may be."""
        assert write == "iam:PutUserPolicy"
        self.asked += 1
        if self.asked > self.lets:
            raise Overtaken("Somebody else went on with it.")

    def told(self, write: str, *, settled: bool) -> None:  # noqa: ARG002 - the port's
        """Remember."""
        self.settled.append(settled)

    def reading(self) -> None:
        """Nothing is read here."""


@dataclass
class Aws:
    """A server that answers as it is told to: a status, or 0 for a connection that breaks."""

    port: int
    answers: list[int] = field(default_factory=list)
    came: int = 0

    @property
    def policies(self) -> InlinePolicies:
        """The policies of a user there."""
        keys = AwsCredentials(access_key_id="a", secret_access_key="b")
        clients = Clients(region="eu-west-1", endpoint=f"http://127.0.0.1:{self.port}", keys=keys)
        return InlinePolicies(clients=clients, kind="user", owner="ann")


@pytest.fixture
def aws() -> Iterator[Aws]:
    """Yield a server."""
    made = Aws(port=0)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            made.came += 1
            status = made.answers.pop(0) if made.answers else 200
            if status:
                self.send_response(status)
                self.send_header("Content-Length", str(len(BODIES[status])))
                self.end_headers()
                self.wfile.write(BODIES[status])
            else:
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.port = server.server_port
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield made
    server.shutdown()
    server.server_close()


def test_a_write_outside_of_any_fence_never_leaves(aws: Aws):
    """So no delivery can forget to ask."""
    with pytest.raises(UnfencedError, match="iam:PutUserPolicy"):
        aws.policies.put("p", "{}")
    assert aws.came == 0


def test_each_attempt_of_the_sdk_asks(aws: Aws):
    """The first answer is a 500: the SDK tries again, and asks again."""
    aws.answers = [500, 200]
    fence = Recorder()
    with writing_under(fence):
        aws.policies.put("p", "{}")

    assert (aws.came, fence.asked, fence.settled) == (2, 2, [True, True])


def test_who_was_overtaken_between_two_attempts_sends_no_second_one(aws: Aws):
    """The refusal of the fence is not tried again either."""
    aws.answers = [500, 200]
    fence = Recorder(lets=1)
    with pytest.raises(Overtaken), writing_under(fence):
        aws.policies.put("p", "{}")

    assert (aws.came, fence.asked, fence.settled) == (1, 2, [True])


def test_a_write_without_an_answer_is_not_settled(aws: Aws):
    """The connection broke after the request: AWS may have carried it out, or will."""
    aws.answers = [0, 0, 0]
    fence = Recorder()
    with pytest.raises(DaypassError), writing_under(fence):
        aws.policies.put("p", "{}")

    assert aws.came == TRIES
    assert fence.settled == [False] * TRIES


@pytest.mark.heavy
def test_a_write_that_was_never_sent_is_settled():
    """Nobody listens there: nothing can take effect later."""
    fence = Recorder()
    with pytest.raises(Unavailable), writing_under(fence):
        Aws(port=free_port()).policies.put("p", "{}")

    assert fence.settled == [True] * TRIES


def test_the_longest_attempt_ends_well_before_its_claim():
    """An attempt, then what a renewal leaves at least, then the hold; and a whole call still ends within a hold."""
    config: Any = Clients(region="eu-west-1").iam.meta.config

    assert timedelta(seconds=config.connect_timeout + config.read_timeout) == ATTEMPT
    assert timedelta(seconds=CONNECT_S + READ_S) == ATTEMPT < FLIGHT < HOLD / 2 < HOLD
    assert TRIES * ATTEMPT + timedelta(seconds=3) < HOLD


def test_a_read_needs_no_fence(aws: Aws):
    """The doctor and the forms look at AWS under no claim."""
    with asking("iam:ListUserPolicies"):
        aws.policies.names()
    assert aws.came == 1
