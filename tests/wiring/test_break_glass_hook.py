"""The telephone: called when glass is broken, until it answers, by one worker, signed, and never in the clear."""

import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx2
import pytest

from daypass.lifecycle.break_glass.hook import Hook, call_hook, pause_after
from daypass.model.errors import Misconfigured
from daypass.model.event import EntryKind
from daypass.model.listener import Listener
from daypass.settings import Glass, Settings
from daypass.store.outbox import SqlOutbox
from daypass.wiring.break_glass_hook import HookCall, glass_hook
from tests.lifecycle.glasshouse import GlassHouse, glasshouse
from tests.makers import ANN, HOUR

SECRET = "not-a-real-secret"
MINUTE = timedelta(minutes=1)


@dataclass
class Pager:
    """A real HTTP server that remembers its calls and answers as it is told."""

    answers: list[int] = field(default_factory=list)
    calls: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    url: str = ""

    def events(self) -> list[dict[str, str]]:
        """What it was told."""
        return [json.loads(body) for _, body in self.calls]


@contextmanager
def listening_pager() -> Iterator[Pager]:
    """Open one on a free port."""
    pager = Pager()

    class Receiver(BaseHTTPRequestHandler):
        """Takes calls."""

        def do_POST(self) -> None:
            """Remember one, and answer; with 204 unless told otherwise."""
            body = self.rfile.read(int(self.headers["Content-Length"]))
            pager.calls.append(({name.lower(): value for name, value in self.headers.items()}, body))
            status = pager.answers.pop(0) if pager.answers else 204
            self.send_response(status)
            if status == 302:
                self.send_header("Location", pager.url)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_said: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    pager.url = f"http://127.0.0.1:{server.server_port}/secret-path"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield pager
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def pager() -> Iterator[Pager]:
    """An open one."""
    with listening_pager() as pager:
        yield pager


@pytest.fixture
def house(tmp_path: Path) -> Iterator[GlassHouse]:
    """One on SQLite."""
    made, database = glasshouse(f"sqlite:///{tmp_path / 'daypass.db'}")
    yield made
    database.close()


def hook_to(pager: Pager) -> Hook:
    """The hook as wiring makes it."""
    made = glass_hook(Settings(glass=Glass(hook_url=pager.url, hook_secret=SECRET)))
    assert made is not None
    return replace(made, public_url="https://daypass.example")


def hooks(house: GlassHouse) -> SqlOutbox:
    """What the hook is still to be told."""
    return SqlOutbox(house.database, Listener.GLASS_HOOK)


def calling(house: GlassHouse, pager: Pager) -> int:
    """Let the chore run once."""
    return call_hook(
        hook_to(pager), outbox=hooks(house), directory=house.directory, ledger=house.ledger, now=house.clock()
    )


def test_who_took_what_until_when_and_why_is_told(house: GlassHouse, pager: Pager):
    """All that somebody needs who is woken, also while the directory is away."""
    request = house.broken(reason="INC-42: “tous les disques”")
    house.directory.away = True

    assert calling(house, pager) == 1
    assert pager.events() == [
        {
            "event": "glass.broken",
            "id": request.id,
            "who": ANN,
            "name": "U0Ann",
            "what": "read acme-reports/2026/",
            "reason": "INC-42: “tous les disques”",
            "until": "2026-11-23T13:00:00+00:00",
            "at": "2026-11-23T12:00:00+00:00",
            "address": f"https://daypass.example/v1/glass/{request.id}",
        }
    ]


def test_each_call_is_signed_as_slack_signs(house: GlassHouse, pager: Pager):
    """The time stands beside the body, so that an old call is not believed again."""
    house.broken()
    calling(house, pager)
    ((headers, body),) = pager.calls
    timestamp = headers["x-daypass-timestamp"]
    expected = hmac.new(SECRET.encode(), b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256).hexdigest()

    assert int(timestamp) == int(house.clock().timestamp())
    assert headers["x-daypass-signature"] == f"v0={expected}"
    assert headers["content-type"] == "application/json"


def test_what_was_answered_is_not_called_again(house: GlassHouse, pager: Pager):
    """However often the chore runs."""
    request = house.broken()
    for _ in range(3):
        calling(house, pager)
        house.clock.forward(HOUR)

    assert len(pager.calls) == 1
    assert house.review(request.id).hook_sent_at is not None
    assert [len(house.told(request.id, kind)) for kind in (EntryKind.GLASS_CALLING, EntryKind.GLASS_CALLED)] == [1, 1]


