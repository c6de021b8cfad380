"""Attacks on availability by somebody who knows the address and nothing else."""

import json
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx2
import pytest

from tests.attacks.checkout import Checkout
from tests.attacks.cost import memory
from tests.attacks.site import ALICE, BOB, Site, wait_for
from tests.servers.listeners import beyond_this_machine
from tests.servers.process import start, stop

SILENT, UNFINISHED, KEPT = 1000, 200, 200
HUGE = 200 * 1024 * 1024
SOON_S = 5.0
CODE = {"code": "7K2MQ-00000-00000-00000-00000", "level": "read", "resource": "acme-reports/2026/", "reason": "down"}


def test_b01_silent_connections_keep_nobody_out(site: Site):
    """A thousand that say nothing, two hundred bodies that do not end, two hundred kept alive: a click counts."""
    asked = site.ask(ALICE)
    question = site.question(asked)
    with ExitStack() as stack:
        for number in range(SILENT + UNFINISHED + KEPT):
            stack.enter_context(_stranger(site, number))
        began = time.monotonic()
        with httpx2.Client(base_url=site.url, timeout=SOON_S) as somebody:
            healthy, unsigned = somebody.get("/healthz"), somebody.post("/slack/events", content=b"{}")
        site.person(BOB).click(question, "review.approve")
        took = time.monotonic() - began
        wait_for(
            lambda: site.request(ALICE, asked)["request"]["state"] == "approved", within_s=SOON_S, what="Bob's approval"
        )
    assert (healthy.status_code, unsigned.status_code) == (200, 401)
    assert took < SOON_S


@pytest.mark.parametrize("path", ["/slack/events", "/v1/requests", "/v1/rules/lint", "/l/any", "/healthz"])
def test_b02_a_body_without_end_is_refused_while_it_is_read(site: Site, path: str):
    """Two hundred megabytes of a stranger's, in chunks: the answer comes after the first few, and memory stays."""
    before = memory(site)
    with socket.create_connection(_address(site), timeout=60) as opened:
        opened.sendall(f"POST {path} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n".encode())
        sent = _send_chunks(opened)
        answer = opened.recv(4096)
    assert sent < HUGE / 10, f"{sent:,} bytes were read before it was refused"
    assert answer.startswith((b"HTTP/1.1 4", b"")), answer
    assert memory(site) - before < HUGE / 4


@pytest.mark.parametrize(
    ("content", "headers"),
    [
        (b"\xff\xfe{", {"Content-Type": "application/json"}),
        (b"payload=%7B", {"X-Slack-Signature": "v0=\x7f", "X-Slack-Request-Timestamp": "never"}),
        (json.dumps([[]] * 1000).encode(), {"X-Slack-Request-Timestamp": "9" * 400, "X-Slack-Signature": "v0="}),
        (b"", {}),
    ],
    ids=["no text", "no date", "a date beyond all", "nothing"],
)
def test_b02_what_a_stranger_posts_to_slacks_address_is_refused(site: Site, content: bytes, headers: dict[str, str]):
    """As his mistake, and never as an error of ours."""
    answer = site.http.post("/slack/events", content=content, headers=headers)

    assert answer.status_code in {400, 401}, f"{answer.status_code}: {answer.text[:200]}"


def test_b04_wrong_codes_keep_no_good_one_waiting(site: Site):
    """Every 0.3 s a wrong one from the same address: the good one opens its session at once."""
    sealed = site.call(BOB, "/v1/glass/codes", {"count": 1, "days": 30}).json()["codes"]
    for _ in range(5):
        site.http.post("/v1/glass", json=CODE)
        time.sleep(0.3)
    answer = site.http.post("/v1/end-session", json={"code": sealed[0]})
    assert answer.status_code == 201, f"a good code is answered {answer.status_code}: {answer.text[:200]}"


def test_b10_nothing_that_the_demo_starts_listens_beyond_this_machine(checkout: Checkout, tmp_path: Path):
    """Its AWS, its Slack, its page and Daypass: the operating system is asked where each of them listens."""
    log = tmp_path / "demo.log"
    demo = start(checkout.command("demo"), environment=checkout.environment | {"HOME": str(tmp_path)}, log=log)
    try:
        wait_for(lambda: "Daypass is up" in log.read_text(encoding="utf-8"), within_s=120, what="the demo")
        reached = beyond_this_machine()
    finally:
        stop(demo, patience=20)

    assert reached == set(), f"others on the network reach {reached}"


def _address(site: Site) -> tuple[str, int]:
    url = httpx2.URL(site.url)
    return url.host, url.port or 80


@contextmanager
def _stranger(site: Site, number: int) -> Iterator[None]:
    """Hold one connection open, of one kind or another."""
    with socket.create_connection(_address(site), timeout=60) as opened:
        if SILENT <= number < SILENT + UNFINISHED:
            opened.sendall(b"POST /v1/requests HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nabc")
        elif number >= SILENT + UNFINISHED:
            opened.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        yield


def _send_chunks(opened: socket.socket) -> int:
    """Send until the other side has enough; gives how many bytes went out."""
    piece, sent = b"x" * 65_536, 0
    opened.settimeout(2)
    try:
        while sent < HUGE:
            opened.sendall(b"%x\r\n%s\r\n" % (len(piece), piece))
            sent += len(piece)
    except OSError:
        pass
    return sent
