"""
Every look-up, failing in every way, by every verb: what must work then is the table of docs/outages.md, read here.

The service is a process of its own; failures are set while it runs. All verbs of a row are tried side by side.
"""

import re
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx2
import pytest

from tests.e2e.dark import BOB, OLA, Dark, Down
from tests.servers.ministack import MiniStack

_TABLE = Path(__file__).parents[2] / "docs" / "outages.md"
_SLACK = ("429", "503", "unknown method")
_HOST = ("time-out", "503", "lacks all")
WAYS = {
    "nothing": ("",),
    "Slack's API": ("time-out", *_SLACK),
    "users.info": (*_SLACK, "lacks user"),
    "usergroups.list": ("time-out", *_SLACK, "lacks users", "lacks usergroups"),
    "users.lookupByEmail": ("503", "lacks user"),
    "auth.test": ("503",),
    "chat.postMessage": ("503", "lacks ts"),
    "tracker": _HOST,
    "on-call schedule": _HOST,
    "people file": ("unreadable",),
    "rules": ("unreadable",),
    "AWS": ("gone",),
}
"""How each can fail. A person's time-out is that of the whole API: the next click would find them by heart."""
_FIRST = {what: ways[:2] if what == "Slack's API" else ways[:1] for what, ways in WAYS.items()}
"""Those of them that `make test` tries; `make soak` tries them all."""
_FORGOTTEN_S = 20.0
"""A call of the row before may hang for eleven seconds yet; then its failure is believed for five."""
SOON_S = 5.0
"""Within this an ending is answered, whatever hangs."""


CROWD = 200
"""Connections that are open and say nothing, more than the web server's own default allows."""
ROWS = [Down(what=what, how=how) for what, ways in WAYS.items() for how in ways]


def _oracle() -> dict[str, dict[str, str]]:
    lines = [line for line in _TABLE.read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    rows = [[cell.strip() for cell in line.strip("| ").split("|")] for line in lines]
    head, body = rows[0], rows[2:]
    return {row[0]: dict(zip(head[1:], row[1:], strict=True)) for row in body}


ORACLE = _oracle()


@pytest.fixture(scope="module")
def dark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dark]:
    """Start it once for all rows, on an AWS of its own."""
    ministack = MiniStack(tmp_path_factory.mktemp("aws"))
    ministack.start()
    with closing_down(ministack), Dark(tmp_path_factory.mktemp("dark"), ministack) as dark:
        assert dark.client(BOB).get("/v1/me").status_code == 200  # Slack has said which workspace this is
        yield dark


@contextmanager
def closing_down(ministack: MiniStack) -> Iterator[None]:
    """Stop it afterwards."""
    try:
        yield
    finally:
        ministack.stop()


Try = Callable[[], httpx2.Response]


def _endings(dark: Dark) -> Iterator[tuple[str, Try]]:
    """Every verb that only takes away, each about something of its own."""
    who = dark.somebody()
    mine, bob, ola = dark.client(who), dark.client(BOB), dark.client(OLA)
    granted, revoked, panicked = dark.granted(who), dark.granted(who), dark.somebody()
    asked, denied, permit = dark.waiting(who), dark.waiting(who), dark.permitted(who)
    dark.away(who)
    robot = dark.robot(who)
    dark.granted(panicked)
    yield "done", lambda: mine.post(f"/v1/grants/{granted}/done")
    yield "cancel", lambda: mine.post(f"/v1/requests/{asked}/cancel")
    yield "withdraw", lambda: bob.post(f"/v1/permits/{permit}/withdraw")
    yield "deny", lambda: bob.post(f"/v1/requests/{denied}/deny", json={"reason": "no"})
    yield "revoke", lambda: bob.post(f"/v1/grants/{revoked}/revoke", json={"reason": "no"})
    yield "back", lambda: mine.post("/v1/absence/end")
    yield "robot remove", lambda: mine.post(f"/v1/robots/{robot}/remove")
    yield "panic", lambda: ola.post("/v1/panic", json={"person": panicked, "freeze": False})
    yield "freeze", lambda: ola.post("/v1/freezes", json={"person": panicked})


