"""
Daypass with its HTTP doors open on a free port: the real ledger, queue, logins, book and rules, an AWS moved by hand.

Everything the tests send goes over real HTTP.
"""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from ipaddress import ip_network
from pathlib import Path

import httpx2
from granian.constants import Interfaces
from granian.server.embed import Server

from daypass.doors.api.app import build
from daypass.doors.desk import Desk
from daypass.doors.web.app import add
from daypass.lifecycle import login
from daypass.lifecycle.robots.exchange import Workloads
from daypass.model.entitlement import S3Place
from daypass.model.errors import BadInput
from daypass.model.grant import Delivery
from daypass.model.principal import PrincipalId
from daypass.reconcile.loop import Loop
from daypass.store import database as databases
from daypass.store.book import SqlBook
from daypass.store.ledger import SqlLedger
from daypass.store.logins import SqlLogins
from daypass.store.outbox import SqlOutbox
from daypass.store.postings import SqlPostings
from daypass.store.queue import SqlQueue
from daypass.store.rules_file import RulesFile
from daypass.store.rules_in_force import RulesInForce
from tests.hands import HandAws, HandClock, HandDirectory, HandVendor
from tests.keys import SIGNER
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
    approve: {anyone_of: {people: [U0BOB, U0ANN]}}
  - id: drafts
    who: {people: [U0ANN]}
    may: [read, write]
    on: ["acme-drafts/**"]
    for: {default: 30m, max: 2h}
    reason: optional
    approve: at-once
"""
PROXY = ip_network("127.0.0.9/32")


class HandCatalogue:
    """Two buckets."""

    def buckets(self) -> list[str]:
        """Name them."""
        return ["acme-drafts", "acme-reports"]

    def prefixes(self, bucket: str, start: str) -> list[str]:
        """Nothing that begins so is in them."""
        return [one for one in ("2026/",) if bucket == "acme-reports" and one.startswith(start)]

    def check(self, place: S3Place) -> None:
        """Every other bucket is unknown."""
        if place.bucket not in self.buckets():
            raise BadInput(f"There is no bucket {place.bucket}.", field="resource")


@dataclass
class House:
    """A house that is open, and what a test moves in it."""

    desk: Desk
    url: str
    clock: HandClock
    directory: HandDirectory
    aws: HandAws
    book: SqlBook
    rules: Path
    """The rules file; what is written there counts at once."""

    def token(self, who: PrincipalId) -> str:
        """Log somebody in, as their own click in Slack would."""
        desk, now = self.desk, self.clock()
        begun = login.begin("a test", logins=desk.logins, now=now)
        login.confirm(begun.user_code, by=who, logins=desk.logins, ledger=desk.ledger, now=now)
        token = login.collect(begun.device_code, logins=desk.logins, ledger=desk.ledger, now=now)
        assert token is not None
        return token.text

    def client(self, who: PrincipalId | None = None) -> httpx2.Client:
        """Speak HTTP, as somebody or as nobody."""
        headers = {"Authorization": f"Bearer {self.token(who)}"} if who else {}
        return httpx2.Client(base_url=self.url, headers=headers, verify=False)

    def work(self) -> None:
        """Let a worker do what is due."""
        everything = dict.fromkeys(Delivery, self.aws)
        Loop(ledger=self.desk.ledger, queue=self.desk.queue, provisioners=everything, clock=self.clock).run_until_idle()


@contextmanager
def open_house(folder: Path, now: datetime = NOON, *, workloads: Workloads | None = None) -> Iterator[House]:
    """Open a house at noon, or at another moment; robots may come with the tokens of `workloads`."""
    port = free_port()
    database = databases.open(f"sqlite:///{folder / 'daypass.db'}", SIGNER)
    database.migrate()
    clock, directory, aws = HandClock(now), HandDirectory(), HandAws()
    directory.people[ANN] = replace(directory.people[ANN], tz="Europe/Berlin")
    book = SqlBook(database)
    rules, ledger = folder / "rules.yaml", SqlLedger(database)
    rules.write_text(RULES)
    desk = Desk(
        clock=clock,
        ledger=ledger,
        queue=SqlQueue(database),
        outbox=SqlOutbox(database),
        postings=SqlPostings(database),
        logins=SqlLogins(database),
        book=book,
        directory=directory,
        catalogue=HandCatalogue(),
        provisioners=dict.fromkeys(Delivery, aws),
        vendor=HandVendor(),
        rules=RulesInForce(ledger, RulesFile(rules)),
        public_url=f"http://127.0.0.1:{port}",
    )
    app = build(desk, version="0.0", trusted_proxies=(PROXY,), workloads=workloads)
    add(app, desk, trusted_proxies=(PROXY,))
    with _served(app, port):
        yield House(
            desk=desk, url=f"http://127.0.0.1:{port}", clock=clock, directory=directory, aws=aws, book=book, rules=rules
        )
    database.close()


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
