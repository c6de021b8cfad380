"""Build the house: every adapter made once and handed to whom it serves. Building calls nobody."""

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from daypass.aws.buckets import AwsCatalogue
from daypass.aws.clients import Clients
from daypass.aws.clock import AwsTime
from daypass.aws.kinds import AwsAccess, aws_kinds
from daypass.aws.role_sessions import RoleSessions
from daypass.deliveries.broker import Broker
from daypass.deliveries.cutoff import Cutoff
from daypass.deliveries.handout import Addresses, Vending
from daypass.deliveries.link import LinkDelivery
from daypass.deliveries.link_sessions import SigningSessions
from daypass.deliveries.names import Names
from daypass.deliveries.policy import PolicyDelivery
from daypass.deliveries.session import SessionDelivery
from daypass.deliveries.sweep import PolicySweep
from daypass.doors.services import Services
from daypass.journal.key import Signer
from daypass.model.errors import Misconfigured
from daypass.model.grant import Delivery
from daypass.ports import Leavers, Provisioner, Vendor
from daypass.reconcile.loop import Loop
from daypass.settings import Settings
from daypass.store.database import Database
from daypass.store.journal import SqlBook
from daypass.store.queue import SqlQueue
from daypass.store.rules_file import RulesFile
from daypass.store.rules_in_force import RulesInForce
from daypass.wiring.assemble import Surroundings, judge, open_stores, services, worker
from daypass.wiring.clock import SharedClock
from daypass.wiring.disabled_delivery import DisabledDelivery, NoVendor
from daypass.wiring.journal import journal_head, journal_key
from daypass.wiring.people import facts, people

_ROLE = re.compile(r"arn:aws[a-z-]*:iam::\d*:role/[\w+=,.@/-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Daypass:
    """Everything that was built; running it is another page."""

    settings: Settings
    database: Database
    clients: Clients
    buckets: AwsCatalogue
    sessions: RoleSessions | None
    book: SqlBook
    queue: SqlQueue
    services: Services
    loop: Loop
    sweep: PolicySweep
    clock: SharedClock
    """The time that all replicas agree on."""
    leavers: Leavers
    """Says who has left."""


def now() -> datetime:
    """This machine's clock."""
    return datetime.now(UTC)


def build(settings: Settings, *, signer: Signer | None = None) -> Daypass:
    """Make every adapter once, the journal's key too unless one is given. Raises Misconfigured."""
    head = journal_head(settings.journal)
    stores = open_stores(settings.store.url, signer or journal_key(settings), head)
    clients = Clients(connections=settings.worker.in_flight)
    buckets = AwsCatalogue(clients=clients)
    sessions = _sessions(settings, clients)
    clock = SharedClock(
        database=stores.database.now,
        machine=now,
        monotonic=time.monotonic,
        aws=AwsTime(clients, time.monotonic),
    )
    stores.database.gate = clock.must_be_right
    rules = RulesInForce(stores.ledger, RulesFile(settings.rules.file))
    directory = people(settings, buckets, stores.ledger, clock, rules=rules)
    marks = Names.of(stores.database.signer.public)
    deliveries, vendor = _deliveries(settings, buckets, sessions=sessions, clock=clock, marks=marks)
    outside = Surroundings(
        clock=clock,
        people=directory,
        facts=facts(settings, buckets, directory),
        catalogue=buckets,
        deliveries=deliveries,
        vendor=vendor,
        clocks=clock,
        tracker=bool(settings.tickets.jira_url),
        patience_s=settings.people.patience_s,
    )
    deciding = judge(stores, outside, rules=rules)
    return Daypass(
        settings=settings,
        database=stores.database,
        clients=clients,
        buckets=buckets,
        sessions=sessions,
        book=stores.book,
        queue=stores.queue,
        services=services(
            stores,
            outside,
            judge=deciding,
            public_url=settings.public_url,
            lapse_after=settings.rules.lapse_after,
        ),
        loop=worker(stores, outside, judge=deciding, in_flight=settings.worker.in_flight),
        sweep=PolicySweep(clients=clients, clock=clock.by_both, marks=marks),
        clock=clock,
        leavers=directory,
    )


def _sessions(settings: Settings, clients: Clients) -> RoleSessions | None:
    if not settings.aws.broker_role:
        return None
    if not _ROLE.fullmatch(settings.aws.broker_role):
        raise Misconfigured(
            f"DAYPASS_AWS_BROKER_ROLE is “{settings.aws.broker_role}”, and not the ARN of a role, such as "
            "arn:aws:iam::123456789012:role/daypass/daypass-broker."
        )
    return RoleSessions(
        clients=clients, role_arn=settings.aws.broker_role, source_identity=settings.aws.source_identity
    )


def _deliveries(
    settings: Settings,
    buckets: AwsCatalogue,
    *,
    sessions: RoleSessions | None,
    clock: SharedClock,
    marks: Names,
) -> tuple[Mapping[Delivery, Provisioner], Vendor]:
    clients = buckets.clients
    kinds = aws_kinds(AwsAccess(buckets=buckets, own_roles={sessions.role_arn} if sessions else ()))
    policy = PolicyDelivery(clients=clients, kinds=kinds, marks=marks)
    if sessions is None:
        missing = DisabledDelivery("No broker role is set (DAYPASS_AWS_BROKER_ROLE), so this is lent as a policy only.")
        return {Delivery.POLICY: policy, Delivery.SESSION: missing, Delivery.LINK: missing}, NoVendor()
    broker = Broker(sessions=sessions, kinds=kinds)
    session = SessionDelivery(broker=broker, cutoff=Cutoff(clients=clients, sessions=sessions, marks=marks))
    vendor = Vending(
        broker=broker,
        signing=SigningSessions(broker=broker, clients=clients),
        addresses=Addresses(
            issuer=settings.public_url, sign_in=settings.aws.signin_url, console=settings.aws.console_url
        ),
        clock=clock,
    )
    link = LinkDelivery(session=session)
    return {Delivery.POLICY: policy, Delivery.SESSION: session, Delivery.LINK: link}, vendor
