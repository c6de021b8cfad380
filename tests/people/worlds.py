"""A directory over a local Slack, with what each test gives it besides, and a question to ask around."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from daypass.facts.circumstances import FactLookup, WhoIsWho, fact_lookup
from daypass.facts.outside_facts import Elsewhere
from daypass.model.decision import Circumstances, Needs, Question, Ticket, TicketId
from daypass.model.entitlement import Entitlement
from daypass.model.errors import NotFound
from daypass.model.grant import Delivery
from daypass.model.principal import Principal, PrincipalId
from daypass.people.aws_identities import AwsIdentities
from daypass.people.directory import Beside, PeopleDirectory
from daypass.people.slack_calls import SlackCalls, web_client
from daypass.people.slack_people import SlackPeople
from daypass.resources.s3 import in_bucket
from daypass.resources.s3_statements import Level
from daypass.sources.lookups import PATIENCE_S
from localslack import BlockingSlack
from tests.people.hands import HandClock

NOON = datetime(2026, 5, 4, 12, 0, 30, tzinfo=UTC)
ALICE, BOB, CAROL, DAVE = map(PrincipalId, ("U0ALICE", "U0BOB", "U0CAROL", "U0DAVE"))
BUCKET = "acme-reports"
QUESTION = Question(
    principal=Principal(id=ALICE, name="Alice"),
    entitlement=Entitlement(resource=in_bucket(BUCKET), levels=frozenset({Level.READ})),
    length=timedelta(hours=1),
    delivery=Delivery.SESSION,
)


def directory(slack: BlockingSlack, clock: HandClock, beside: Beside | None = None) -> PeopleDirectory:
    """Put a directory together over a local Slack."""
    calls = SlackCalls(web_client(slack.bot_token, base_url=slack.api_url), clock=clock, sleep=clock.sleep)
    return PeopleDirectory(SlackPeople(calls, clock=clock), AwsIdentities({}, clock=clock), beside=beside, clock=clock)


def facts(
    people: PeopleDirectory, clock: HandClock, elsewhere: Elsewhere | None = None, *, patience_s: float = PATIENCE_S
) -> FactLookup:
    """Put together what looks facts up, beside a directory."""
    who = WhoIsWho(person=people.known, members=people.members, by_email=people.by_email)
    return fact_lookup(who, elsewhere or Elsewhere(), patience_s=patience_s, clock=clock)


def around(found: FactLookup, needed: Needs, *, at: datetime = NOON) -> Circumstances:
    """Ask what is so around Alice's question."""
    return found.circumstances(needed, at=at, place=QUESTION.entitlement.resource, people=(QUESTION.principal,))


@dataclass
class HandSchedule:
    """A schedule that names the same people at any moment, or raises."""

    emails: frozenset[str] = frozenset()
    asked: list[datetime] = field(default_factory=list)
    on_asked: Callable[[], object] = lambda: None

    def on_call(self, now: datetime) -> frozenset[str]:
        """Remember the moment and answer."""
        self.asked.append(now)
        self.on_asked()
        return self.emails


@dataclass
class HandBuckets:
    """Buckets with their tags and accounts."""

    tagged: dict[str, dict[str, str]] = field(default_factory=dict)
    accounts: dict[str, str] = field(default_factory=dict)
    reads: int = 0

    def tags(self, bucket: str) -> dict[str, str]:
        """Read the tags."""
        self.reads += 1
        if bucket not in self.tagged:
            raise NotFound(f"There is no bucket {bucket}.")
        return self.tagged[bucket]

    def account(self, bucket: str) -> str | None:
        """Read the account."""
        self.reads += 1
        return self.accounts.get(bucket)


@dataclass
class HandTracker:
    """Tickets by id; true for open."""

    tickets: dict[str, bool] = field(default_factory=dict)
    on_asked: Callable[[], object] = lambda: None
    reads: int = 0

    def ticket(self, ticket_id: TicketId) -> Ticket:
        """Read one."""
        self.reads += 1
        self.on_asked()
        if ticket_id not in self.tickets:
            raise NotFound(f"There is no ticket {ticket_id}.")
        return Ticket(id=ticket_id, open=self.tickets[ticket_id])
