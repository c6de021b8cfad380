"""For whom a request says it is: a stranger's page, whose name points at our address, reads nothing here."""

import asyncio

import pytest
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient
from starlette.types import Message

from daypass.doors.hosts import Hosts
from daypass.wiring.run import measured


def status(path: str, *hosts: str) -> int:
    """What a request with these Host headers is answered, the public address being https://daypass.example:8443."""
    answered: list[int] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        answered.append(message.get("status", 0))

    headers = [(b"host", host.encode("latin-1")) for host in hosts]
    scope = {"type": "http", "path": path, "method": "GET", "headers": headers, "query_string": b""}
    asyncio.run(Hosts(PlainTextResponse("ok"), public_url="https://daypass.example:8443")(scope, receive, send))
    return answered[0]


@pytest.mark.parametrize(
    "host",
    [
        *("daypass.example", "daypass.example:8443", "DAYPASS.example.", "localhost", "localhost:80", "a.localhost"),
        *("127.0.0.1:8080", "10.1.2.3", "[::1]:8080", "[2001:db8::1]"),
    ],
)
def test_our_own_name_and_every_number_are_answered(host: str):
    """A page of a stranger's has neither: its name is not ours, and no number is its name."""
    assert status("/metrics", host) == 200


@pytest.mark.parametrize(
    "hosts",
    [
        *(("evil.example",), ("evil.example:8443",), ("xdaypass.example",), ("daypass.example.evil.example",)),
        *(("evil.example@localhost",), ("evillocalhost",), ("10.1.2.3.evil.example",), ("[::1",), ("\xff",), ("",), ()),
        ("daypass.example", "evil.example"),
    ],
)
def test_what_is_for_another_host_is_not_answered(hosts: tuple[str, ...]):
    """Nor what is for two, or for none; /healthz is, which load balancers ask by names of their own."""
    assert (status("/metrics", *hosts), status("/healthz", *hosts)) == (421, 200)


@pytest.mark.parametrize(
    "accept",
    ["", "*/*", "\xff\xfe", "application/openmetrics-text;q=nan;version=x", "a;q=;;,,", "text/plain;version=1"],
)
def test_a_workers_metrics_are_shown_whatever_is_accepted(accept: str):
    """The library's own application answered 500 to some."""
    asking = TestClient(measured("https://daypass.example"), base_url="http://127.0.0.1")
    answer = asking.get("/metrics", headers={b"accept": accept.encode("latin-1")})

    assert answer.status_code == 200
    assert "python_info" in answer.text


def test_a_workers_metrics_are_for_no_other_host():
    """Nor for a method that they do not take."""
    asking = TestClient(measured("https://daypass.example"), base_url="http://127.0.0.1")

    assert asking.get("/metrics", headers={"Host": "evil.example"}).status_code == 421
    assert asking.post("/metrics").status_code == 405
