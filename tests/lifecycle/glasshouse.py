"""A house in which glass may be broken: a real ledger on any database, rules for emergencies, a rim moved by hand."""

from dataclasses import dataclass, field, replace

from sqlalchemy import select

from daypass.lifecycle.glass.review import close_review
from daypass.lifecycle.submit import submit
from daypass.model.event import Event, Kind
from daypass.model.grant import Delivery, Grant, GrantId
from daypass.model.kept import GlassReview
from daypass.model.lease import Term
from daypass.model.principal import PrincipalId, SlackGroupId
from daypass.model.request import Ask, Request
from daypass.reconcile.loop import Loop
from daypass.rules.document import RuleBook, parse
from daypass.store import database as databases
from daypass.store.codec import read_event
from daypass.store.database import Database
from daypass.store.ledger import SqlLedger
from daypass.store.logins import SqlLogins
from daypass.store.queue import SqlQueue
from daypass.store.tables import journal
from tests.hands import HandAws, HandClock, HandDirectory, HandVendor
from tests.keys import SIGNER
from tests.makers import ANN, BOB, HOUR, READ_REPORTS, principal

CARL = PrincipalId("U0CARL")
LEADS = SlackGroupId("S0LEADS")
RULES = """
version: 1
rules:
  - id: reports
    who: {people: [U0ANN, U0BOB]}
    may: [list, read]
    on: ["acme-reports/**"]
    for: {default: 1h, max: 8h}
    approve: {anyone_of: {people: [U0BOB, U0ANN]}}
  - id: glass
    who: {people: [U0ANN, U0BOB]}
    may: [list, read, write]
    on: ["acme-reports/**"]
    for: {default: 1h, max: 4h}
    reason: required
    approve: at-once
    break_glass: {review: {people: [U0BOB, U0ANN], slack_groups: [S0LEADS]}, within: 1d}
"""


@dataclass
class GlassHouse:
    """One house, and the people in it: Ann and Bob may break glass, they and the leads (Carl) review it."""

    database: Database
    ledger: SqlLedger
    queue: SqlQueue
    logins: SqlLogins
    clock: HandClock = field(default_factory=HandClock)
    directory: HandDirectory = field(default_factory=HandDirectory)
    aws: HandAws = field(default_factory=HandAws)
    vendor: HandVendor = field(default_factory=HandVendor)
    rules: RuleBook = field(default_factory=lambda: parse(RULES, name="rules.yaml"))

    def broken(self, **changes: object) -> Request:
        """Ann breaks the glass for an hour of the reports, or what the test changes of that."""
        ask = Ask(
            requestor=ANN,
            entitlement=READ_REPORTS,
            term=Term(length=HOUR),
            delivery=Delivery.SESSION,
            reason="INC-42",
            urgent=True,
        )
        return submit(
            replace(ask, **changes),  # type: ignore[arg-type]  # any field of the ask
            rules=self.rules,
            directory=self.directory,
            provisioner=self.aws,
            ledger=self.ledger,
            now=self.clock(),
        )

    def active(self, **changes: object) -> Grant:
        """Ann broke the glass, and AWS has it."""
        request = self.broken(**changes)
        self.work()
        return self.ledger.grant(request.id)

    def work(self) -> None:
        """Let a worker do what is due."""
        everything = dict.fromkeys(Delivery, self.aws)
        Loop(ledger=self.ledger, queue=self.queue, provisioners=everything, clock=self.clock).run_until_idle()

    def close(self, review_id: GrantId, by: PrincipalId = BOB, note: str = "It was needed.") -> GlassReview:
        """Bob, or whom the test names, closes the review."""
        return close_review(
            review_id,
            by=by,
            note=note,
            rules=self.rules,
            directory=self.directory,
            ledger=self.ledger,
            now=self.clock(),
        )

    def review(self, review_id: GrantId) -> GlassReview:
        """Read a review."""
        return self.ledger.find(GlassReview, review_id)

    def journal(self) -> list[Event]:
        """Everything in the journal, also what is about no request."""
        with self.database.reading() as connection:
            rows = connection.execute(select(journal.c.entry).order_by(journal.c.id))
            return [read_event("journal", row.entry) for row in rows]

    def told(self, subject: GrantId, kind: Kind) -> list[Event]:
        """The journal entries of one kind about it."""
        return [event for event in self.ledger.story(subject) if event.kind is kind]


def glasshouse(url: str) -> tuple[GlassHouse, Database]:
    """Build one on a database."""
    database = databases.open(url, SIGNER)
    database.migrate()
    house = GlassHouse(
        database=database, ledger=SqlLedger(database), queue=SqlQueue(database), logins=SqlLogins(database)
    )
    carl = replace(principal(CARL, None), slack_groups=frozenset({LEADS}))
    house.directory.people[CARL] = carl
    return house, database
