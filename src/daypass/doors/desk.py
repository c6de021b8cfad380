"""What every door has within reach. Wiring lays it out; a door hands a verb what it needs from here."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from daypass.lifecycle.asked import Asked, AskedNow
from daypass.lifecycle.attempts import Attempts
from daypass.lifecycle.judge import Judge
from daypass.lifecycle.soon import PATIENCE_S
from daypass.lifecycle.visibility import Sight
from daypass.model.errors import RulesUnreadable
from daypass.ports import Book, Catalogue, Directory, Ledger, Logins, Outbox, Postings, Queue, Vendor
from daypass.rules.document import RuleBook


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The collaborators of the doors."""

    clock: Callable[[], datetime]
    judge: Judge
    queue: Queue
    outbox: Outbox
    postings: Postings
    logins: Logins
    book: Book
    catalogue: Catalogue
    vendor: Vendor
    public_url: str
    """Where people's browsers and command lines reach this service; no slash at the end."""
    lapse_after: timedelta = timedelta(days=1)
    """A request that nobody decided lapses after this."""
    tracker: bool = False
    """Whether tickets can be looked up."""
    patience_s: float = PATIENCE_S
    """How long a look-up may hold up somebody who ends something."""
    attempts: Attempts = field(default_factory=Attempts, repr=False)
    """What strangers do over and over."""
    asked: Asked = field(init=False, repr=False)
    """What a verb that only takes access away may know besides the ledger."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "asked", AskedNow(self.judge, patience_s=self.patience_s))

    @property
    def ledger(self) -> Ledger:
        """The ledger."""
        return self.judge.ledger

    @property
    def directory(self) -> Directory:
        """Who is who."""
        return self.judge.people

    @property
    def rules(self) -> Callable[[], RuleBook]:
        """The rules as they stand now. Raises RulesUnreadable, and then nothing is allowed."""
        return self.judge.rules

    def sight(self, now: datetime) -> Sight:
        """Who may see what, as things are now."""
        return Sight(asked=self.asked, ledger=self.ledger, now=now)

    def readable_rules(self) -> RuleBook | None:
        """The rules, or None while they cannot be read: enough for taking away, never for giving."""
        try:
            return self.rules()
        except RulesUnreadable:
            return None
