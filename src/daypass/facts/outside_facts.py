"""Schedules, buckets and tickets, asked when they are needed and believed for as long as circumstances.py says."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from daypass.facts.on_call import OnCallSchedule
from daypass.model.decision import ScheduleName, Ticket, TicketId
from daypass.model.errors import Misconfigured, NotFound
from daypass.model.principal import PrincipalId
from daypass.rules.document.values import is_person_id
from daypass.sources.mail_address import address
from daypass.sources.ttl_cache import Ages, TtlCache
from daypass.sources.warnings import Warnings

SCHEDULE_FRESH_S = 60.0
BUCKET_FRESH_S = 60.0
TICKET_FRESH_S = 30.0


class TagSource(Protocol):
    """What AWS says of a bucket besides its objects."""

    def tags(self, bucket: str) -> Mapping[str, str]:
        """Its tags; none is an empty mapping. Raises DaypassError."""
        ...

    def account(self, bucket: str) -> str | None:
        """The account it belongs to; None when that cannot be told. Raises DaypassError."""
        ...


class Tracker(Protocol):
    """Where tickets are kept."""

    def ticket(self, ticket_id: TicketId) -> Ticket:
        """Read one as it stands now. Raises NotFound for none, Unavailable, Misconfigured."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """What is asked outside Slack; None is not set up."""

    schedules: Mapping[ScheduleName, OnCallSchedule] = field(default_factory=dict)
    buckets: TagSource | None = None
    tracker: Tracker | None = None


class OutsideFacts:
    """What is known outside Slack. Every method raises DaypassError for what it cannot find out."""

    def __init__(
        self,
        elsewhere: Elsewhere,
        *,
        by_email: Callable[[str], PrincipalId],
        left_out: Warnings,
        clock: Callable[[], float],
    ) -> None:
        """Take whom to ask; `clock` gives seconds that only grow."""
        self._schedules = elsewhere.schedules
        self._buckets = elsewhere.buckets
        self._tracker = elsewhere.tracker
        self._by_email = by_email
        self._left_out = left_out
        self._on_call = TtlCache(self._ask_schedule, Ages(fresh_s=SCHEDULE_FRESH_S), clock=clock)
        self._tags = TtlCache(self._ask_tags, Ages(fresh_s=BUCKET_FRESH_S), clock=clock)
        self._account = TtlCache(self._ask_account, Ages(fresh_s=BUCKET_FRESH_S), clock=clock)
        self._tickets = TtlCache(self._ask_ticket, Ages(fresh_s=TICKET_FRESH_S), clock=clock)

    def on_call(self, name: ScheduleName, at: datetime) -> frozenset[PrincipalId]:
        """Who is on call at the beginning of that minute. One whom Slack does not know is left out, not all of them."""
        return self._on_call.get((name, at.replace(second=0, microsecond=0)))

    def tags(self, bucket: str) -> Mapping[str, str]:
        """The tags of a bucket."""
        return self._tags.get(bucket)

    def account(self, bucket: str) -> str:
        """The account that a bucket belongs to."""
        return self._account.get(bucket)

    def ticket(self, ticket_id: TicketId) -> Ticket:
        """A ticket as its tracker has it."""
        return self._tickets.get(ticket_id)

    def owner(self, value: str) -> PrincipalId:
        """Whom the value of a tag names, by Slack user id or e-mail address. Raises NotFound when that is nobody."""
        if is_person_id(value):
            return PrincipalId(value)
        if email := address(value):
            return self._by_email(email)
        raise NotFound("The tag's value is neither a Slack user id nor an e-mail address.")

    def _ask_schedule(self, asked: tuple[ScheduleName, datetime]) -> frozenset[PrincipalId]:
        name, minute = asked
        if name not in self._schedules:
            raise Misconfigured(f"There is no on-call schedule “{name}”; add it to the file of schedules.")
        found, emails = set(), sorted(self._schedules[name].on_call(minute))
        for email in emails:
            try:
                found.add(self._by_email(email))
            except NotFound as nobody:
                self._left_out.tell(f"one of those on call in {name}", nobody)
        if emails and not found:  # somebody is on call, so it must not be read as nobody
            raise Misconfigured(
                f"Slack knows none of those who are on call in “{name}”; correct their addresses there."
            )
        return frozenset(found)

    def _ask_tags(self, bucket: str) -> Mapping[str, str]:
        return self._source().tags(bucket)

    def _ask_account(self, bucket: str) -> str:
        account = self._source().account(bucket)
        if account is None:
            raise NotFound(f"{bucket} is not of the account that Daypass is in; whose it is, AWS does not tell.")
        return account

    def _source(self) -> TagSource:
        if self._buckets is None:
            raise Misconfigured("Tags of buckets are not read here.")
        return self._buckets

    def _ask_ticket(self, ticket_id: TicketId) -> Ticket:
        if self._tracker is None:
            raise Misconfigured("There is no tracker of tickets; set DAYPASS_TICKETS_JIRA_URL.")
        return self._tracker.ticket(ticket_id)