def _asking(dark: Dark, where: str, reason: str = "") -> Try:
    client = dark.client(dark.somebody())
    body = {"level": "read", "resource": f"{where}/", "for": "1h", "delivery": "session", "reason": reason}
    return lambda: client.post("/v1/requests", json=body)


def _group(dark: Dark, row: int, *, must: bool) -> Try:
    """Ask under the rule of a group, anew while groups are as they were in the row before."""

    def trying() -> httpx2.Response:
        until = time.monotonic() + _FORGOTTEN_S
        while True:
            answer = _asking(dark, f"acme-group/{row}")()
            if answer.is_success == must or time.monotonic() > until:
                return answer
            time.sleep(0.5)

    return trying


def _verbs(dark: Dark, row: int) -> Iterator[tuple[str, str, Try]]:
    """Every verb, by the column that says whether it must work."""
    for name, trying in _endings(dark):
        yield "end", name, trying
    who = dark.somebody()
    seen, shown = dark.client(who), dark.waiting(who)
    bob, waits = dark.client(BOB), dark.waiting(dark.somebody(), f"acme-people/{row}/all/")
    yield "look", "ls", lambda: seen.get("/v1/mine")
    yield "look", "show", lambda: seen.get(f"/v1/requests/{shown}")
    yield "ask, people", "ask", _asking(dark, f"acme-people/{row}")
    yield "ask, group", "ask", _group(dark, row, must=ORACLE[ROWS[row].what]["ask, group"] != "no")
    yield "ask, ticket", "ask", _asking(dark, f"acme-ticket/{row}", f"INC-{100 + row}")
    yield "ask, on call", "ask", _asking(dark, f"acme-oncall/{row}")
    yield "approve", "approve", lambda: bob.post(f"/v1/requests/{waits}/approve", json={"for": "1h"})


def _tried(trying: Try) -> tuple[httpx2.Response, float]:
    began = time.monotonic()
    return trying(), time.monotonic() - began


def test_the_table_has_a_row_for_each_look_up():
    """Nobody adds one to either and forgets the other."""
    assert list(ORACLE) == list(WAYS)


def test_a_crowd_of_silent_connections_keeps_nobody_from_ending_something(dark: Dark):
    """Whoever holds connections open takes no one's turn."""
    address = (dark.url.removeprefix("http://").split(":")[0], int(dark.url.rpartition(":")[2]))
    who = dark.somebody()
    granted = dark.granted(who)
    with ExitStack() as stack:
        for _ in range(CROWD):
            silent = stack.enter_context(socket.create_connection(address))
            silent.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        answer, took = _tried(lambda: dark.client(who).post(f"/v1/grants/{granted}/done"))

    assert answer.json()["state"] == "ending"
    assert took < SOON_S


def test_who_asks_for_a_group_that_cannot_be_read_is_told_its_name(dark: Dark):
    """And that it is to be tried again: an outage is never a refusal."""
    with dark.down(Down(what="usergroups.list", how="503")):
        answer = _group(dark, len(ROWS), must=False)()

    assert answer.status_code == 503
    assert re.search(r"S0CREW.*the rule crew", answer.json()["detail"])


@pytest.mark.parametrize(
    "down",
    [pytest.param(down, marks=() if down.how in _FIRST[down.what] else pytest.mark.long) for down in ROWS],
    ids=lambda down: f"{down.what}, {down.how}",
)
def test_what_must_work_works_while_something_is_down(dark: Dark, down: Down):
    """Endings always, and soon; what is given waits for what its rule names, and says what that is."""
    verbs = list(_verbs(dark, ROWS.index(down)))

    with dark.down(down), ThreadPoolExecutor(len(verbs)) as threads:
        answers = list(threads.map(lambda verb: _tried(verb[2]), verbs))

    wrong = []
    for (column, name, _), (answer, took) in zip(verbs, answers, strict=True):
        must = ORACLE[down.what][column]
        refused = answer.status_code == 503 and answer.json()["detail"]
        right = {"yes": answer.is_success, "no": refused, "known": answer.is_success or refused}[must]
        if not right or (column == "end" and took > SOON_S):
            wrong.append(f"{column}, {name}: {answer.status_code} after {took:.1f} s: {answer.text[:300]}")
    ended = dark.client(OLA).post("/v1/panic", json={"all": True, "freeze": False})
    assert (wrong, ended.status_code) == ([], 200)
