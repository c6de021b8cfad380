"""What every door has within reach. Wiring lays it out; a door hands a verb what it needs from here."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from daypass.lifecycle.attempts import Attempts
from daypass.lifecycle.end.permissions import Enders
from daypass.lifecycle.handout.handout import Handout
from daypass.lifecycle.judge import Judge
from daypass.ports import Catalogue, Directory, Journal, Ledger, Logins, Outbox, Postings, Queue, Vendor
from daypass.rules.load.read import RuleBook


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The collaborators of the doors."""

    clock: Callable[[], datetime]
    judge: Judge
    queue: Queue
    outbox: Outbox
    postings: Postings
    logins: Logins
    book: Journal
    catalogue: Catalogue
    vendor: Vendor
    public_url: str
    """Where people's browsers and command lines reach this service; no slash at the end."""
    lapse_after: timedelta = timedelta(days=1)
    """A request that nobody decided lapses after this."""
    tracker: bool = False
    """Whether tickets can be looked up."""
    attempts: Attempts = field(default_factory=Attempts, repr=False)
    """What strangers do over and over."""

    @property
    def ledger(self) -> Ledger:
        """The ledger."""
        return self.judge.ledger

    @property
    def handout(self) -> Handout:
        """Hands out what a live grant entitles to."""
        return Handout(vendor=self.vendor, ledger=self.judge.ledger, clock=self.clock)

    @property
    def directory(self) -> Directory:
        """Who is who."""
        return self.judge.people

    @property
    def rules(self) -> Callable[[], RuleBook]:
        """The rules as they stand now. Raises RulesUnreadable, and then nothing is allowed."""
        return self.judge.rules

    @property
    def enders(self) -> Enders:
        """Who may end something."""
        return self.judge.enders

    def readable_rules(self) -> RuleBook | None:
        """The rules, or None while they cannot be read: enough for taking away, never for giving."""
        return self.judge.readable_rules()
