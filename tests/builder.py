"""
A whole Daypass for a test: its own stores, desk and worker, put together by its own wiring, on any database.

What stands around it is moved by hand: the clock, the people, AWS. The tests of one room add their words to it in a
class of their own; whoever changes what a store needs changes wiring/assemble.py, and what a test must give it, here.
The service as processes of its own, among real servers, is tests/e2e/house.py.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from daypass.lifecycle import login
from daypass.lifecycle.end.permissions import Enders
from daypass.lifecycle.handout.handout import Handout
from daypass.lifecycle.judge import Judge
from daypass.model.event import EntryKind, Event
from daypass.model.grant import Delivery, GrantId
from daypass.model.principal import PrincipalId
from daypass.reconcile.loop import Loop
from daypass.rules.load.read import RuleBook
from daypass.store.database import Database
from daypass.store.journal import SqlBook
from daypass.store.ledger import SqlLedger
from daypass.store.logins import SqlLogins
from daypass.store.outbox import SqlOutbox
from daypass.store.queue import SqlQueue
from daypass.store.rules_file import RulesFile
from daypass.store.rules_in_force import RulesInForce
from daypass.store.tables import journal
from daypass.store.words import events_of
from daypass.wiring.assemble import Stores, Surroundings, judge, open_stores, services, worker
from tests.hands import HandAws, HandCatalogue, HandClock, HandDirectory, HandVendor
from tests.heads import HandHead
from tests.keys import SIGNER
from tests.tables import with_tables

_HEADS: dict[str, HandHead] = {}
"""Where the head of each database is remembered: of one that is opened again it is still known."""


class Daypass:
    """One Daypass on one database; at its rim stands what a test moves."""

    clock: HandClock
    aws: HandAws

    def __init__(
        self,
        store_url: str,
        *,
        rules: Callable[[], RuleBook] | Path,
        clock: HandClock | None = None,
        directory: HandDirectory | None = None,
        aws: HandAws | None = None,
        catalogue: HandCatalogue | None = None,
        public_url: str = "https://daypass.example",
    ) -> None:
        """Open it on a database that is empty or was opened before; `rules` may be the file that they stand in."""
        self.store_url = store_url
        self._opened: list[Database] = []
        with_tables(store_url).close()
        self.head = _HEADS.setdefault(store_url, HandHead())
        self.stores = self.open_again()
        self.book.fold()
        self.clock, self.directory = clock or HandClock(), directory or HandDirectory()
        self.aws, self.vendor = aws or HandAws(), HandVendor()
        self._outside = Surroundings(
            clock=self.clock,
            people=self.directory,
            facts=self.directory,
            catalogue=catalogue or HandCatalogue(),
            deliveries=dict.fromkeys(Delivery, self.aws),
            vendor=self.vendor,
        )
        reading = RulesInForce(self.ledger, RulesFile(rules)) if isinstance(rules, Path) else rules
        self._judge = judge(self.stores, self._outside, rules=reading)
        self.services = services(self.stores, self._outside, judge=self._judge, public_url=public_url)

    @property
    def judge(self) -> Judge:
        """Who decides, with the stores, the people and the AWS that the test has put there since."""
        deliveries, people = dict.fromkeys(Delivery, self.aws), self.directory
        return replace(self._judge, people=people, facts=people, ledger=self.ledger, deliveries=deliveries)

    @property
    def enders(self) -> Enders:
        """Who may end something, with the same."""
        return self.judge.enders

    @property
    def handout(self) -> Handout:
        """Hands out what a live grant entitles to, with the vendor that the test has put there since."""
        return Handout(vendor=self.vendor, ledger=self.ledger, clock=self.clock)

    def under(self, rules: Callable[[], RuleBook]) -> None:
        """Put other rules in force, for its doors and its worker."""
        self._judge = replace(self._judge, rules=rules)
        object.__setattr__(self.services, "judge", replace(self.services.judge, rules=rules))

    @property
    def database(self) -> Database:
        """The database."""
        return self.stores.database

    @property
    def ledger(self) -> SqlLedger:
        """The ledger."""
        return self.stores.ledger

    @property
    def queue(self) -> SqlQueue:
        """The queue."""
        return self.stores.queue

    @property
    def outbox(self) -> SqlOutbox:
        """The outbox."""
        return self.stores.outbox

    @property
    def logins(self) -> SqlLogins:
        """The logins."""
        return self.stores.logins

    @property
    def book(self) -> SqlBook:
        """The journal."""
        return self.stores.book

    @property
    def loop(self) -> Loop:
        """A worker, started anew at each look: it remembers nothing."""
        return worker(self.stores, self._outside, judge=self._judge)

    def work(self) -> None:
        """Let a worker do what is due."""
        self.loop.run_until_idle()

    def open_again(self) -> Stores:
        """Open the same database once more, as another process does."""
        stores = open_stores(self.store_url, SIGNER, self.head)
        self._opened.append(stores.database)
        return stores

    def end(self) -> None:
        """Close the database as often as it was opened."""
        for each in self._opened:
            each.close()

    def token(self, who: PrincipalId) -> str:
        """Log somebody in, as their own click in Slack would."""
        return token(who, logins=self.logins, ledger=self.ledger, now=self.clock())

    def story(self, subject: GrantId) -> list[Event]:
        """What the journal says of a request and its grant."""
        return self.ledger.story(subject)

    def told(self, subject: GrantId, kind: EntryKind) -> list[Event]:
        """The journal entries of one kind about it."""
        return [event for event in self.story(subject) if event.kind is kind]

    def journal(self) -> list[Event]:
        """Everything in the journal, also what is about no request."""
        with self.database.reading() as connection:
            rows = connection.execute(select(journal.c.id, journal.c.entry).order_by(journal.c.id))
            return events_of(connection, rows.all())


def token(who: PrincipalId, *, logins: SqlLogins, ledger: SqlLedger, now: datetime) -> str:
    """Log somebody in, as their own click in Slack would; returns what speaks for them."""
    begun = login.begin("a test", logins=logins, now=now)
    login.confirm(begun.user_code, by=who, logins=logins, ledger=ledger, now=now)
    made = login.collect(begun.device_code, logins=logins, ledger=ledger, now=now)
    assert made is not None
    return made.text


def sqlite(folder: Path) -> str:
    """The URL of a database in a folder."""
    return f"sqlite:///{folder / 'daypass.db'}"
