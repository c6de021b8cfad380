"""Attacks on availability by crowds: what costs much to refuse, what fills the memory, the lists and the files."""

import http.client
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass

import httpx2
import pytest

from tests.attacks.cost import connections, cpu_s, memory, open_files
from tests.attacks.site import ALICE, BOB, DAVE, Site, code_of, wait_for

SOON_S = 5.0
_MIB = 1024 * 1024
_PART = b'--b\r\nContent-Disposition: form-data; name="a"; filename="x"\r\n\r\n\r\n'


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One request of a stranger's."""

    method: str
    path: str
    body: bytes = b""
    of_type: str = "application/json"

    @property
    def empty(self) -> "Sent":
        """The same with nothing in it."""
        return Sent(method=self.method, path=self.path.partition("?")[0], of_type=self.of_type)


_COSTLY = {
    "a query": Sent(method="GET", path="/passkeys/new?" + "a&" * 30_000),
    "names": Sent(method="POST", path="/v1/login/device", body=json.dumps({f"a{n}": 1 for n in range(4_500)}).encode()),
    "files": Sent(
        method="POST", path="/v1/token", body=_PART * 900 + b"--b--", of_type="multipart/form-data; boundary=b"
    ),
}


@pytest.mark.parametrize("sent", _COSTLY.values(), ids=list(_COSTLY))
def test_s03_what_a_stranger_sends_costs_no_more_than_an_empty_request(site: Site, sent: Sent):
    """Sixty kilobytes made to be costly to read: refusing them takes about as long as refusing nothing at all."""
    _refused(site, sent.empty)
    nothing, much = _costs(site, sent.empty), _costs(site, sent)

    assert much < 4 * nothing + 0.3, f"fifty take {much:.2f} s of the processor, and fifty empty ones {nothing:.2f} s"


def test_s03_a_crowd_of_costly_requests_holds_up_nobody(site: Site):
    """Sixty strangers send one a second each: a click, an unsigned one and the end of a grant are done soon."""
    asked, lives = site.ask(ALICE), site.live(DAVE, resource="acme-tiny/2026/", delivery="session")
    question = site.question(asked)
    with _crowd(site, 60):
        began = time.monotonic()
        unsigned = site.http.post("/slack/events", content=b"{}")
        site.person(BOB).click(question, "review.approve")
        done = site.call(DAVE, f"/v1/grants/{lives}/done", {})
        took = time.monotonic() - began
    wait_for(lambda: site.request(ALICE, asked)["request"]["state"] == "approved", within_s=SOON_S, what="the click")

    assert (unsigned.status_code, done.status_code) == (401, 200)
    assert took < SOON_S, f"a click and an end took {took:.1f} s"


@dataclass(frozen=True, slots=True, kw_only=True)
class Flooded:
    """A company in which up to 1,100 logins were begun from one site of IPv6, and somebody's waited before that."""

    site: Site
    waited: str


@pytest.fixture(scope="module")
def flooded(fronted: Site) -> Flooded:
    """Somebody begins, and then a stranger, over and over, until they have been refused a hundred times."""
    waited, refused = _begun(fronted, "203.0.113.77").json()["device_code"], 0
    for number in range(1_100):
        refused += _begun(fronted, f"2001:db8:77:{number % 60:x}::1").is_error
        if refused >= 100:
            break
    return Flooded(site=fronted, waited=waited)


def test_b03_somebody_begins_to_log_in_after_a_flood(flooded: Flooded):
    """However many wait: who comes from another network is handed a code."""
    answer = _begun(flooded.site, "203.0.113.78")

    assert answer.status_code == httpx2.codes.OK, f"nobody can log in any more: {answer.text[:200]}"


def test_s05_a_login_that_waits_is_pushed_out_by_no_stranger(flooded: Flooded):
    """It was there before the flood, which came from elsewhere, and its code is good still."""
    answer = flooded.site.http.post("/v1/login/token", json={"device_code": flooded.waited}).json()

    assert code_of(answer) in {"authorization_pending", "slow_down"}, f"somebody's login is gone: {answer}"


def test_s06_bodies_that_nobody_signed_are_not_held_in_memory(site: Site):
    """Sixty-four of a megabyte each, for Slack's address, without a signature and not finished: memory stays."""
    before, head = memory(site), b"POST /slack/events HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1048570\r\n\r\n"
    with ExitStack() as stack:
        for _ in range(64):
            opened = stack.enter_context(_connected(site))
            with suppress(OSError):  # it is refused while it is sent
                opened.sendall(head + b"x" * (_MIB - 20))
        time.sleep(1)
        grown = (memory(site) - before) / _MIB

    assert grown < 32, f"{grown:.0f} MiB are held for whom nobody knows"


def test_s09_an_answer_that_nobody_reads_is_given_up(site: Site):
    """Twenty ask forty times for the description and read none of it: they are let go of within a minute."""
    with ExitStack() as stack:
        strangers = [stack.enter_context(_connected(site, reads=2048)) for _ in range(20)]
        for one in strangers:
            one.sendall(b"GET /v1/openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n" * 40)
        ports = {one.getsockname()[1] for one in strangers}
        wait_for(lambda: connections(site, ports) == 20, what="the twenty")
        wait_for(lambda: not connections(site, ports), within_s=60, what="the end of twenty that read nothing")


def test_s11_few_files_are_not_used_up_by_connections(make_site):
    """The operator allows 1,024, and 1,100 strangers say nothing: there is always one left to work with."""
    site: Site = make_site(log_to='ulimit -n 1024; exec "$@"')
    with ExitStack() as stack:
        for _ in range(1_100):
            stack.enter_context(_connected(site))
        time.sleep(3)
        left = 1024 - open_files(site)

    assert "Too many open files" not in site.logged()
    assert left >= 100, f"{left} files are left to work with"


def _begun(site: Site, address: str) -> httpx2.Response:
    return site.http.post("/v1/login/device", json={"client": "x"}, headers={"X-Forwarded-For": address})


def _costs(site: Site, sent: Sent) -> float:
    """Seconds of a processor that fifty of them take."""
    before = cpu_s(site)
    for _ in range(50):
        _refused(site, sent)
    return cpu_s(site) - before


def _refused(site: Site, sent: Sent) -> int:
    """Send it on a connection of its own; what it was answered, or 0 when that broke off."""
    opened = http.client.HTTPConnection("127.0.0.1", site.port, timeout=60)
    try:
        opened.request(sent.method, sent.path, sent.body, {"Content-Type": sent.of_type})
        answer = opened.getresponse()
        answer.read()
    except OSError:
        return 0
    finally:
        opened.close()
    return answer.status


@contextmanager
def _crowd(site: Site, number: int) -> Iterator[None]:
    """So many strangers, each with a costly request a second, all of whom have begun."""
    over, began = threading.Event(), threading.Barrier(number + 1)

    def come(sent: Sent) -> None:
        began.wait()
        while not over.is_set():
            _refused(site, sent)
            over.wait(1)

    kinds = list(_COSTLY.values())
    strangers = [threading.Thread(target=come, args=(kinds[n % len(kinds)],)) for n in range(number)]
    for one in strangers:
        one.start()
    began.wait()
    time.sleep(0.5)
    try:
        yield
    finally:
        over.set()
        for one in strangers:
            one.join()


@contextmanager
def _connected(site: Site, *, reads: int = 0) -> Iterator[socket.socket]:
    """A connection; with room for so many bytes that it has not read."""
    with socket.socket() as opened:
        if reads:
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, reads)
        opened.settimeout(60)
        opened.connect(("127.0.0.1", site.port))
        yield opened
