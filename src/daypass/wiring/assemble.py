"""
Put Daypass together on one database, whatever stands around it: the service's AWS and Slack, or what a test moves.

    Stores     everything that is kept in the database
    Outside    everything that Daypass asks and does not own: the time, people, AWS
    judge      what decides, for the doors and the worker
    services   what the doors share
    worker     what provisions and revokes

Whoever opens the tables goes through here, so that a store's needs are met in one place.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from daypass.doors.services import Services
from daypass.journal.key import Signer
from daypass.lifecycle.bounded_lookups import PATIENCE_S
from daypass.lifecycle.inventory import Inventory
from daypass.lifecycle.judge import Judge, answering_within
from daypass.lifecycle.recheck import Clearing
from daypass.model.grant import Delivery
from daypass.ports import Catalogue, Directory, Facts, HeadPlace, Provisioner, Vendor
from daypass.reconcile.loop import IN_FLIGHT, Loop
from daypass.rules.load.read import RuleBook
from daypass.store import database as databases
from daypass.store.database import Database
from daypass.store.journal import SqlBook
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
class Surroundings:
    """Everything that Daypass asks and does not own."""

    clock: Callable[[], datetime]
    people: Directory
    facts: Facts
    catalogue: Catalogue
    deliveries: Mapping[Delivery, Provisioner]
    vendor: Vendor
    clocks: SharedClock | None = None
    """What compares the clocks; a test's Daypass has one alone, which is `clock`."""
    tracker: bool = False
    """Whether tickets can be looked up."""
    patience_s: float = PATIENCE_S
    """How long a look-up may hold up somebody who ends something."""


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


def judge(stores: Stores, outside: Surroundings, *, rules: Callable[[], RuleBook]) -> Judge:
    """Make the one that decides."""
    return Judge(
        rules=rules,
        people=outside.people,
        facts=outside.facts,
        ledger=stores.ledger,
        deliveries=outside.deliveries,
        inventory=Inventory(outside.catalogue, patience_s=outside.patience_s),
        soon=answering_within(outside.patience_s),
    )


def services(
    stores: Stores,
    outside: Surroundings,
    *,
    judge: Judge,
    public_url: str,
    lapse_after: timedelta = timedelta(days=1),
) -> Services:
    """Lay out what the doors share."""
    return Services(
        clock=outside.clock,
        judge=judge,
        queue=stores.queue,
        outbox=stores.outbox,
        postings=stores.postings,
        logins=stores.logins,
        book=stores.book,
        catalogue=outside.catalogue,
        vendor=outside.vendor,
        public_url=public_url,
        lapse_after=lapse_after,
        tracker=outside.tracker,
    )


def worker(stores: Stores, outside: Surroundings, *, judge: Judge, in_flight: int = IN_FLIGHT) -> Loop:
    """Make the loop that provisions and revokes."""
    loop = Loop(
        ledger=stores.ledger,
        queue=stores.queue,
        provisioners=outside.deliveries,
        clock=outside.clock,
        clearance=Clearing(judge=judge),
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
