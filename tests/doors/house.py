"""
Daypass with its HTTP doors open on a free port: the real ledger, queue, logins, book and rules, an AWS moved by hand.

Everything the tests send goes over real HTTP.
"""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from ipaddress import ip_network
from pathlib import Path

import httpx2
from granian.constants import Interfaces
from granian.server.embed import Server

from daypass.doors.api.app import Visitors, build
from daypass.doors.web.app import add
from daypass.lifecycle.bots.exchange import Workloads
from daypass.model.principal import PrincipalId
from tests.builder import Daypass, sqlite
from tests.hands import HandClock
from tests.makers import ANN, NOON
from tests.servers.process import free_port, listening

RULES = """
version: 1
rules:
  - id: reports
    who: {people: [U0ANN, U0BOB]}
    may: [list, read]
    on: ["acme-reports/**"]
    for: {default: 1h, max: 8h}
    delivery: [session, policy, link]
    approve: {anyone_of: {people: [U0BOB, U0ANN]}}
  - id: drafts
    who: {people: [U0ANN]}
    may: [read, write]
    on: ["acme-drafts/**"]
    for: {default: 30m, max: 2h}
    delivery: [session, policy, link]
    reason: optional
    approve: at-once
"""
PROXY = ip_network("127.0.0.9/32")


class House(Daypass):
    """A house that is open, and what a test moves in it."""

    def __init__(self, folder: Path, now: datetime) -> None:
        """Lay it out in a folder."""
        self.rules = folder / "rules.yaml"
        """The rules file; what is written there counts at once."""
        self.rules.write_text(RULES)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        super().__init__(sqlite(folder), rules=self.rules, clock=HandClock(now), public_url=self.url)
        self.directory.change(ANN, tz="Europe/Berlin")

    def client(self, who: PrincipalId | None = None) -> httpx2.Client:
        """Speak HTTP, as somebody or as nobody."""
        headers = {"Authorization": f"Bearer {self.token(who)}"} if who else {}
        return httpx2.Client(base_url=self.url, headers=headers, verify=False, timeout=30)


@contextmanager
def open_house(folder: Path, now: datetime = NOON, *, workloads: Workloads | None = None) -> Iterator[House]:
    """Open a house at noon, or at another moment; robots may come with the tokens of `workloads`."""
    house = House(folder, now)
    app = build(house.services, version="0.0", visitors=Visitors(trusted_proxies=(PROXY,)), workloads=workloads)
    add(app, house.services, trusted_proxies=(PROXY,))
    with _served(app, house.port):
        yield house
    house.end()


@contextmanager
def _served(app: object, port: int) -> Iterator[None]:
    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(_server(app, port))
    thread = threading.Thread(target=loop.run_until_complete, args=(server.serve(),), daemon=True)
    thread.start()
    while not listening(port):
        thread.join(0.01)
        assert thread.is_alive()
    yield
    loop.call_soon_threadsafe(server.stop)
    thread.join(10)
    assert not thread.is_alive()
    loop.close()


async def _server(app: object, port: int) -> Server:
    return Server(app, address="127.0.0.1", port=port, interface=Interfaces.ASGI, log_enabled=False)
