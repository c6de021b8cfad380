"""
Put Daypass together on one database, whatever stands around it: the service's AWS and Slack, or what a test moves.

    Stores     everything that is kept in the database
    Outside    everything that Daypass asks and does not own: the time, people, AWS
    desk       what the doors share
    worker     what provisions and revokes

Whoever opens the tables goes through here, so that a store's needs are met in one place.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from daypass.doors.desk import Desk
from daypass.journal.key import Signer
from daypass.lifecycle.begin import RulesJudge
from daypass.lifecycle.soon import PATIENCE_S
from daypass.model.grant import Delivery
from daypass.ports import Catalogue, Directory, HeadPlace, Provisioner, Vendor
from daypass.reconcile.loop import IN_FLIGHT, Loop
from daypass.rules.document import RuleBook
from daypass.store import database as databases
from daypass.store.book import SqlBook
from daypass.store.database import Database
from daypass.store.ledger import SqlLedger
from daypass.store.logins import SqlLogins
from daypass.store.outbox import SqlOutbox
from daypass.store.postings import SqlPostings
from daypass.store.queue import SqlQueue
from daypass.wiring.clock import SharedClock


@dataclass(frozen=True, slots=True, kw_only=True)
class Stores:
    """Everything that is kept in one database."""

    database: Database
    ledger: SqlLedger
    queue: SqlQueue
    outbox: SqlOutbox
    postings: SqlPostings
    logins: SqlLogins
    book: SqlBook


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """Everything that Daypass asks and does not own."""

    clock: Callable[[], datetime]
    directory: Directory
    catalogue: Catalogue
    provisioners: Mapping[Delivery, Provisioner]
    vendor: Vendor
    clocks: SharedClock | None = None
    """What compares the clocks; a test's Daypass has one alone, which is `clock`."""
    tracker: bool = False
    """Whether tickets can be looked up."""


def open_stores(url: str, signer: Signer, head: HeadPlace) -> Stores:
    """
    Open the database, and remember the journal's head in a place of our own; nothing is connected to yet.

    Raises Misconfigured for a URL that names no database.
    """
    database = databases.open(url, signer)
    return Stores(
        database=database,
        ledger=SqlLedger(database),
        queue=SqlQueue(database),
        outbox=SqlOutbox(database),
        postings=SqlPostings(database),
        logins=SqlLogins(database),
        book=SqlBook(database, head),
    )


def desk(  # noqa: PLR0913 - the parts, and what the settings say
    stores: Stores,
    outside: Outside,
    *,
    rules: Callable[[], RuleBook],
    public_url: str,
    lapse_after: timedelta = timedelta(days=1),
    patience_s: float = PATIENCE_S,
) -> Desk:
    """Lay out what the doors share."""
    return Desk(
        clock=outside.clock,
        ledger=stores.ledger,
        queue=stores.queue,
        outbox=stores.outbox,
        postings=stores.postings,
        logins=stores.logins,
        book=stores.book,
        directory=outside.directory,
        catalogue=outside.catalogue,
        provisioners=outside.provisioners,
        vendor=outside.vendor,
        rules=rules,
        public_url=public_url,
        lapse_after=lapse_after,
        tracker=outside.tracker,
        patience_s=patience_s,
    )


def worker(stores: Stores, outside: Outside, *, rules: Callable[[], RuleBook], in_flight: int = IN_FLIGHT) -> Loop:
    """Make the loop that provisions and revokes."""
    loop = Loop(
        ledger=stores.ledger,
        queue=stores.queue,
        provisioners=outside.provisioners,
        clock=outside.clock,
        judge=RulesJudge(rules=rules, directory=outside.directory, ledger=stores.ledger),
        in_flight=in_flight,
    )
    clocks = outside.clocks
    if clocks is None:
        return loop
    return replace(
        loop,
        clock=clocks,
        by_both=clocks.by_both,
        gate=clocks.may_put_in,
        ready=clocks.may_claim,
        gives=clocks.agrees,
    )