@pytest.mark.parametrize("status", [302, 400, 404, 500, 503])
def test_what_was_not_answered_well_is_called_again(house: GlassHouse, pager: Pager, status: int):
    """Not before the pause is over; a redirect is not followed."""
    house.broken()
    pager.answers = [status]
    assert calling(house, pager) == 0
    assert calling(house, pager) == 0
    house.clock.forward(pause_after(1))

    assert calling(house, pager) == 1
    assert len(pager.calls) == 2


def test_it_never_gives_up_while_nobody_has_looked(house: GlassHouse):
    """A pager that is away for days is called once an hour at least, and heard of it when it is back."""
    request = house.broken()
    with listening_pager() as gone:
        pass
    for wait in [*[HOUR] * 30, timedelta(days=8), HOUR]:
        calling(house, gone)
        house.clock.forward(wait)
    tries = house.review(request.id).hook_tries
    with listening_pager() as back:
        assert calling(house, back) == 1

    assert tries == 32
    assert back.events()[0]["id"] == request.id


def test_it_is_called_though_somebody_closed_the_review_quickly(house: GlassHouse, pager: Pager):
    """An accomplice cannot keep the telephone from ringing."""
    request = house.broken()
    pager.answers = [500]
    calling(house, pager)
    house.close(request.id)
    house.clock.forward(MINUTE)

    assert calling(house, pager) == 1


def test_what_was_closed_long_ago_is_not_called_for(house: GlassHouse, pager: Pager):
    """When a hook is set for the first time, nobody is woken for last month."""
    house.close(house.broken().id)
    house.clock.forward(timedelta(days=8))

    assert calling(house, pager) == 0
    assert pager.calls == []


def test_of_many_workers_one_calls(database_url: str, pager: Pager):
    """On either database, at the same moment."""
    house, database = glasshouse(database_url)
    for number in range(3):
        house.broken(reason=f"INC-{number}")
    gate, now = threading.Barrier(4), house.clock()

    def working() -> None:
        gate.wait()
        for _ in range(3):
            call_hook(hook_to(pager), outbox=hooks(house), directory=house.directory, ledger=house.ledger, now=now)

    at_once(working, 4)
    database.close()

    assert sorted(event["reason"] for event in pager.events()) == ["INC-0", "INC-1", "INC-2"]


def at_once(work: Callable[[], None], number: int) -> None:
    """Do something in so many threads."""
    threads = [threading.Thread(target=work) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_a_review_that_is_closed_during_the_call_is_noted_all_the_same(house: GlassHouse, pager: Pager):
    """The row moved while the telephone rang."""
    request = house.broken()
    inner = HookCall(httpx2.URL(pager.url))

    def closed_meanwhile(body: bytes, headers: object) -> None:
        inner(body, headers)  # type: ignore[arg-type]  # handed on as it came
        house.close(request.id)

    hook = replace(hook_to(pager), call=closed_meanwhile)
    call_hook(hook, outbox=hooks(house), directory=house.directory, ledger=house.ledger, now=house.clock())

    kept = house.review(request.id)
    assert (kept.closed_by is not None, kept.hook_sent_at is not None) == (True, True)


@pytest.mark.parametrize(
    "url", ["http://pager.example/x", "http://localhost/x", "http://10.0.0.1/x", "ftp://127.0.0.1/x", "https://"]
)
def test_a_hook_is_not_called_in_the_clear(url: str):
    """Over https, or on this machine."""
    with pytest.raises(Misconfigured, match="https"):
        glass_hook(Settings(glass=Glass(hook_url=url, hook_secret=SECRET)))


def test_a_hook_is_not_called_unsigned():
    """The secret is needed too; without an address there is no hook."""
    with pytest.raises(Misconfigured, match="SECRET"):
        glass_hook(Settings(glass=Glass(hook_url="https://pager.example/x")))
    assert glass_hook(Settings()) is None


def test_neither_the_address_nor_the_secret_is_ever_shown(
    house: GlassHouse, pager: Pager, capsys: pytest.CaptureFixture[str]
):
    """An address of a pager is often a secret itself."""
    house.broken()
    pager.answers = [500]
    calling(house, pager)
    shown = capsys.readouterr().out + repr(hook_to(pager)) + repr(Glass(hook_url=pager.url, hook_secret=SECRET))

    assert "glass.hook_failed" in shown
    assert "secret-path" not in shown
    assert SECRET not in shown
